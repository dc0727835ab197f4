"""Breaches that turn: ruled out and opened again, left to a controller, asked by the authority."""

from typing import Any
from uuid import UUID

import pytest

from projections.cases.breach import fold_breach
from projections.cases.breach_clocks import breach_clocks
from projections.cases.clock import Clock
from projections.cases.reading import Step
from tests.case_steps import aware, hours, step

STREAM = UUID("0192aaaa-0000-7000-8000-000000000001")


def _clocks(rule_id: str, *steps: Step, now: float) -> list[Clock]:
    found = breach_clocks(STREAM, fold_breach(steps), hours(now), zone="Europe/Amsterdam")
    return [clock for clock in found if clock.rule_id == rule_id]


def _told(index: int, hour: float, notice_kind: str = "initial", **more: Any) -> Step:  # noqa: ANN401 - any field
    fields = {"authority": "ap", "notice_kind": notice_kind, **more}
    return step(index, "breach.authority_notified", hour=hour, **fields)


def _asked(index: int, hour: float, response: str = "information-request", due: float = 99) -> Step:
    return step(
        index,
        "breach.authority_responded",
        hour=hour,
        authority="ap",
        response=response,
        due_at=hours(due).isoformat(),
    )


def test_a_false_alarm_that_was_closed_owes_nothing() -> None:
    """Closing a case after ruling it out would make it overdue for ever."""
    steps = aware(0, 0), step(1, "breach.ruled_out", hour=5), step(2, "breach.closed", hour=6)
    (clock,) = _clocks("gdpr-33-1", *steps, now=500)
    assert fold_breach(steps).status == "ruled-out"
    assert clock.state == "not-needed"


def test_awareness_is_decided_anew_after_a_case_was_ruled_out() -> None:
    """A case opened again would be overdue by a decision that was overturned."""
    steps = aware(0, 0), step(1, "breach.ruled_out", hour=5), step(2, "breach.suspected", hour=200)
    case = fold_breach(steps)
    assert (case.status, case.aware_at, case.ruled_out) == ("suspected", None, None)
    again = fold_breach((*steps, aware(3, 210)))
    assert (again.status, again.aware_at) == ("aware", hours(210))
    assert [(each.anchor, each.at) for each in again.candidates] == [
        ("aware", hours(0)),
        ("suspected", hours(200)),
        ("aware", hours(210)),
    ]


def test_a_closed_case_that_is_opened_again_is_still_known() -> None:
    """A new suspicion would make us forget that we were aware."""
    steps = aware(0, 0), step(1, "breach.closed", hour=5), step(2, "breach.suspected", hour=9)
    case = fold_breach(steps)
    assert (case.status, case.aware_at, case.closed) == ("aware", hours(0), None)


def test_a_breach_that_nobody_decided_about_is_watched() -> None:
    """Seventy-two hours after a suspicion would pass in silence."""
    suspected = step(0, "breach.suspected")
    (clock,) = _clocks("gdpr-33-1", suspected, now=80)
    assert (clock.start.leads, clock.start.undecided, clock.is_watched) == (False, True, True)
    assert not clock.is_overdue  # a suspicion is not yet awareness
    found = _clocks("gdpr-33-1", suspected, aware(1, 10), now=80)
    assert not any(clock.start.undecided for clock in found)


def test_a_withdrawal_is_no_notice() -> None:
    """Taking back a notice that is not recorded would stop the clock."""
    (clock,) = _clocks("gdpr-33-1", aware(0, 0), _told(1, 5, "withdrawal"), now=80)
    assert clock.state == "overdue"
    (stopped,) = _clocks("gdpr-33-1", aware(0, 0), _told(1, 5), _told(2, 9, "withdrawal"), now=80)
    assert (stopped.state, stopped.done and stopped.done.at) == ("met", hours(5))


def test_a_first_notice_of_any_kind_stops_the_clock() -> None:
    """A notice that is complete at once would count as none."""
    (clock,) = _clocks("gdpr-33-1", aware(0, 0), _told(1, 5, "final"), now=80)
    assert clock.state == "met"


def test_notices_count_by_when_they_were_given() -> None:
    """A notice that was recorded late would look given late."""
    late_told = _told(1, 90, notified_at=hours(10).isoformat())
    (clock,) = _clocks("gdpr-33-1", aware(0, 0), _told(2, 80, "supplement"), late_told, now=99)
    assert clock.done is not None
    assert (clock.state, clock.done.at, clock.done.index) == ("met", hours(10), 1)


