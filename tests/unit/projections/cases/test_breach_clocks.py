"""The clocks of a breach."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from projections.cases.breach import fold_breach
from projections.cases.breach_clocks import authority_due_at, breach_clocks
from projections.cases.clock import Clock
from projections.cases.reading import Step
from tests.case_steps import aware, hours, step

STREAM = UUID("0192aaaa-0000-7000-8000-000000000001")
TOLD: dict[str, Any] = {"authority": "ap", "notice_kind": "initial"}


def _clocks(*steps: Step, now: float, **more: Any) -> list[Clock]:  # noqa: ANN401 - the options of breach_clocks
    case = fold_breach(steps)
    return breach_clocks(STREAM, case, hours(now), zone="Europe/Amsterdam", **more)


def _leading(*steps: Step, now: float) -> Clock:
    (found,) = [
        clock
        for clock in _clocks(*steps, now=now)
        if clock.start.leads and clock.rule_id == "gdpr-33-1"
    ]
    return found


def test_72_hours_run_from_awareness() -> None:
    """The authority would be told too late, by a clock that runs from another moment."""
    clock = _leading(step(0, "breach.suspected"), aware(1, 3), now=10)
    assert clock.due_at == hours(75)
    assert clock.state == "running"
    assert clock.margin == timedelta(hours=65)
    assert authority_due_at(fold_breach([aware(0, 3)]), "Europe/Amsterdam") == hours(75)
    assert authority_due_at(fold_breach([step(0, "breach.suspected")]), "Europe/Amsterdam") is None


def test_a_clock_says_how_it_ended() -> None:
    """A notice in time would look late, or a late one in time."""
    notice = step(2, "breach.authority_notified", hour=74, **TOLD)
    met = _leading(aware(0, 3), notice, now=100)
    assert (met.state, met.margin) == ("met", timedelta(hours=1))
    late = _leading(aware(0, 3), step(2, "breach.authority_notified", hour=75, **TOLD), now=100)
    assert (late.state, late.margin) == ("late", timedelta(0))  # the end itself is too late
    overdue = _leading(aware(0, 3), now=76)
    assert (overdue.state, overdue.margin) == ("overdue", timedelta(hours=-1))
    assert overdue.is_overdue


def test_every_earlier_moment_has_its_clock() -> None:
    """A regulator who takes an earlier moment would find no deadline for it."""
    found = _clocks(
        step(0, "breach.suspected"), aware(1, 9, corrected_by=2), aware(2, 5, hour=10), now=10
    )
    shown = [
        (clock.start.name, clock.due_at, clock.start.leads, clock.start.corrected_by)
        for clock in found
    ]
    assert shown == [
        ("aware", hours(77), True, None),
        ("suspected", hours(72), False, None),
        ("aware", hours(81), False, 2),
    ]
    assert not any(clock.is_overdue for clock in found if not clock.start.leads)


def test_a_decision_not_to_notify_stops_the_clock() -> None:
    """A breach that need not be notified would be overdue for ever."""
    no: dict[str, Any] = {"addressee": "authority", "notify": False, "ground": "risk-unlikely"}
    clock = _leading(aware(0, 3), step(1, "breach.notification_decided", **no), now=500)
    assert clock.state == "not-needed"
    assert clock.why == "decided not to, on the ground risk-unlikely"


def test_a_breach_that_was_ruled_out_owes_nothing() -> None:
    """A false alarm would be overdue for ever."""
    clock = _leading(aware(0, 3), step(1, "breach.ruled_out", hour=9), now=500)
    assert clock.state == "not-needed"


def test_high_risk_starts_the_duty_to_tell_people() -> None:
    """Nobody would see that the people concerned must be told."""
    high = step(1, "breach.assessed", hour=6, risk="high")
    (clock,) = [c for c in _clocks(aware(0, 3), high, now=30) if c.rule_id == "gdpr-34"]
    assert (clock.state, clock.margin) == ("open", timedelta(hours=24))
    told = step(2, "breach.subjects_notified", hour=20, manner="direct")
    (done,) = [c for c in _clocks(aware(0, 3), high, told, now=30) if c.rule_id == "gdpr-34"]
    assert (done.state, done.margin) == ("met", timedelta(hours=14))
    lower = step(2, "breach.assessed", hour=8, risk="risk")
    assert not [c for c in _clocks(aware(0, 3), high, lower, now=30) if c.rule_id == "gdpr-34"]


def test_items_that_were_not_told_stay_open() -> None:
    """A first notice that is incomplete would look complete."""
    part = step(1, "breach.authority_notified", hour=9, content=["nature"], **TOLD)
    (clock,) = [c for c in _clocks(aware(0, 3), part, now=33) if c.rule_id == "gdpr-33-4"]
    assert clock.state == "open"
    assert clock.duty == "complete the notice: contact-point, consequences, measures"
    assert clock.margin == timedelta(hours=24)


def test_a_processor_owes_its_controller_what_was_agreed() -> None:
    """An agreed term would be forgotten because the law names none."""
    anchor = {"anchor": "processor-aware", "at": hours(1).isoformat()}
    suspected = step(0, "breach.suspected", anchors=[anchor], processor="host")
    found = _clocks(suspected, now=30, controller_terms={"host": timedelta(hours=24)})
    agreed = {clock.rule_id: clock for clock in found}
    assert agreed["gdpr-33-2"].state == "open"
    assert (agreed["contract-hours"].state, agreed["contract-hours"].due_at) == (
        "overdue",
        hours(25),
    )
    starts = [clock for clock in found if clock.rule_id == "gdpr-33-1"]
    assert [clock.start.name for clock in starts] == ["suspected"]


def test_a_promise_to_report_a_suspicion_runs_beside_the_law() -> None:
    """A statement that promises more than the law would not be kept to it."""
    found = _clocks(step(0, "breach.suspected"), now=30, promised=["nxt-10"])
    (clock,) = [each for each in found if each.rule_id == "nxt-10"]
    assert (clock.state, clock.due_at) == ("overdue", hours(24))


def test_the_authority_sets_terms_of_its_own() -> None:
    """A question of the authority would have no clock."""
    asked = step(
        2,
        "breach.authority_responded",
        hour=100,
        authority="ap",
        response="information-request",
        due_at=hours(200).isoformat(),
    )
    (clock,) = [c for c in _clocks(asked, now=150) if c.rule_id == "authority-term"]
    assert (clock.state, clock.due_at, clock.result) == ("running", hours(200), None)
    answered = step(
        3, "breach.authority_notified", hour=199, authority="ap", notice_kind="supplement"
    )
    (done,) = [c for c in _clocks(asked, answered, now=250) if c.rule_id == "authority-term"]
    assert done.state == "met"
