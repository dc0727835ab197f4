"""What is wrong or unclear inside a statement, and who settled it how."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from ledger.events.promise import Flaw
from ledger.units import Index, PromiseId
from projections.promises.answers import CoverageGap, ParameterInForce

FindingKind = Literal[
    "contradiction",
    "flaw",
    "open-parameter",
    "coverage-gap",
    "rules-changed-afterwards",
    "judged-events-taken-back",
]
"""Two promises that cannot both be kept as they are written; a sentence that is unclear; a number
that nobody set; a source that was not declared connected; rules that count over time before they
were recorded, in the place of others; events that were judged and taken back."""
FindingState = Literal["open", "at-odds", "assumed", "decided", "waived", "afterwards"]
"""- `open`: nobody decided, and verdicts wait for it;
- `at-odds`: it was decided, but the decisions do not go together;
- `assumed`: the reading that leads or the default of the statement file counts;
- `decided`: somebody settled it on record;
- `waived`: it is not checked now;
- `afterwards`: verdicts about what had happened were changed by what was recorded later.
"""
Gravity = Literal["high", "medium", "low"]
"""`high`: verdicts cannot be given; `medium`: they rest on what nobody decided, or on what
was recorded afterwards; `low`: settled, and worth mending in the text."""


_OF_ONE_PROMISE: Final = frozenset(
    {"contradiction", "flaw", "rules-changed-afterwards", "judged-events-taken-back"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAs:
    """How a promise is read at the moment asked."""

    promise_id: PromiseId
    readings: tuple[str, ...]
    """Those there are, in their order."""
    reading: str | None = None
    """The one that counts; `None`: nobody decided, and none leads."""
    decided_index: Index | None = None
    """Of the `promise.interpretation_decided`; `None`: the reading leads, or there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A parameter as it stands, and whether somebody decided it."""

    parameter: ParameterInForce
    is_default: bool = False
    """Whether the value is the one that the statement file proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtEvent:
    """An event that breaks a promise under one reading and not under another."""

    index: Index
    promise_id: PromiseId
    broken_under: tuple[str, ...]
    kept_under: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRules:
    """A declaration that counts over time before it was recorded, in the place of another."""

    earlier_index: Index
    """Of the `promise.declared` that counted before."""
    later_index: Index
    """Of the one that counts instead."""
    since: datetime
    """From when on it counts instead; in UTC."""
    recorded_at: datetime
    """When the later one was recorded; in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A judged event that no longer counts, and the record that took it back."""

    index: Index
    taken_by_index: Index
    """Of the correction, or of the event that says it instead."""
    was_broken: bool
    """Whether it broke the promise as far as was known until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFinding:
    """One thing that is wrong or unclear in a statement."""

    kind: FindingKind
    state: FindingState
    promise_ids: tuple[PromiseId, ...]
    """The promises concerned, by id."""
    flaw: Flaw | None = None
    read_as: tuple[ReadAs, ...] = ()
    """Of the promises concerned that can be read in several ways."""
    assigned: tuple[Assigned, ...] = ()
    """The parameters that it leaves open."""
    gap: CoverageGap | None = None
    caught: tuple[CaughtEvent, ...] = ()
    """The events between two readings, in the order of the log; the first of them."""
    caught_count: int = 0
    """How many there are."""
    changed: ChangedRules | None = None
    taken_back: tuple[TakenBack, ...] = ()
    """Judged events that were taken back, those that broke the promise first; the first of them."""
    taken_back_count: int = 0
    """How many there are."""
    broken_before_count: int = 0
    """How many of them broke the promise until they were taken back."""
    settle: tuple[str, ...] = ()
    """What would settle it; nothing where it is settled."""
    rests_on: tuple[int, ...] = ()
    """Indexes of the declarations and decisions that it rests on, ascending."""

    @property
    def gravity(self) -> Gravity:
        """How much hangs on it."""
        if self.state in {"open", "at-odds"}:
            return "high"
        return "medium" if self.state in {"assumed", "afterwards"} else "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFindings:
    """A statement in force with what was found in it."""

    policy_id: str | None
    organisation: str | None
    systems: tuple[str, ...]
    policy_index: Index | None
    promises: int
    """How many it makes."""
    findings: tuple[StatementFinding, ...]
    """Contradictions first, then flaws, open parameters, gaps, and what was changed afterwards."""

    def of(self, promise_id: str) -> tuple[StatementFinding, ...]:
        """Those about the words of one promise and about what was changed afterwards.

        Gaps in coverage and open parameters are told by its verdict.
        """
        return tuple(
            each
            for each in self.findings
            if promise_id in each.promise_ids and each.kind in _OF_ONE_PROMISE
        )


@dataclass(frozen=True, slots=True)
class ContradictionCount:
    """How many contradictions there are inside statements."""

    found: int
    undecided: int
    """Those that are open or at odds."""


def contradiction_count(statements: Iterable[StatementFindings]) -> ContradictionCount:
    """How many contradictions there are inside statements, and in how many nobody chose."""
    found = [
        each
        for statement in statements
        for each in statement.findings
        if each.kind == "contradiction"
    ]
    return ContradictionCount(len(found), sum(each.gravity == "high" for each in found))
