"""Local times are instants only where they occur once, and days end at local midnight."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ledger.errors import BadRequest
from projections.deadlines.local_times import end_of_day, instant_of_local, later, zone_named
from projections.deadlines.refusals import Uncomputable

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "zone", "reason"),
    [
        ("2026-10-25T02:30:00", "Europe/Amsterdam", "ambiguous_local_time"),
        ("2026-10-25T02:00:00", "Europe/Amsterdam", "ambiguous_local_time"),
        ("2026-10-25T02:59:59", "Europe/Amsterdam", "ambiguous_local_time"),
        ("2026-03-29T02:30:00", "Europe/Amsterdam", "nonexistent_local_time"),
        ("2026-03-29T02:00:00", "Europe/Amsterdam", "nonexistent_local_time"),
        ("2026-11-01T00:30:00", "America/Havana", "ambiguous_local_time"),
        ("2026-11-20T14:00:00", None, "missing_offset"),
        ("0001-01-01T00:00:00+05:00", None, "out_of_range"),
    ],
)
def test_a_time_that_is_no_single_instant_is_refused(
    text: str, zone: str | None, reason: str
) -> None:
    """A clock would start an hour early or late without a word."""
    with pytest.raises(Uncomputable) as refused:
        instant_of_local(datetime.fromisoformat(text), ZoneInfo(zone) if zone else None)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-10-25T01:59:59", "2026-10-24T23:59:59"),
        ("2026-10-25T03:00:00", "2026-10-25T02:00:00"),
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00"),
        ("2026-03-29T01:59:59", "2026-03-29T00:59:59"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00"),
    ],
)
def test_a_time_beside_a_change_of_the_clock_is_accepted(text: str, instant: str) -> None:
    """The guard would refuse more than the hour that it is for."""
    found = instant_of_local(datetime.fromisoformat(text), AMSTERDAM)
    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        (date(2026, 3, 29), "Europe/Amsterdam", "2026-03-29T22:00:00"),
        (date(2026, 10, 25), "Europe/Amsterdam", "2026-10-25T23:00:00"),
        # The clock of Santiago goes forward over midnight: the day after begins at 01:00.
        (date(2026, 9, 5), "America/Santiago", "2026-09-06T04:00:00"),
        # The clock of Havana goes back to midnight: the first one ends the day.
        (date(2026, 10, 31), "America/Havana", "2026-11-01T04:00:00"),
    ],
)
def test_a_day_ends_where_the_next_one_begins(day: date, zone: str, end: str) -> None:
    """A limit would lie an hour outside its day where the clock changes."""
    assert end_of_day(day, ZoneInfo(zone)) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_the_end_of_the_era_is_refused() -> None:
    """A failure without a reason would reach whoever asked."""
    with pytest.raises(Uncomputable):
        end_of_day(date.max, AMSTERDAM)
    with pytest.raises(Uncomputable):
        later(datetime(9999, 12, 31, tzinfo=UTC), timedelta(days=1))


@pytest.mark.parametrize("name", ["Mars/Base", "../etc/passwd", "", "Europe", "/etc/localtime"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    """Another zone, or a file of the machine, would be read in its place."""
    with pytest.raises(BadRequest, match="IANA zone"):
        zone_named(name)
