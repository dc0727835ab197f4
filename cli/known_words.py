"""What could have been typed where something was that the log does not know."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ledger.errors import NotFound

if TYPE_CHECKING:
    from uuid import UUID

    from ledger.ledger import Ledger

MOST_WORDS: Final = 12
MOST_IDS: Final = 5
"""Of ids, which are long and say little by themselves."""


def listed(known: Sequence[str], none: str, most: int = MOST_WORDS) -> str:
    """Words to choose from, a handful of them, and how many more there are.

    Args:
        known: All of them.
        none: What is said where there is none.
        most: So many are written out.
    """
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more if known else none


def known_case(ledger: "Ledger", namespace: str, typed: str) -> "UUID":
    """The stream of a case by its source's own id, or by the stream itself.

    Raises:
        NotFound: there is none; the latest that there are are named as `list` names them, by
            their streams: a source's own id is shown only to a reading that is recorded.
    """
    from projections.cases.reading import find_case  # noqa: PLC0415 - start time: see cli/app.py

    try:
        return find_case(ledger, namespace, typed)
    except NotFound as error:
        latest = [str(stream) for stream in _latest(ledger, namespace)]
        known = listed(latest, "there is none", MOST_IDS)
        raise NotFound(f"{error}; `zegel {namespace} list` shows them: {known}") from error


def _latest(ledger: "Ledger", namespace: str) -> "list[UUID]":
    """Every case of a kind, that of the newest step first."""
    from ledger.store.query import RecordQuery  # noqa: PLC0415 - start time: see cli/app.py
    from projections.cases.view import kinds_of  # noqa: PLC0415 - likewise

    steps = ledger.log.find(RecordQuery(kinds=kinds_of([namespace]), reverse=True))
    return list(dict.fromkeys(step.stream for step in steps))
