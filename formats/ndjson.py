"""The native language: one event per line, as JSON with the fields of the vocabulary.

`kind` may lack its version. An event without `event_id` gets one from its place in the source, so
that a second import of the same file gives the same events; one without `system` gets that of the
context. What is written is what `encode_event` gives: reading it back gives the same event. A line
that shows a record of another log, as an export does, is read as the fact that it shows.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from msgspec.structs import replace

from formats.json_documents import parse_json
from formats.reading import Line, Outcome, ReadContext, Skipped, Translated, translate_lines
from formats.shown_record import shown_event
from ledger.errors import FormatError
from ledger.events import Event, encode_event, event_from_mapping

NAME: Final = "ndjson"


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are events of ours, one per line."""
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    if not first.startswith(b"{") or b'"kind"' not in first:
        return 0
    return 90 if b'"occurred_at"' in first else 40 + 20 * file_name.endswith(".ndjson")


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every line as an event or unreadable, in the order of the file."""

    def outcome_of(line: Line) -> Outcome:
        shown = shown_event(line, parse_json(line.text.encode()))
        if isinstance(shown, Skipped):
            return shown
        event = event_of(shown)
        event_id = event.event_id or context.place_id(NAME, event.occurred_at, line.offset)
        completed = replace(event, event_id=event_id, system=event.system or context.system)
        return Translated(line.place, completed, line.end_offset)

    return translate_lines(stream, outcome_of)


def event_of(value: object) -> Event:
    """The event that one JSON value of a line says.

    Raises:
        FormatError: it is no object.
        MalformedEvent: `kind` is missing or unknown, or a field is wrong.
    """
    if not isinstance(value, dict):
        raise FormatError("event", "a JSON object", "another value")
    return event_from_mapping(value)


def write(events: Iterable[Event]) -> Iterator[bytes]:
    """One line of bytes per event, line end included.

    Raises:
        MalformedEvent: a value that JSON cannot hold.
    """
    for event in events:
        yield encode_event(event) + b"\n"
