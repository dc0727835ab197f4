"""Instants of local times: years that turn, clocks that are set, settings that lack."""

from datetime import UTC, datetime, timedelta

import pytest

from formats.local_time import LocalTimes
from formats.reading import SettingMissing
from ledger.errors import FormatError
from tests.unit.formats.sources import context_of


def years_of(*texts: str, first: int = 2024) -> list[int]:
    times = LocalTimes(context_of(year=first, zone="UTC"))
    return [times.from_syslog(text, "line 1").instant.year for text in texts]


def test_a_local_time_counts_in_the_stated_zone() -> None:
    """Every fact would be an hour or two off."""
    winter = LocalTimes(context_of()).from_syslog("Mar  1 00:30:00", "line 1")
    summer = LocalTimes(context_of()).from_syslog("Jul 14 12:00:00", "line 1")
    assert winter.instant == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert summer.instant == datetime(2026, 7, 14, 10, tzinfo=UTC)
    assert winter.fields() == {
        "occurred_at": winter.instant,
        "occurred_zone": "Europe/Amsterdam",
        "occurred_precision": "second",
        "occurred_uncertainty": None,
    }


def test_the_year_turns_when_the_calendar_goes_back() -> None:
    """A log over New Year would put January before the December it follows."""
    assert years_of(
        "Dec 30 10:00:00", "Dec 31 23:59:59", "Jan  1 00:00:01", "Feb 29 01:00:00", first=2023
    ) == [
        2023,
        2023,
        2024,
        2024,
    ]


def test_a_late_line_of_last_year_stays_there() -> None:
    """One line out of order would put all that follow a year ahead."""
    assert years_of("Dec 31 23:59:59", "Jan  1 00:00:00", "Dec 31 23:59:59", "Jan  1 00:00:01") == [
        2024,
        2025,
        2024,
        2025,
    ]


def test_lines_out_of_order_do_not_turn_the_year() -> None:
    """A clock that was set back for some days would add a year."""
    assert years_of("Mar 20 10:00:00", "Mar  1 10:00:00", "Aug  1 10:00:00") == [2024, 2024, 2024]


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2026-03-01T01:30:00+01:00", "second"),
        ("2026-03-01T00:30:00.000Z", "millisecond"),
        ("2026-03-01 01:30:00,000", "millisecond"),
        ("2026-03-01T00:30:00.000000000+00:00", "microsecond"),
        ("2026-03-01T01:30:00", "second"),
    ],
)
def test_full_times_are_read_with_what_they_say(text: str, precision: str) -> None:
    """A time with its own offset would be moved by the stated zone, or lose its precision."""
    occurred = LocalTimes(context_of()).from_rfc3339(text, "line 1")
    assert occurred.instant == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert occurred.precision == precision


def test_an_offset_is_kept_as_the_zone() -> None:
    """Nobody could tell any more which time a log showed."""
    times = LocalTimes(context_of())
    assert times.from_rfc3339("2026-03-01T01:30:00-05:00", "line 1").zone == "-05:00"
    assert times.from_rfc3339("2026-03-01T01:30:00Z", "line 1").zone is None


def test_the_hour_that_comes_twice_is_marked() -> None:
    """An instant would look exact that may be an hour off."""
    twice = LocalTimes(context_of()).from_syslog("Oct 25 02:30:00", "line 1")
    once = LocalTimes(context_of()).from_syslog("Oct 25 03:30:00", "line 1")
    assert (twice.uncertainty, once.uncertainty) == (timedelta(hours=1), None)


@pytest.mark.parametrize("text", ["Feb 29 10:00:00", "Foo  1 10:00:00", "Mar  1 24:00:00", "soon"])
def test_times_that_do_not_exist_are_refused(text: str) -> None:
    """A fact would get an instant that its log does not say."""
    with pytest.raises(FormatError, match="expected a time") as refusal:
        LocalTimes(context_of(year=2026)).from_syslog(text, "line 7")
    assert refusal.value.place == "line 7"


@pytest.mark.parametrize(
    "text", ["2026-02-30T10:00:00", "2026-03-01T10:00:00+99:00", "0001-01-01T00:00:00+01:00", "x"]
)
def test_full_times_that_do_not_exist_are_refused(text: str) -> None:
    """A fact would get an instant that its log does not say."""
    with pytest.raises(FormatError, match="expected a time"):
        LocalTimes(context_of()).from_rfc3339(text, "line 7")


def test_missing_settings_say_how_to_give_them() -> None:
    """The owner of the log would not know what to state."""
    with pytest.raises(SettingMissing, match="--year"):
        LocalTimes(context_of(year=None)).from_syslog("Mar  1 10:00:00", "line 1")
    with pytest.raises(SettingMissing, match="--zone"):
        LocalTimes(context_of(zone=None)).from_syslog("Mar  1 10:00:00", "line 1")


def test_a_year_that_puts_the_first_line_in_the_future_is_a_wrong_setting() -> None:
    """A typing error would date a whole log years ahead."""
    with pytest.raises(SettingMissing, match="not in the future"):
        LocalTimes(context_of(year=2027)).from_syslog("Mar  1 10:00:00", "line 1")


def test_a_later_line_of_the_future_is_refused_alone() -> None:
    """One damaged time would end the import of a whole log."""
    times = LocalTimes(context_of())
    times.from_rfc3339("2026-03-01T10:00:00Z", "line 1")
    with pytest.raises(FormatError, match="not in the future") as refusal:
        times.from_rfc3339("2926-03-01T10:00:00Z", "line 2")
    assert not isinstance(refusal.value, SettingMissing)
