"""Events that are stored together or not at all: one conflict among them undoes the others.

The conflicts are found inside the transaction, under the lock of the head, where nobody can store
one of the ids in between; the error takes the whole append back.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from ledger.draft import Conflict, Receipt
from ledger.errors import BatchRefused, EventIdReused, Fault, Reuse, ZegelError

Outcomes = Sequence[Receipt | Conflict]


class Undone(ZegelError):
    """Takes an append back; carries what its outcomes would have been."""

    def __init__(self, outcomes: Outcomes) -> None:
        """The outcomes in the order of the events; the receipts among them are worth nothing."""
        super().__init__("an event of the request conflicts with one that is stored")
        self.outcomes = list(outcomes)


def undo_conflicts(_connection: Connection, outcomes: Outcomes) -> None:
    """Passes unless an outcome is a conflict.

    Raises:
        Undone: one is.
    """
    if any(isinstance(outcome, Conflict) for outcome in outcomes):
        raise Undone(outcomes)


def known_before(outcomes: Outcomes) -> dict[int, Conflict]:
    """The conflicts with events that stood in the log before, by place among the events.

    Where an event contradicts another one of the same request, there is no record that it could be
    evidence against.

    Raises:
        BatchRefused: every conflict is with another event of the same request.
    """
    undone = {
        outcome.index
        for outcome in outcomes
        if isinstance(outcome, Receipt) and not outcome.duplicate
    }
    conflicts = {
        place: outcome for place, outcome in enumerate(outcomes) if isinstance(outcome, Conflict)
    }
    known = {place: each for place, each in conflicts.items() if each.index not in undone}
    if conflicts and not known:
        error = BatchRefused(
            [
                Fault(f"/{place}", "an id of its own, or the same content", "an id used twice")
                for place in conflicts
            ]
        )
        error.place = min(conflicts)
        raise error
    return known


def reused(conflicts: Mapping[int, Conflict], evidence: Sequence[int]) -> EventIdReused:
    """The error that names every conflict.

    Args:
        conflicts: By place among the events of the request; at least one.
        evidence: Where the evidence of each stands, in the same order.
    """
    reuses = [
        Reuse(place, conflict.event_id, conflict.index, conflict_index)
        for (place, conflict), conflict_index in zip(conflicts.items(), evidence, strict=True)
    ]
    first = reuses[0]
    return EventIdReused(first.event_id, first.index, first.conflict_index, reuses)
