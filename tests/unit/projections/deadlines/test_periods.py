"""Months clamp, working days skip what is closed, and an hour that began is not counted."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from projections.deadlines.periods import (
    add_months,
    add_working_days,
    full_working_days,
    next_full_hour,
    roll_back,
    roll_forward,
)
from projections.deadlines.refusals import Uncomputable

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2028-02-29", 12, "2029-02-28"),
    ],
)
def test_months_end_on_the_same_date_or_the_last_day(day: str, months: int, later: str) -> None:
    """A month would be taken for thirty days, or run over into the next one."""
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(later)


def test_months_beyond_the_era_are_refused() -> None:
    """A failure without a reason would reach whoever asked."""
    with pytest.raises(Uncomputable):
        add_months(date(9999, 12, 1), 1)


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-11-23", 5, "2026-11-30"),
    ],
)
def test_the_day_of_the_event_is_no_working_day_of_the_period(
    day: str, count: int, later: str
) -> None:
    """A promise in working days would end one day early."""
    found = add_working_days(date.fromisoformat(day), count, is_weekday)
    assert found == date.fromisoformat(later)


def test_a_working_day_is_not_moved() -> None:
    """Every limit would come a day late, or a day early."""
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    assert roll_forward(friday, is_weekday) == roll_back(friday, is_weekday) == friday
    assert roll_forward(saturday, is_weekday) == date(2026, 11, 23)
    assert roll_back(saturday, is_weekday) == friday


@pytest.mark.parametrize(
    ("at", "start"),
    [
        ("2026-11-24T09:12:00+01:00", "2026-11-24T10:00:00+01:00"),
        ("2026-11-24T09:00:00+01:00", "2026-11-24T10:00:00+01:00"),
        ("2026-11-24T09:59:59.999999+01:00", "2026-11-24T10:00:00+01:00"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00"),
        ("2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00"),
    ],
)
def test_the_hour_of_the_event_is_not_counted(at: str, start: str) -> None:
    """The formal reading would begin in the hour in which the event happened."""
    found = next_full_hour(datetime.fromisoformat(at), AMSTERDAM)
    assert found == datetime.fromisoformat(start)


def test_hours_are_full_on_the_local_clock() -> None:
    """In a zone with half hours the hour would begin at half past."""
    kolkata = ZoneInfo("Asia/Kolkata")
    at = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 09:30 there
    assert next_full_hour(at, kolkata) == datetime(2026, 11, 24, 4, 30, tzinfo=UTC)


def test_a_day_that_has_begun_is_no_full_day() -> None:
    """The contested reading would count the rest of a day as a full one."""
    monday = datetime(2026, 11, 23, tzinfo=AMSTERDAM)
    at_midnight = full_working_days(monday.astimezone(UTC), 2, is_weekday, AMSTERDAM)
    later = full_working_days(monday.replace(hour=1).astimezone(UTC), 2, is_weekday, AMSTERDAM)
    assert at_midnight == [date(2026, 11, 23), date(2026, 11, 24)]
    assert later == [date(2026, 11, 24), date(2026, 11, 25)]
