"""Times are understood as people type them, and shown so that nobody can misread them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.shown_times import show_instant, show_window
from formats.typed_times import TimeReader
from ledger.errors import BadRequest

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
READER = TimeReader(NOW, AMSTERDAM, lambda index: NOW - timedelta(days=index))


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("2026-11-20", "2026-11-19T23:00:00"),
        ("2026-07-01", "2026-06-30T22:00:00"),
        ("2026-11-20T14:00", "2026-11-20T13:00:00"),
        ("2026-11-20 14:00:05+05:00", "2026-11-20T09:00:05"),
        ("2026-11-20T14:00Z", "2026-11-20T14:00:00"),
        ("14:00", "2026-11-20T13:00:00"),
        ("yesterday", "2026-11-18T23:00:00"),
        ("gisteren 14:00", "2026-11-19T13:00:00"),
        ("Eergisteren", "2026-11-17T23:00:00"),
        ("now", "2026-11-20T15:30:00"),
        ("-2h", "2026-11-20T13:30:00"),
        ("3d", "2026-11-17T15:30:00"),
        ("1h30m", "2026-11-20T14:00:00"),
        ("+1w", "2026-11-27T15:30:00"),
        ("@2", "2026-11-18T15:30:00"),
        ("2 hours ago", "2026-11-20T13:30:00"),
        ("2 uur geleden", "2026-11-20T13:30:00"),
        ("3 maart 2026 09:00", "2026-03-03T08:00:00"),
    ],
)
def test_a_typed_time_is_that_instant(typed: str, iso: str) -> None:
    """A search would look at another window than the one that was meant."""
    assert READER.read(typed) == datetime.fromisoformat(iso).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "blah",
        "25:00",
        "2026-13-01",
        "2026",
        "12/13/14",
        "@x",
        "9" * 30 + "d",
        "9" * 5000 + "d",
        "@" + "9" * 5000,
    ],
)
def test_what_means_no_time_is_refused(typed: str) -> None:
    """A typing error would silently become some window."""
    with pytest.raises(BadRequest, match="expected a time"):
        READER.read(typed)


def test_a_record_means_nothing_without_a_log() -> None:
    """`--occurred-at @3` would take the time of a record of whatever log is at hand."""
    with pytest.raises(BadRequest, match="a record has no meaning here"):
        TimeReader(NOW, AMSTERDAM).read("@3")


@given(st.integers(0, 7 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_a_shown_time_is_read_back(instant: datetime) -> None:
    """A time copied from an answer into the next question would mean another instant."""
    assert READER.read(show_instant(instant, AMSTERDAM)) == instant
    assert READER.read(show_instant(instant, UTC)) == instant


def test_a_window_is_shown_with_its_offset() -> None:
    """Nobody could tell which 14:00 was searched."""
    assert show_window(NOW, None, AMSTERDAM) == "from 2026-11-20 16:30:00+01"
    assert show_window(NOW, NOW, UTC) == "from 2026-11-20 15:30:00Z until 2026-11-20 15:30:00Z"


def test_a_time_before_the_first_one_is_refused() -> None:
    """A form or a command would break on a year that was mistyped."""
    with pytest.raises(BadRequest, match="expected a time"):
        TimeReader(NOW, AMSTERDAM).read("0001-01-01")
