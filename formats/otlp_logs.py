"""OTLP log records that are events of our vocabulary.

| Log record | Event |
|---|---|
| `eventName`, or the attribute `event.name` | `kind`, with or without its version |
| `timeUnixNano`, else `observedTimeUnixNano` | `occurred_at`, when no field states it |
| `body` with named values | the fields of that kind |
| `body` as text | `note`, when no field states it: kept in the vault |
| attributes without a dot in their name | the fields of that kind |
| attributes with a dot | left out, with a warning that names them |
| `traceId` | `correlation_id`, when no field states it |
| attribute `event.id` | the sender's own id, of which the event id is made |
| attribute `zegel.event_id`, or the field `event_id` | itself the event id, a UUID |

A record without an id is known by trace, span, time and content: the same record sent again is the
same event. Severity, flags, resource and scope say nothing about a fact and are not kept. A record
that names no kind of ours is no event: skipped, for a reason that counts.

Source: OTLP logs.proto (`LogRecord`); OpenTelemetry log data model, "Events"; semantic conventions,
`event.name` (the attribute that `eventName` replaced).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from formats.otlp import SPAN_ID_BYTES, TRACE_ID_BYTES
from formats.reading import Outcome, ReadContext, Skipped, Translated, Unreadable, reason_of
from ledger.errors import FormatError, MalformedEvent
from ledger.events import event_from_mapping, resolve_kind

NAME: Final = "otlp-logs"
PARSER: Final = "zegel-otlp-logs/1"
NO_KIND: Final = "a log record that names no kind of event"

_SERVICE: Final = "service.name"
_EVENT_NAME: Final = "event.name"
_OWN_ID: Final = "event.id"
_EVENT_ID: Final = "zegel.event_id"
_READ: Final = frozenset({_EVENT_NAME, _OWN_ID, _EVENT_ID})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_EXACT: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One log record of a request, in the form of `formats.otlp_document`."""

    raw: Mapping[str, Any]
    service: object
    """The attribute `service.name` of the resource that sent it."""

    def to_bytes(self) -> bytes:
        """The record as JSON, for the operator."""
        return msgspec.json.encode(self.raw)


def log_records_of(document: Mapping[str, Any]) -> Iterator[LogRecord]:
    """The log records of one request, in its order."""
    for group in document.get("resourceLogs", ()):
        pairs = group.get("resource", {}).get("attributes", ())
        names = [each.get("value") for each in pairs if each.get("key") == _SERVICE]
        for scope in group.get("scopeLogs", ()):
            for raw in scope.get("logRecords", ()):
                yield LogRecord(raw, _native(names[-1]) if names else None)


def translate_record(record: LogRecord, place: str, context: ReadContext) -> Outcome:
    """What becomes of one record: an event, skipped without a kind, or unreadable."""
    try:
        attributes = _attributes(record)
        kind = _kind(record, attributes)
        if kind is None:
            return Skipped(place, NO_KIND)
        return _translated(record, kind, attributes, place, context)
    except FormatError as error:
        reason = f"{error.place}: expected {error.expected}, found {error.found}"
        return Unreadable(place, reason, record.to_bytes())
    except MalformedEvent as error:
        return Unreadable(place, reason_of(error), record.to_bytes())


