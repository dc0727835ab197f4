"""Made-up findings inside statements, for what shows them."""

from datetime import timedelta
from typing import Any, Final

from ledger.units import Index
from projections.promises.answers import CoverageGap, ParameterInForce
from projections.promises.finding import (
    Assigned,
    CaughtEvent,
    ChangedRules,
    FindingState,
    ReadAs,
    StatementFinding,
    StatementFindings,
    TakenBack,
)
from tests.promise_stories import BEGAN

READINGS: Final = ("narrow", "wide")
DECIDE: Final = "decide: zegel policy interpret ABC-02 narrow|wide --reason WHY"


def contradiction(state: FindingState, **fields: Any) -> StatementFinding:  # noqa: ANN401 - of any kind
    """Two promises that exclude each other, read as the state says."""
    first = ReadAs(promise_id="ABC-01", readings=READINGS, reading="narrow")
    second = ReadAs(promise_id="ABC-02", readings=READINGS)
    made: dict[str, Any] = {
        "kind": "contradiction",
        "state": state,
        "promise_ids": ("ABC-01", "ABC-02"),
        "read_as": (first, second),
        "settle": (DECIDE,),
        "rests_on": (3, 4),
    }
    return StatementFinding(**(made | fields))


def caught(index: int) -> CaughtEvent:
    """An event between two readings of a promise."""
    return CaughtEvent(
        index=Index(index), promise_id="ABC-02", broken_under=("narrow",), kept_under=("wide",)
    )


def unclear(value: int | None = None, *, is_default: bool = False) -> StatementFinding:
    """A sentence without a number, with what was set instead."""
    parameter = ParameterInForce(
        name="days", value=value, unit="days", set_by_index=None if value is None else Index(7)
    )
    decided: FindingState = "assumed" if is_default else "decided"
    return StatementFinding(
        kind="flaw",
        state="open" if value is None else decided,
        promise_ids=("ABC-03",),
        flaw="no-term",
        assigned=(Assigned(parameter=parameter, is_default=is_default),),
        settle=("set it: zegel policy set ABC-03 days=VALUE --reason WHY",) * (value is None),
        rests_on=(5,),
    )


def not_connected(*, has_end: bool = False) -> StatementFinding:
    """A source that was not declared connected, with the promises that wait for it."""
    until = BEGAN + timedelta(days=2) if has_end else None
    return StatementFinding(
        kind="coverage-gap",
        state="open",
        promise_ids=("ABC-01", "ABC-02", "ABC-03", "ABC-04"),
        gap=CoverageGap(system="gold", since=BEGAN, until=until),
        settle=("declare it",),
        rests_on=(3, 4, 5, 6),
    )


def replaced() -> StatementFinding:
    """Rules that were declared ten days late, in the place of others."""
    changed = ChangedRules(
        earlier_index=Index(3),
        later_index=Index(90),
        since=BEGAN,
        recorded_at=BEGAN + timedelta(days=10),
    )
    return StatementFinding(
        kind="rules-changed-afterwards",
        state="afterwards",
        promise_ids=("ABC-01",),
        changed=changed,
        rests_on=(3, 90),
    )


def taken_back(*indexes: int) -> StatementFinding:
    """Judged events that one record took back; the first of them was a break."""
    events = tuple(
        TakenBack(index=Index(each), taken_by_index=Index(92), was_broken=each == indexes[0])
        for each in indexes
    )
    return StatementFinding(
        kind="judged-events-taken-back",
        state="afterwards",
        promise_ids=("ABC-02",),
        taken_back=events,
        taken_back_count=len(events),
        broken_before_count=1,
        rests_on=(92,),
    )


def found_in_statement(*findings: StatementFinding) -> StatementFindings:
    """A statement with findings; without any given, two contradictions, one of them open."""
    decided = contradiction("decided", settle=(), read_as=())
    return StatementFindings(
        policy_id="abc-privacy",
        organisation="abc",
        systems=("gold",),
        policy_index=Index(2),
        promises=4,
        findings=findings or (contradiction("open"), decided),
    )
