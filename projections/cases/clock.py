"""A clock: a duty of a case, when it is due, and whether it was done in time.

A clock is computed when it is asked for and never stored: a corrected anchor gives a new one, and
the old one can still be asked for as it was known.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from ledger.units import Index
from projections.deadlines import DeadlineResult, Refusal

ClockState = Literal["running", "overdue", "met", "late", "not-needed", "open", "refused"]
"""`open`: the law names no period, so only its age is told; `refused`: see the reason."""

ENDED: Final[frozenset[ClockState]] = frozenset({"met", "late", "not-needed"})


@dataclass(frozen=True, slots=True)
class Done:
    """What stopped a clock, or made it needless."""

    at: datetime
    index: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """From where a clock runs: a moment that a record names."""

    name: str
    """`aware`, `received`, `high-risk`: the word of the anchor."""
    at: datetime
    index: Index
    leads: bool = True
    """Whether the duty runs from here; otherwise it is shown for comparison."""
    corrected_by: Index | None = None
    undecided: bool = False
    """Nothing was decided yet, and this is the earliest moment that may come to lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One duty of one case, judged at a moment."""

    case: UUID
    case_kind: str
    duty: str
    """In a few words: `tell the authority`."""
    rule_id: str
    start: Start
    state: ClockState
    result: DeadlineResult | Refusal | None
    """`None` where an authority set the term itself."""
    due_at: datetime | None = None
    """Exclusive, in UTC, by the leading reading."""
    due_on: date | None = None
    done: Done | None = None
    margin: timedelta | None = None
    """What is left, or was left when it was done; negative by how much it is or was too late. For
    a clock without a period: its age."""
    why: str | None = None
    """Why it is not needed, or was refused."""

    @property
    def is_watched(self) -> bool:
        """Whether somebody still has to look at it: it leads, or may come to, and has not ended."""
        counts = self.start.leads or self.start.undecided
        return counts and self.state not in ENDED and self.done is None

    @property
    def is_overdue(self) -> bool:
        """Whether a duty that runs has not been done in time, and still is not."""
        return self.state == "overdue" and self.start.leads


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a clock is about, before it is judged."""

    case: UUID
    case_kind: str
    duty: str
    rule_id: str
    start: Start
    done: Done | None = None
    excused: str | None = None
    """Why it need not be done, where that was decided."""


def judged(duty: Duty, computed: DeadlineResult | Refusal, now: datetime) -> Clock:
    """The clock of a duty at a moment.

    Args:
        duty: What is due, from when, and whether it was done.
        computed: What the rule gives for its start.
        now: The moment asked about. What is said to be done later is not done yet.
    """
    duty = _until(duty, now)
    if isinstance(computed, DeadlineResult):
        return _judged(duty, computed, computed.due_at, computed.due_on, now)
    if computed.reason == "no_period_in_law":
        done = duty.done
        state: ClockState = "met" if done is not None else "open"
        age = (done.at if done is not None else now) - duty.start.at
        return _clock(duty, state, computed, margin=age, why=computed.message)
    return _clock(duty, "refused", computed, why=computed.message)


def judged_term(duty: Duty, due_at: datetime, now: datetime) -> Clock:
    """The clock of a duty whose term somebody set by naming its end."""
    return _judged(_until(duty, now), None, due_at, None, now)


def _until(duty: Duty, now: datetime) -> Duty:
    later = duty.done is not None and duty.done.at > now
    return replace(duty, done=None) if later else duty


def _judged(
    duty: Duty,
    computed: DeadlineResult | None,
    due_at: datetime,
    due_on: date | None,
    now: datetime,
) -> Clock:
    done = duty.done
    if done is not None:
        state: ClockState = "met" if done.at < due_at else "late"
        return _clock(duty, state, computed, due_at, due_on, due_at - done.at)
    if duty.excused is not None:
        return _clock(duty, "not-needed", computed, due_at, due_on, why=duty.excused)
    state = "running" if now < due_at else "overdue"
    return _clock(duty, state, computed, due_at, due_on, due_at - now)


def _clock(  # noqa: PLR0917 - the parts of one clock, filled in one place
    duty: Duty,
    state: ClockState,
    computed: DeadlineResult | Refusal | None,
    due_at: datetime | None = None,
    due_on: date | None = None,
    margin: timedelta | None = None,
    why: str | None = None,
) -> Clock:
    if duty.excused is not None and duty.done is None:
        state, why = "not-needed", duty.excused
    return Clock(
        case=duty.case,
        case_kind=duty.case_kind,
        duty=duty.duty,
        rule_id=duty.rule_id,
        start=duty.start,
        state=state,
        result=computed,
        due_at=due_at,
        due_on=due_on,
        done=duty.done,
        margin=margin,
        why=why,
    )