def _translated(
    record: LogRecord, kind: str, attributes: Mapping[str, Any], place: str, context: ReadContext
) -> Translated:
    trace_id = _identifier(record, "traceId", TRACE_ID_BYTES)
    span_id = _identifier(record, "spanId", SPAN_ID_BYTES)
    values = _fields(record, attributes)
    nanoseconds = _nanoseconds(record)
    if nanoseconds is not None and "occurred_at" not in values:
        values["occurred_at"] = _EPOCH + timedelta(microseconds=nanoseconds // 1000)
        values.setdefault("occurred_precision", "microsecond")
    if any(trace_id):
        values.setdefault("correlation_id", str(UUID(bytes=trace_id)))
    stated_id = _stated_id(attributes, values)
    own_id = attributes.get(_OWN_ID)
    if own_id is None:
        time = str(nanoseconds or 0).encode()
        content = msgspec.json.encode({**values, "kind": kind}, order="deterministic")
        identity: tuple[bytes, ...] = (b"content", trace_id, span_id, time, content)
    else:
        if not isinstance(own_id, str) or not own_id:
            raise FormatError(f"attribute {_OWN_ID}", "text", "another value")
        identity = (b"id", own_id.encode())
    event = event_from_mapping({**values, "kind": kind})
    completed = replace(
        event,
        event_id=stated_id or context.own_id(NAME, *identity),
        system=event.system or context.system,
        parser=event.parser or PARSER,
    )
    left_out = sorted(name for name in attributes if "." in name and name not in _READ)
    warnings = (f"attributes left out: {', '.join(left_out)}",) if left_out else ()
    return Translated(place, completed, 0, warnings)


def _attributes(record: LogRecord) -> dict[str, Any]:
    found, repeated = _named(record.raw.get("attributes", ()))
    if repeated:
        raise FormatError("attributes", "each name once", "a name twice")
    return found


def _kind(record: LogRecord, attributes: Mapping[str, Any]) -> str | None:
    """The kind that a record names; `None` if it names none of ours."""
    name = record.raw.get("eventName") or attributes.get(_EVENT_NAME)
    if not isinstance(name, str):
        return None
    if attributes.get(_EVENT_NAME) not in (None, name):
        raise FormatError(f"attribute {_EVENT_NAME}", "the name that eventName says", "another")
    try:
        return resolve_kind(name)
    except MalformedEvent:
        return None


def _fields(record: LogRecord, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that body and attributes state, each of them once."""
    body = _native(record.raw.get("body"))
    fields = {name: value for name, value in attributes.items() if "." not in name}
    match body:
        case None | "":
            pass
        case str():
            fields.setdefault("note", body)
        case dict():
            if fields.keys() & body.keys():
                raise FormatError("body", "fields that no attribute states too", "one of those")
            fields |= body
        case _:
            raise FormatError("body", "named values or text", "another value")
    if "kind" in fields:
        raise FormatError("kind", "none: the event name says the kind", "one")
    return {name: value for name, value in fields.items() if value is not None}


def _stated_id(attributes: Mapping[str, Any], values: dict[str, Any]) -> UUID | None:
    """The event id that a record states, taken out of the fields."""
    stated = [each for each in (attributes.get(_EVENT_ID), values.pop("event_id", None)) if each]
    if not stated:
        return None
    if len(stated) > 1 or _OWN_ID in attributes:
        raise FormatError("event id", "one id", "several")
    try:
        return UUID(stated[0])
    except (ValueError, AttributeError, TypeError) as error:
        raise FormatError("event id", "a UUID", "another value") from error


def _nanoseconds(record: LogRecord) -> int | None:
    """Since 1970; when it happened, else when a collector saw it."""
    for name in ("timeUnixNano", "observedTimeUnixNano"):
        if name in record.raw:
            return int(record.raw[name])
    return None


def _identifier(record: LogRecord, name: str, size: int) -> bytes:
    """The bytes of an identifier; none when it is absent."""
    text = record.raw.get(name, "")
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b"?"
    if len(found) not in (0, size) or len(text) != 2 * len(found):
        raise FormatError(name, f"{size} bytes in hexadecimal, or nothing", "another value")
    return found


def _named(pairs: object) -> tuple[dict[str, Any], bool]:
    """Named values as builtins, and whether a name came twice."""
    items = pairs if isinstance(pairs, list) else []
    found = {pair.get("key", ""): _native(pair.get("value")) for pair in items}
    return found, len(found) < len(items)


def _native(value: object) -> Any:  # noqa: ANN401 - a value of any type
    """An `AnyValue` as a builtin; bytes as base64 text."""
    if not isinstance(value, Mapping) or not value:
        return None
    ((form, content),) = value.items()
    match form:
        case "intValue":
            number = int(content)
            return number if abs(number) <= _MOST_EXACT else content
        case "arrayValue":
            return [_native(item) for item in content.get("values", ())]
        case "kvlistValue":
            named, repeated = _named(content.get("values", []))
            if repeated:
                raise FormatError("body", "each name once", "a name twice")
            return named
        case _:
            return content
