"""One row of the history, for a table or a spreadsheet."""

from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

from formats.answers.record import short_kind
from formats.sentences import sentence
from ledger.erased_words import erased_words

if TYPE_CHECKING:
    from ledger.opening import OpenedRecord

LOG_CELLS: Final = ("index", "occurred_at", "kind", "system", "actor", "sentence")
"""What of a row stands in a spreadsheet, in this order."""
UNKNOWN: Final = "no event of a kind that is known here; zegel show has its bytes"


def log_row(opened: "OpenedRecord", zone: tzinfo) -> dict[str, Any]:
    """One row of the history: when, what, where, who, and a sentence with times in a zone."""
    event = opened.event
    return {
        "index": opened.stored.index,
        "occurred_at": event.occurred_at if event else None,
        "recorded_at": opened.recorded_at,
        "kind": short_kind(opened.stored.kind),
        "system": opened.stored.system,
        "actor": _actor(opened),
        "sentence": f"{sentence(event, zone)}{_erased(opened)}" if event else UNKNOWN,
        "event_id": opened.stored.event_id,
    }


def _actor(opened: "OpenedRecord") -> str | None:
    if "actor" in opened.erased:
        return erased_words(opened.erased["actor"])
    return opened.event.actor if opened.event else None


def _erased(opened: "OpenedRecord") -> str:
    """What was erased of a record besides its actor, as the end of its sentence."""
    by_event: dict[int, dict[str, None]] = {}
    for path, event in opened.erased.items():
        if path != "actor":
            by_event.setdefault(event, {})[path.partition("/")[0].replace("_", " ")] = None
    told = [f"{', '.join(names)} {erased_words(event)}" for event, names in by_event.items()]
    return "".join(f" · {each}" for each in told)
