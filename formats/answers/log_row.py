"""One row of the history, for a table or a spreadsheet."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

from formats.answers.record import short_kind
from formats.sentences import field_word, sentence
from formats.subject_copy.words import Language
from ledger.erased_words import erased_words

if TYPE_CHECKING:
    from ledger.opening import OpenedRecord

LOG_CELLS: Final = ("index", "occurred_at", "kind", "system", "actor", "sentence")
"""What of a row stands in a spreadsheet, in this order."""
UNKNOWN: Final = "no event of a kind that is known here; zegel show has its bytes"
UNKNOWN_NL: Final = "geen gebeurtenis van een bekende soort"
_UNKNOWN: Final[Mapping[Language, str]] = {"en": UNKNOWN, "nl": UNKNOWN_NL}


def log_row(opened: "OpenedRecord", zone: tzinfo, language: Language = "en") -> dict[str, Any]:
    """One row of the history: when, what, where, who, and a sentence with times in a zone."""
    event = opened.event
    told = _UNKNOWN[language] if event is None else sentence(event, zone, language)
    return {
        "index": opened.stored.index,
        "occurred_at": event.occurred_at if event else None,
        "recorded_at": opened.recorded_at,
        "kind": short_kind(opened.stored.kind),
        "system": opened.stored.system,
        "actor": _actor(opened, language),
        "sentence": told if event is None else f"{told}{_erased(opened, language)}",
        "event_id": opened.stored.event_id,
    }


def _actor(opened: "OpenedRecord", language: Language) -> str | None:
    if "actor" in opened.erased:
        return _ERASED[language](opened.erased["actor"])
    return opened.event.actor if opened.event else None


def _erased(opened: "OpenedRecord", language: Language) -> str:
    """What was erased of a record besides its actor, as the end of its sentence."""
    by_event: dict[int, dict[str, None]] = {}
    for path, event in opened.erased.items():
        if path != "actor":
            by_event.setdefault(event, {})[field_word(path.partition("/")[0], language)] = None
    told = [f"{', '.join(names)} {_ERASED[language](event)}" for event, names in by_event.items()]
    return "".join(f" · {each}" for each in told)


def _erased_nl(event: int) -> str:
    return f"gewist (door gebeurtenis {event})"


_ERASED: Final[Mapping[Language, Callable[[int], str]]] = {"en": erased_words, "nl": _erased_nl}
