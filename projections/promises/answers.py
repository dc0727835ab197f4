"""What judging a promise gives: verdicts, the judged events under them, and what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ledger.events.promise import (
    LimitUnit,
    PromiseClass,
    PromiseRule,
    Reading,
    RuleKind,
    Scalar,
)
from ledger.units import Index, PromiseId

Verdict = Literal["kept", "broken", "pending", "undeterminable"]
"""`pending`: a term runs; `undeterminable`: the log tells too little, and what would settle it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One event as it was judged under one part of a promise."""

    promise_id: PromiseId
    part: int
    """Place among the parts of the promise, or of its reading; 0-based."""
    part_name: str | None = None
    reading: str | None = None
    """The reading whose part it is; `None` for a part of the promise itself."""
    rule_kind: RuleKind
    verdict: Verdict
    reason: str | None = None
    settle: str | None = None
    """What would settle it, where it is undeterminable."""
    index: Index
    """Of the judged event."""
    occurred_at: datetime
    """The moment that counts: when it occurred, or what its field says; aware, in UTC."""
    due_at: datetime | None = None
    """End of the term, exclusive, in UTC."""
    measure: int | None = None
    """What a metric measured of it: seconds, bytes, people, as the rule says."""
    rests_on: tuple[int, ...] = ()
    """Indexes of the events that decide it, ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a metric part measured, put together."""

    part: int
    part_name: str | None = None
    of: str
    """`field`, `elapsed`, `events` or `distinct`."""
    unit: str
    count: int
    """How many values were measured."""
    least: int | None = None
    p50: int | None = None
    p95: int | None = None
    most: int | None = None
    limit: int | None = None
    limit_reason: str | None = None
    """Why there is no limit, where the rule names one that was not set."""
    groups: tuple[tuple[str, int], ...] = ()
    """Of the groups with the highest values, at most 5: name and value, worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterInForce:
    """A parameter that the statement leaves open, as it stands at the moment asked."""

    name: str
    value: Scalar | tuple[Scalar, ...] | None = None
    """`None`: nobody has set it."""
    unit: LimitUnit | str | None = None
    set_by_index: Index | None = None
    """Of the `promise.parameter_set` or `promise.interpretation_decided` that set it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageGap:
    """A time in which a source that a promise needs was not declared connected, or lost lines."""

    system: str
    since: datetime
    until: datetime | None = None
    """Exclusive; `None`: up to the moment asked."""
    lost_index: Index | None = None
    """The record that says that lines of that time never came; `None`: it was not connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseVerdict:
    """A promise, judged at a moment by what was known then."""

    promise_id: PromiseId
    policy_id: str | None = None
    organisation: str | None = None
    systems: tuple[str, ...] = ()
    promise_class: PromiseClass | None = None
    subject_matter: str | None = None
    rule_kinds: tuple[RuleKind, ...] = ()
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    settle: tuple[str, ...] = ()
    """What would settle it, where it is undeterminable."""
    due_at: datetime | None = None
    """When the next pending item is due."""
    kept: int = 0
    broken: int = 0
    pending: int = 0
    undeterminable: int = 0
    oldest_break: Item | None = None
    figures: tuple[Figures, ...] = ()
    since: datetime
    until: datetime | None = None
    """When the promise ceased to stand; `None` while it stands."""
    waived: bool = False
    """Whether it is waived at the moment asked."""
    reading: str | None = None
    """The reading by which it is judged: decided, or leading."""
    open_readings: tuple[str, ...] = ()
    """Readings between which nobody has decided and none leads."""
    by_reading: Mapping[str, Verdict] = field(default_factory=dict)
    parameters: tuple[ParameterInForce, ...] = ()
    declared_index: Index
    policy_index: Index | None = None
    rules: tuple[PromiseRule, ...] = ()
    readings: tuple[Reading, ...] = ()
    coverage_gaps: tuple[CoverageGap, ...] = ()
    rests_on: tuple[int, ...]
    """Indexes of the declaration, of its parameters, and of the oldest break, or else of the latest
    evidence and the declarations that sources were connected; never empty."""
