"""CloudEvents 1.0 in JSON: one structured event, one per line, or a batch (an array).

| Attribute | Event |
|---|---|
| `type` | `kind`, with or without its version |
| `data` (or `data_base64`) | the fields of that kind; `kind` itself may not stand in it |
| `time` | `occurred_at`, when the data has none |
| `source` and `id` | together the event id; a UUID from `zegel:…` is itself the event id |
| `subject` | `object_id`, when the data has none: kept in the vault |
| `traceparent` | its trace id as `correlation_id`, when the data has none |
| `datacontenttype` | must be JSON, or absent |
| other extensions | left out, with a warning that names them |

Attributes travel in headers and logs, so none of them is sealed as public text: `source` and `id`
only in the keyed digest that gives the event id, with the time: a resent event is the same event.
An `event_id` in the data is refused unless it is the one that results.

Source: CloudEvents 1.0.2 §3.1 (attributes; `source` and `id` are unique together), JSON Event
Format 1.0.2 §2-4 (data, batch); W3C Trace Context §3.2 (traceparent).
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from formats.json_documents import read_documents
from formats.reading import Outcome, ReadContext, Translated, Unreadable, defect, reason_of
from formats.strict_json import strict_json
from ledger.errors import FormatError, MalformedEvent
from ledger.events import Event, encode_event, event_from_mapping, kind_of

NAME: Final = "cloudevents"
PARSER: Final = "zegel-cloudevents/1"
SOURCE: Final = "zegel:events"
"""The `source` of what is written without another name for it."""

_OURS: Final = "zegel:"
_REQUIRED: Final = ("specversion", "id", "source", "type")
_READ: Final = frozenset(
    {*_REQUIRED, "datacontenttype", "subject", "time", "data", "data_base64", "traceparent"}
)
_EXTENSION: Final = re.compile(r"[a-z0-9]{1,64}", re.ASCII)
_JSON_TYPE: Final = re.compile(
    r"\s*(application|text)/([a-z0-9.+-]+\+)?json\s*(;.*)?", re.IGNORECASE | re.ASCII
)
_TRACEPARENT: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?", re.ASCII
)


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are CloudEvents."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")) and b'"specversion"' in head:
        return 95
    return 30 if "cloudevents" in file_name and start.startswith((b"{", b"[")) else 0


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every CloudEvent as an event or unreadable, in the order of the file.

    Raises:
        FormatError: a batch that spans lines is too large to hold.
    """
    for document in read_documents(stream, "event"):
        if isinstance(document, Unreadable):
            yield document
            continue
        try:
            event, warnings = event_of(document.value, context)
            outcome: Outcome = Translated(document.place, event, document.end_offset, warnings)
        except FormatError as error:
            reason = f"{error.place}: expected {error.expected}, found {error.found}"
            outcome = document.unreadable(reason)
        except MalformedEvent as error:
            outcome = document.unreadable(reason_of(error))
        except Exception as error:  # noqa: BLE001 - see `defect`
            outcome = defect(error, document.unreadable)
        yield outcome


def write(events: Iterable[Event], *, source: str = SOURCE) -> Iterator[bytes]:
    """One structured CloudEvent per line, line end included.

    Args:
        events: Events with an event id.
        source: A URI reference; what begins with `zegel:` keeps the event ids when read back.

    Raises:
        MalformedEvent: an event without id, or with a value that JSON cannot hold.
    """
    for event in events:
        yield encode_cloud_event(event, source=source) + b"\n"


def encode_cloud_event(event: Event, *, source: str = SOURCE) -> bytes:
    """The structured JSON form of one event, on one line.

    Raises:
        MalformedEvent: the event has no id, or a value that JSON cannot hold.
    """
    return msgspec.json.encode(attributes_of(event, source=source))


def attributes_of(event: Event, *, source: str = SOURCE) -> dict[str, Any]:
    """One event as the attributes of a CloudEvent, `data` among them, in builtins.

    Raises:
        MalformedEvent: the event has no id, or a value that JSON cannot hold.
    """
    if event.event_id is None:
        raise MalformedEvent(kind_of(event), "event_id", "a UUID", "nothing")
    data = msgspec.json.decode(encode_event(event))
    for said_by_attribute in ("kind", "event_id"):
        del data[said_by_attribute]
    return {
        "specversion": "1.0",
        "id": str(event.event_id),
        "source": source,
        "type": kind_of(event),
        "time": msgspec.to_builtins(event.occurred_at),
        "datacontenttype": "application/json",
        "data": data,
    }


def write_batch(events: Iterable[Event], *, source: str = SOURCE) -> bytes:
    """One JSON array of structured CloudEvents, for `application/cloudevents-batch+json`.

    Raises:
        MalformedEvent: an event without id, or with a value that JSON cannot hold.
    """
    return b"[" + b",".join(encode_cloud_event(event, source=source) for event in events) + b"]"


