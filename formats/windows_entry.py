"""One event of the Windows log, as Winlogbeat or the OpenTelemetry Collector writes it in JSON.

| Part | Winlogbeat | Collector (`windowseventlog` receiver) |
|---|---|---|
| number of the event | `winlog.event_id`, else `event.code` | `event_id.id` |
| computer, channel | `winlog.computer_name`, `.channel` | `computer`, `channel` |
| running number | `winlog.record_id` | `record_id` |
| time | `@timestamp` | `system_time` |
| first seen by the collector | `event.created` | `observedTimeUnixNano` |
| named values | `winlog.event_data`, `.user_data` | `event_data`, itself or its `data` |

The Collector's events come one per line, under `body`, or as OTLP/JSON with the body as named
values. A value `-` says nothing; the rendered message repeats the named values and is not read.

Source: Winlogbeat 8, exported fields; opentelemetry-collector-contrib 0.123,
    pkg/stanza/operator/input/windows; opentelemetry-proto, `AnyValue`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from formats.json_members import (
    Object,
    count_in,
    needed_count,
    needed_text,
    object_in,
    objects_in,
    text_in,
)
from ledger.errors import FormatError

_BODIES: Final = ("body", "Body")
_OBSERVED: Final = "observedTimeUnixNano"
_DEEPEST: Final = 32
_PROGRAM: Final = re.compile(r"(?!None/)[a-z0-9]{1,32}/[0-9][A-Za-z0-9.+-]{0,30}")


@dataclass(frozen=True, slots=True)
class WindowsEntry:
    """One event, taken apart."""

    code: int
    """What happened, such as 4624."""
    computer: str
    channel: str
    record_id: int
    """Runs on for each computer and channel."""
    time: str
    created: str | None
    """When the collector saw it, as RFC 3339."""
    observed_nanoseconds: int | None
    """The same since 1970, where it is given so."""
    data: Mapping[str, str]
    collector: str | None = None
    """The program that collected it, with its version."""

    def said(self, name: str) -> str | None:
        """A named value, or `None` where the event says nothing under that name."""
        value = self.data.get(name, "").strip()
        return None if value in {"", "-"} else value

    @property
    def host(self) -> str:
        """The computer without its domain."""
        return self.computer.partition(".")[0]


def messages_in(value: Object) -> Iterable[Object]:
    """The messages that one JSON object holds: itself, its body, or the records of OTLP/JSON.

    Raises:
        FormatError: it is OTLP/JSON of another shape.
    """
    if "resourceLogs" in value:
        return list(_otlp_messages(value))
    for name in _BODIES:
        if isinstance(value.get(name), Mapping):
            return (value[name],)
    return (value,)


def entry_of(value: Object) -> WindowsEntry:
    """The event that one message is.

    Raises:
        FormatError: a part is missing or has another type; the place is its name.
    """
    return _from_winlogbeat(value) if "winlog" in value else _from_collector(value)


def _from_winlogbeat(value: Object) -> WindowsEntry:
    winlog = object_in(value, "winlog")
    code = count_in(winlog, "event_id")
    return WindowsEntry(
        code=needed_count(value, "event", "code") if code is None else code,
        computer=needed_text(winlog, "computer_name"),
        channel=needed_text(winlog, "channel"),
        record_id=needed_count(winlog, "record_id"),
        time=needed_text(value, "@timestamp"),
        created=text_in(value, "event", "created"),
        observed_nanoseconds=None,
        data=_texts(object_in(winlog, "event_data")) | _texts(object_in(winlog, "user_data")),
        collector=_collector(value),
    )


def _collector(value: Object) -> str | None:
    """`winlogbeat/8.17.0`; nothing where it is not called so."""
    name = f"{text_in(value, 'agent', 'type')}/{text_in(value, 'agent', 'version')}"
    return name if _PROGRAM.fullmatch(name) else None


def _from_collector(value: Object) -> WindowsEntry:
    is_object = isinstance(value.get("event_id"), Mapping)
    given = object_in(value, "event_data")
    pairs: dict[str, str] = {}
    if isinstance(given.get("data"), list):
        for pair in objects_in(given, "data"):
            pairs |= _texts(pair)
    return WindowsEntry(
        code=needed_count(value, "event_id", "id")
        if is_object
        else needed_count(value, "event_id"),
        computer=needed_text(value, "computer"),
        channel=needed_text(value, "channel"),
        record_id=needed_count(value, "record_id"),
        time=needed_text(value, "system_time"),
        created=None,
        observed_nanoseconds=count_in(value, _OBSERVED),
        data=_texts(given) | pairs | _texts(object_in(value, "user_data")),
    )


def _texts(named: Object) -> dict[str, str]:
    """The named values that are text or numbers, also those one object deeper."""
    found: dict[str, str] = {}
    for name, value in named.items():
        if isinstance(value, Mapping):
            found |= {inner: str(each) for inner, each in value.items() if _is_plain(each)}
        elif _is_plain(value):
            found[name] = str(value)
    return found


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _otlp_messages(value: Object) -> Iterator[Object]:
    for resource in objects_in(value, "resourceLogs"):
        for scope in objects_in(resource, "scopeLogs"):
            for record in objects_in(scope, "logRecords"):
                body = _native(object_in(record, "body"), 0)
                if not isinstance(body, Mapping):
                    raise FormatError("body", "named values (the receiver's raw: false)", "text")
                seen = record.get(_OBSERVED)
                yield body if seen is None else {**body, _OBSERVED: seen}


def _native(value: Object, depth: int) -> Any:  # noqa: ANN401 - any value of OTLP
    """What an `AnyValue` holds, as JSON would say it."""
    if depth > _DEEPEST:
        raise FormatError("body", f"at most {_DEEPEST} values inside each other", "more")
    if "kvlistValue" in value:
        pairs = objects_in(object_in(value, "kvlistValue"), "values")
        return {
            needed_text(pair, "key"): _native(object_in(pair, "value"), depth + 1) for pair in pairs
        }
    if "arrayValue" in value:
        items = objects_in(object_in(value, "arrayValue"), "values")
        return [_native(item, depth + 1) for item in items]
    return next(iter(value.values()), None)
