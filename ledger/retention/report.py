"""How much is due, overdue and held, by rule and by kind."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ledger.retention.reading import DueValues

DueState = Literal["overdue", "due", "held"]


@dataclass(slots=True)
class DueCount:
    """What one rule finds of one kind in one state."""

    rule_id: str
    kind: str
    state: DueState
    oldest: datetime
    """When the first of them was, or is, due."""
    records: int = 0
    values: int = 0
    """Disclosures: what is kept of one subject in one record."""
    held_by: set[str] = field(default_factory=set)
    """The tokens of the holds."""


def due_counts(found: Iterable[DueValues], now: datetime) -> list[DueCount]:
    """Counts in the order of rule, kind and state; memory grows with their number only.

    Args:
        found: What is due, with the values of one record together.
        now: What was due by then is overdue, aware.
    """
    counts: dict[tuple[str, str, DueState], DueCount] = {}
    last: dict[tuple[str, str, DueState], int] = {}
    for each in found:
        rule_id, due_at = each.due.rule.rule_id, each.due.due_at
        key = rule_id, each.record.kind, _state(each, now)
        count = counts.get(key)
        if count is None:
            count = counts[key] = DueCount(*key, oldest=due_at)
        count.oldest = min(count.oldest, due_at)
        count.values += 1
        count.records += last.get(key) != each.record.index
        last[key] = each.record.index
        if each.hold is not None:
            count.held_by.add(each.hold.token)
    return [counts[key] for key in sorted(counts)]


def _state(found: DueValues, now: datetime) -> DueState:
    if found.hold is not None:
        return "held"
    return "overdue" if found.due.due_at <= now else "due"