def event_of(value: object, context: ReadContext) -> tuple[Event, tuple[str, ...]]:
    """The event that the attributes of one CloudEvent say, and warnings of what was left out.

    Args:
        value: As JSON gives it.
        context: What the source does not say itself.

    Raises:
        FormatError: it is no CloudEvent; the place is `attribute NAME` or stands in `data`.
        MalformedEvent: its data are not what its type asks for.
    """
    attributes = _checked(value)
    values = _data(attributes)
    stated_id = values.pop("event_id", None)
    if "occurred_at" not in values:
        values["occurred_at"] = _time(attributes)
    if attributes.get("subject") is not None:
        values.setdefault("object_id", _text(attributes, "subject"))
    correlation = _correlation(attributes)
    if correlation is not None:
        values.setdefault("correlation_id", correlation)
    event = event_from_mapping({**values, "kind": attributes["type"]})
    event_id = _event_id(attributes, context)
    if stated_id not in (None, str(event_id)):
        raise FormatError("data.event_id", "none: source and id name the event", "another id")
    completed = replace(
        event,
        event_id=event_id,
        system=event.system or context.system,
        parser=event.parser or (None if _is_ours(attributes) else PARSER),
    )
    left_out = sorted(name for name in attributes if name not in _READ)
    warnings = (f"attributes left out: {', '.join(left_out)}",) if left_out else ()
    return completed, warnings


def _checked(value: object) -> dict[str, Any]:
    """The attributes of one CloudEvent: the required ones are there, the names well-formed."""
    if not isinstance(value, dict):
        raise FormatError("event", "a JSON object", "another value")
    for name in _REQUIRED:
        if not isinstance(value.get(name), str) or not value[name]:
            found = "nothing" if value.get(name) in (None, "") else "another type"
            raise FormatError(f"attribute {name}", "text", found)
    if value["specversion"] != "1.0":
        raise FormatError("attribute specversion", "1.0", "another version")
    for name in value:
        if name not in _READ and _EXTENSION.fullmatch(name) is None:
            raise FormatError("attribute names", "lower-case letters and digits", "another name")
    return value


def _data(attributes: dict[str, Any]) -> dict[str, Any]:
    content_type = attributes.get("datacontenttype")
    if content_type is not None and not _JSON_TYPE.fullmatch(_text(attributes, "datacontenttype")):
        raise FormatError("attribute datacontenttype", "application/json", "another type")
    data = attributes.get("data")
    if "data_base64" in attributes:
        if "data" in attributes:
            raise FormatError("data", "either data or data_base64", "both")
        try:
            data = strict_json(base64.b64decode(_text(attributes, "data_base64"), validate=True))
        except (binascii.Error, ValueError) as error:
            raise FormatError("data_base64", "base64", "other text") from error
    if not isinstance(data, dict):
        raise FormatError("data", "an object with the fields of the event", "another value")
    if "kind" in data:
        raise FormatError("data.kind", "none: the attribute type names the kind", "one")
    return dict(data)


def _time(attributes: dict[str, Any]) -> str:
    if attributes.get("time") is None:
        raise FormatError("attribute time", "a time, as data.occurred_at is absent", "nothing")
    try:
        moment = msgspec.convert(_text(attributes, "time"), datetime)
    except msgspec.ValidationError as error:
        raise FormatError("attribute time", "an RFC 3339 time", "other text") from error
    if moment.tzinfo is None:
        raise FormatError("attribute time", "an RFC 3339 time with an offset", "none")
    return _text(attributes, "time")


def _text(attributes: dict[str, Any], name: str) -> str:
    value = attributes[name]
    if not isinstance(value, str):
        raise FormatError(f"attribute {name}", "text", "another type")
    return value


def _correlation(attributes: dict[str, Any]) -> str | None:
    """The trace id as a UUID; a malformed `traceparent` is ignored, as its standard asks."""
    value = attributes.get("traceparent")
    match = _TRACEPARENT.fullmatch(value) if isinstance(value, str) else None
    return str(UUID(hex=match[1])) if match else None


def _is_ours(attributes: dict[str, Any]) -> bool:
    return bool(attributes["source"].startswith(_OURS))


def _event_id(attributes: dict[str, Any], context: ReadContext) -> UUID:
    source, own_id = attributes["source"], attributes["id"]
    if _is_ours(attributes):
        try:
            return UUID(own_id)
        except ValueError:
            pass
    pair = (part.encode("utf-8", "surrogatepass") for part in (source, own_id))
    return context.own_id(NAME, *pair)
