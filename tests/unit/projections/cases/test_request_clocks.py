"""The clocks of a subject's request."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from projections.cases.clock import Clock
from projections.cases.reading import Step
from projections.cases.request_clocks import request_clocks
from projections.cases.subject_request import fold_request
from projections.deadlines import DeadlineResult
from tests.case_steps import step

STREAM = UUID("0192aaaa-0000-7000-8000-000000000002")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _clocks(*steps: Step, now: str, promised: tuple[str, ...] = ()) -> list[Clock]:
    return request_clocks(
        STREAM, fold_request(steps), _at(now), zone="Europe/Amsterdam", promised=promised
    )


def _received(on: str, **more: Any) -> Step:  # noqa: ANN401 - any field
    return step(0, "dsr.received", right="A15", received_at=f"{on}T09:00:00+01:00", **more)


def _told(index: int, kind: str, on: str) -> Step:
    return step(index, kind, notified_at=f"{on}T12:00:00+01:00")


def test_the_statutory_month_rolls_to_a_working_day() -> None:
    """A term that ends at Easter would end on a day on which nobody works."""
    (clock,) = _clocks(_received("2026-03-05"), now="2026-04-01")
    assert str(clock.due_on) == "2026-04-07"
    assert clock.state == "running"


def test_a_promise_of_a_week_leads() -> None:
    """A shorter promise would hide behind the statutory month."""
    promise, law = _clocks(_received("2026-03-05"), now="2026-03-13", promised=("inf-09",))
    assert (promise.rule_id, promise.state) == ("inf-09", "overdue")
    assert (law.rule_id, law.state) == ("gdpr-12-3", "running")


def test_an_extension_in_time_moves_the_end() -> None:
    """An extension would be ignored, or one that came too late would count."""
    (clock,) = _clocks(
        _received("2026-01-31"), _told(1, "dsr.extended", "2026-02-20"), now="2026-03-10"
    )
    assert str(clock.due_on) == "2026-04-28"
    (late,) = _clocks(
        _received("2026-01-31"), _told(1, "dsr.extended", "2026-03-05"), now="2026-03-10"
    )
    assert (str(late.due_on), late.state) == ("2026-03-02", "overdue")


def test_a_pause_for_identity_is_another_reading() -> None:
    """The reading without the pause, which leads, or the one with it would be missing."""
    (clock,) = _clocks(
        _received("2026-03-05"),
        step(1, "dsr.identity_requested", notified_at="2026-03-06T12:00:00+01:00"),
        step(2, "dsr.identity_verified", notified_at="2026-03-16T12:00:00+01:00"),
        now="2026-03-20",
    )
    assert str(clock.due_on) == "2026-04-07"
    assert isinstance(clock.result, DeadlineResult)
    paused = clock.result.reading("paused")
    assert paused is not None
    assert paused.due_at > clock.result.due_at


def test_an_answer_ends_the_clock() -> None:
    """A request that was answered, or taken back, would stay open."""
    (met,) = _clocks(
        _received("2026-03-05"), _told(1, "dsr.fulfilled", "2026-03-20"), now="2026-09-01"
    )
    assert met.state == "met"
    (late,) = _clocks(
        _received("2026-03-05"), _told(1, "dsr.refused", "2026-04-20"), now="2026-09-01"
    )
    assert late.state == "late"
    (gone,) = _clocks(_received("2026-03-05"), step(1, "dsr.withdrawn"), now="2026-09-01")
    assert gone.state == "not-needed"


def test_a_request_that_was_never_received_has_no_clock() -> None:
    """A step without a receipt would start a term at a moment that nobody named."""
    assert _clocks(step(0, "dsr.acknowledged"), now="2026-09-01") == []