def test_a_notice_that_is_announced_is_not_given_yet() -> None:
    """A mistyped year would stop the clock before anybody was told."""
    announced = _told(1, 5, notified_at=hours(9000).isoformat())
    (clock,) = _clocks("gdpr-33-1", aware(0, 0), announced, now=80)
    assert clock.state == "overdue"


def test_a_decision_that_is_reversed_runs_again() -> None:
    """A decision not to tell would excuse for ever, whatever was decided later."""
    no = step(1, "breach.notification_decided", hour=2, addressee="authority", notify=False)
    yes = step(2, "breach.notification_decided", hour=4, addressee="authority", notify=True)
    assert [c.state for c in _clocks("gdpr-33-1", aware(0, 0), no, now=80)] == ["not-needed"]
    assert [c.state for c in _clocks("gdpr-33-1", aware(0, 0), no, yes, now=80)] == ["overdue"]


def test_a_processor_leaves_the_authority_to_its_controller() -> None:
    """A processor would be told that it owes the authority what its controller owes."""
    informed = step(1, "breach.controller_notified", hour=5, controller="x", notice_kind="initial")
    found = _clocks("gdpr-33-1", aware(0, 0), informed, now=100)
    assert not any(clock.start.leads for clock in found)
    assert {(clock.start.name, clock.due_at) for clock in found} == {
        ("aware", hours(72)),
        ("controller-informed", hours(77)),  # the 72 hours of the controller
    }
    both = _clocks("gdpr-33-1", aware(0, 0), informed, _told(2, 9), now=100)
    assert [clock.start.name for clock in both if clock.start.leads] == ["aware"]


def test_a_controller_that_heard_is_told() -> None:
    """A controller's own case would say for ever that its processor has not told it."""
    anchors = [
        {"anchor": "processor-aware", "at": hours(0).isoformat()},
        {"anchor": "controller-informed", "at": hours(20).isoformat()},
    ]
    (clock,) = _clocks("gdpr-33-2", step(0, "breach.suspected", anchors=anchors), now=90)
    assert (clock.state, clock.done and clock.done.at) == ("met", hours(20))


def test_only_what_comes_after_a_question_answers_it() -> None:
    """A notice from before the question would answer it, or one recorded early would not."""
    before = _clocks("authority-term", aware(0, 0), _told(1, 5), _asked(2, 9), now=50)
    assert [clock.state for clock in before] == ["running"]
    answered = _clocks(
        "authority-term", aware(0, 0), _told(3, 5), _asked(4, 9), _told(2, 30, "supplement"), now=50
    )
    assert [(clock.state, clock.done and clock.done.at) for clock in answered] == [
        ("met", hours(30))
    ]


def test_an_order_is_done_by_telling_the_people() -> None:
    """A supplement to the authority would look as if the people had been told."""
    ordered = aware(0, 0), _asked(1, 9, "order"), _told(2, 20, "supplement")
    people = step(3, "breach.subjects_notified", hour=40, manner="direct")
    assert [c.state for c in _clocks("authority-term", *ordered, now=50)] == ["running"]
    assert [c.state for c in _clocks("authority-term", *ordered, people, now=50)] == ["met"]


def test_a_file_that_the_authority_closed_waits_for_nothing() -> None:
    """A question would stay overdue after the authority itself ended the matter."""
    closing = step(2, "breach.authority_responded", hour=60, authority="ap", response="closing")
    (clock,) = _clocks("authority-term", aware(0, 0), _asked(1, 9), closing, now=500)
    assert (clock.state, clock.why) == ("not-needed", "the authority closed its file (record 2)")


@pytest.mark.parametrize("taken_back", [None, 7])
def test_a_voided_first_step_leaves_its_moment_behind(taken_back: int | None) -> None:
    """A suspicion that was taken back would lead, or vanish."""
    first = step(0, "breach.suspected", corrected_by=taken_back)
    found = _clocks("gdpr-33-1", first, aware(1, 10, hour=11), now=20)
    assert {clock.start.name: clock.start.corrected_by for clock in found} == {
        "aware": None,
        "suspected": taken_back,
    }
