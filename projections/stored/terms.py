"""Until when stored data may be kept: by which rule, or why that cannot be told.

A rule that names kinds of events is about what this log keeps of those, and not about data in the
world; any other is about both. Of several rules that concern the same data the one that keeps them
longest decides, unless another goes before it; while one of them waits for its trigger, data stay.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ledger.personal import WITHHELD
from ledger.retention.due import without_overridden
from ledger.retention.rules import ANY_CATEGORY, OCCURRED, RECORDED
from ledger.retention.terms import Term
from ledger.store.requests import instant_of, microseconds
from projections.instants import cell_span
from projections.reader import Reader, listed
from projections.retention import rule_lines
from projections.stored.contracts import Contracts
from projections.stored.data import VERSION
from projections.stored.matching import is_below

RULES: Final = rule_lines("stored", VERSION)
"""The part of the view that keeps every version of every rule."""

Standing = Literal["running", "overdue", "waiting", "undetermined", "no rule"]
_SINCE_STORED: Final = frozenset({OCCURRED, "data.stored"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of a rule about data in the world."""

    rule_id: str
    overrides: frozenset[str]
    cells: Mapping[str, Any]
    """Its row."""
    term: Term
    trigger: str

    def concerns(self, data: Mapping[str, Any]) -> bool:
        """Whether the rule is about some stored data."""
        cells = self.cells
        names = [data["dataset"], data["location"]]
        return (
            cells["category"] in {ANY_CATEGORY, *data["categories"]}
            and (not (systems := listed(cells["systems"])) or data["system"] in systems)
            and (
                cells["dataset"] is None
                or any(name is not None and is_below(cells["dataset"], name) for name in names)
            )
            and cells["scope"] in {None, data["scope"]}
            and cells["organisation"] in {None, data["organisation"]}
            and (cells["customer"] is None or cells["customer"] in data["people"] - {WITHHELD})
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Until when data may be kept."""

    standing: Standing
    rule: Rule | None = None
    due_at: datetime | None = None
    remark: str | None = None


class Terms:
    """The rules in force at the moment asked about."""

    def __init__(self, reader: Reader, contracts: Contracts) -> None:
        """Reads the rules."""
        rows = RULES.lined.rows
        query = select(rows).where(reader.standing(rows)).order_by(rows.c.entity)
        self._rules = [_rule(row) for row in reader.rows(query) if row["kinds"] == "[]"]
        self._zone = ZoneInfo(reader.zone)
        self._now = instant_of(reader.as_of)
        self._begin: Mapping[str, Callable[[dict[str, Any]], int | None]] = {
            **dict.fromkeys(_SINCE_STORED, lambda data: int(data["occurred"])),
            RECORDED: lambda data: data["recorded"],
            "contract.ended": lambda data: (contracts.ended(data) or {}).get("ended"),
            "contract.termination_notified": contracts.noticed,
            "file.received": lambda data: data["steps"].get("came"),
            "file.produced": lambda data: data["steps"].get("came"),
            "file.processed": lambda data: data["steps"].get("processed"),
            "file.delivered": lambda data: data["steps"].get("delivered"),
        }

    def due(self, data: dict[str, Any]) -> Due:
        """Until when data may be kept."""
        concerned = without_overridden([rule for rule in self._rules if rule.concerns(data)])
        if not concerned:
            return Due(standing="no rule", remark="no retention rule concerns it")
        ends: list[tuple[datetime, str, Rule]] = []
        for rule in concerned:
            found = self._end(rule, data)
            if isinstance(found, Due):
                return found
            ends.append((found, rule.rule_id, rule))
        end, _, rule = max(ends, key=lambda each: each[:2])
        standing: Standing = "overdue" if end <= self._now else "running"
        return Due(standing=standing, rule=rule, due_at=end)

    def _end(self, rule: Rule, data: dict[str, Any]) -> datetime | Due:
        if rule.term == Term():
            return Due(standing="undetermined", rule=rule, remark="the rule gives no term")
        begin = self._begin.get(rule.trigger)
        if begin is None:
            remark = f"counted from {rule.trigger}, of which the data tell nothing"
            return Due(standing="undetermined", rule=rule, remark=remark)
        begun = begin(data)
        if begun is None:
            return Due(standing="waiting", rule=rule, remark=f"kept until {rule.trigger}")
        # Data that came after what the term is counted from are kept from when they came.
        end = rule.term.end(instant_of(max(begun, data["occurred"])), self._zone)
        return end or Due(standing="waiting", rule=rule, remark="kept beyond all dates")


def _rule(row: dict[str, Any]) -> Rule:
    duration = row["duration"]
    return Rule(
        rule_id=row["entity"],
        overrides=frozenset(listed(row["overrides"])),
        cells=row,
        term=Term(row["period"], cell_span(duration)),
        trigger=row["trigger"] or OCCURRED,
    )


def moment_cell(instant: datetime | None) -> int:
    """What an instant sorts by; without one, last."""
    return 2**63 - 1 if instant is None else microseconds(instant)
