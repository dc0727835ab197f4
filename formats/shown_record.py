"""A line of `zegel log --json` or `zegel export --as ndjson`, read as the fact that it shows.

So a history moves into another log. A fact is taken over only where everything of it is shown: a
token is nobody in another log, and the words that stand for a withheld value would become a value.
What a log records about itself is true of that log alone and is passed over.
"""

from collections.abc import Mapping
from typing import Any, Final

from formats.reading import Line
from ledger.errors import FormatError
from ledger.own_records import OWN_KINDS, is_reserved

ABOUT_ITSELF: Final = "a record that its log made about itself"
END: Final = "the end of an export"
CUT_OFF: Final = "the end of an export that was cut off"
_RECORD: Final = frozenset({"index", "leaf_hash", "event", "personal"})
_CLOSING: Final = "export"
_OPEN: Final = "open"


def shown_event(line: Line, value: object) -> object:
    """The JSON of the event that a line shows, or why it is none; what shows no record, as it is.

    Args:
        line: Where it stands.
        value: What it holds.

    Raises:
        FormatError: not everything of the event is shown.
    """
    if not isinstance(value, Mapping):
        return value
    if set(value) == {_CLOSING} and isinstance(value[_CLOSING], Mapping):
        return line.skipped(END if value[_CLOSING].get("is_complete") is True else CUT_OFF)
    if not value.keys() >= _RECORD:
        return value
    event: Any = value["event"]
    if value.get("kind") in OWN_KINDS or (
        isinstance(event, Mapping) and _is_reserved(event.get("system"))
    ):
        return line.skipped(ABOUT_ITSELF)
    _require_open(value["personal"])
    return event


def _is_reserved(system: object) -> bool:
    return isinstance(system, str) and is_reserved(system)


def _require_open(personal: object) -> None:
    if not isinstance(personal, Mapping):
        raise FormatError("personal", "an object", "another value")
    for state in personal.values():
        if state != _OPEN:
            found = f"one that is {state}" if isinstance(state, str) else "another value"
            raise FormatError("personal", "values that are shown (--identities)", found)
