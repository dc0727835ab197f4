"""Limits of rules: when a term ends that runs from a moment."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ledger.events.promise import Limit, LimitUnit, Parameter
from ledger.opening import instant_of
from ledger.store.requests import microseconds
from projections.promises.limits import (
    LimitUnknownError,
    amount_of,
    described,
    due_after,
    span_after,
)

ZONE = "Europe/Amsterdam"


def ends(limit: Limit, began: str, zone: str = ZONE) -> str:
    """When a term ends that began at a local time, in local time."""
    moment = microseconds(datetime.fromisoformat(began).replace(tzinfo=ZoneInfo(zone)))
    due = instant_of(due_after(limit, moment, {}, zone))
    return due.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("amount", "unit", "began", "end"),
    [
        (24, "hours", "2026-03-28 13:00", "2026-03-29 14:00"),  # a night of 23 hours
        (24, "hours", "2026-10-24 13:00", "2026-10-25 12:00"),  # a night of 25 hours
        (1, "days", "2026-03-28 13:00", "2026-03-30 00:00"),
        (0, "days", "2026-03-29 01:30", "2026-03-30 00:00"),
        (1, "weeks", "2026-03-25 23:59", "2026-04-02 00:00"),
        (1, "months", "2026-01-31 13:00", "2026-03-01 00:00"),  # there is no 31 February
        (1, "years", "2024-02-29 13:00", "2025-03-01 00:00"),
    ],
)
def test_a_term_ends_by_the_local_calendar(
    amount: int, unit: LimitUnit, began: str, end: str
) -> None:
    """An answer on the last day would come too late, or one a day after it in time."""
    assert ends(Limit(amount=amount, unit=unit), began) == end


@pytest.mark.parametrize(
    ("began", "end"),
    [
        ("2026-04-01 12:00", "2026-04-24 00:00"),  # without Good Friday and Easter Monday
        ("2026-04-01 23:59", "2026-04-24 00:00"),
        ("2026-12-21 09:00", "2027-01-13 00:00"),  # without Christmas and New Year's Day
        ("2026-06-01 00:00", "2026-06-20 00:00"),
    ],
)
def test_fourteen_working_days_leave_out_the_holidays(began: str, end: str) -> None:
    """Data would have to be gone while nobody works."""
    assert ends(Limit(amount=14, unit="working-days"), began) == end
    assert ends(Limit(rule="rag-03"), began) == end


def test_days_are_counted_where_the_promise_says() -> None:
    """A term would end at midnight of another place."""
    assert ends(Limit(amount=1, unit="days"), "2026-01-05 23:30", "UTC") == "2026-01-07 00:00"


@pytest.mark.parametrize(
    "parameter",
    [
        Parameter(name="term", value=2**53 - 1, unit="hours"),
        Parameter(name="term", value=2**53 - 1, unit="years"),
        Parameter(name="term", value=-5, unit="days"),
        Parameter(name="term", value=5, unit="people"),
        Parameter(name="term", value="soon", unit="days"),
        Parameter(name="term", value=True, unit="days"),
        Parameter(name="term"),
    ],
)
def test_a_parameter_that_gives_no_term_is_unknown(parameter: Parameter) -> None:
    """A slip of the officer's would stop every later question about the promise."""
    limit = Limit(parameter="term", unit="days")
    moment = microseconds(datetime(2026, 1, 5, tzinfo=UTC))
    with pytest.raises(LimitUnknownError):
        due_after(limit, moment, {"term": parameter}, ZONE)


def test_a_parameter_brings_its_own_unit() -> None:
    """Two days would be counted as two hours."""
    limit = Limit(parameter="term", unit="hours")
    assert amount_of(limit, {"term": Parameter(name="term", value=2)}) == (2, "hours")
    own = Parameter(name="term", value=2, unit="days")
    assert amount_of(limit, {"term": own}) == (2, "days")
    with pytest.raises(LimitUnknownError, match="parameter term is not set"):
        amount_of(limit, {})


def test_a_stretch_of_days_is_elapsed_time() -> None:
    """A window of one day would be shorter in the night in which the clock goes forward."""
    hours = 3_600_000_000
    assert span_after(Limit(amount=2, unit="days"), 0, {}, ZONE) == 48 * hours
    assert span_after(Limit(amount=1, unit="weeks"), 0, {}, ZONE) == 168 * hours


def test_a_parameter_is_told_with_its_unit() -> None:
    """Whoever reads a verdict would not know whether 24 are hours or days."""
    assert described(Parameter(name="term", value=24, unit="hours")) == "24 hours"
    assert described(Parameter(name="words", values=("a", "b"))) == "a, b"
