"""Terms with dates that were counted by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ledger.retention.terms import Term, add_period, first_instant

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("begins", "period", "last_day"),
    [
        ("2026-11-30", "P3M", "2027-02-28"),
        ("2023-11-30", "P3M", "2024-02-29"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2026-01-31", "P1M1D", "2026-03-01"),
        ("2026-12-31", "P2W", "2027-01-14"),
        ("2026-03-01", "P0D", "2026-03-01"),
        ("2019-06-15", "P7Y", "2026-06-15"),
        ("2026-05-31", "P1Y18M", "2028-11-30"),
    ],
)
def test_a_period_ends_on_the_day_that_a_calendar_shows(
    begins: str, period: str, last_day: str
) -> None:
    """A term at the end of a month, or in a leap year, would end on another day than agreed."""
    assert add_period(date.fromisoformat(begins), period) == date.fromisoformat(last_day)


@pytest.mark.parametrize(
    ("beginning", "term", "end"),
    [
        # The day of the event does not count, and the last day counts to its last hour.
        ("2026-03-01T15:00+01:00", Term("P14D"), "2026-03-16T00:00+01:00"),
        # Summer time begins on 29 March: the fourteenth day has 23 hours.
        ("2026-03-15T15:00+01:00", Term("P14D"), "2026-03-30T00:00+02:00"),
        # It ends on 25 October: the last day has 25 hours.
        ("2026-10-24T10:00+02:00", Term("P1D"), "2026-10-26T00:00+01:00"),
        # 23:30 in London is the next day in Amsterdam.
        ("2026-02-28T23:30+00:00", Term("P1M"), "2026-04-02T00:00+02:00"),
        ("2026-10-24T10:00+02:00", Term(duration=timedelta(hours=48)), "2026-10-26T09:00+01:00"),
        # Of two parts the later one counts.
        ("2026-03-01T15:00+01:00", Term("P1D", timedelta(days=9)), "2026-03-10T15:00+01:00"),
        ("2026-03-01T15:00+01:00", Term("P1M", timedelta(days=9)), "2026-04-02T00:00+02:00"),
    ],
)
def test_a_term_ends_at_the_instant_that_a_clock_shows(
    beginning: str, term: Term, end: str
) -> None:
    """Data would go an hour early or late when the clock changes."""
    found = term.end(datetime.fromisoformat(beginning), _AMSTERDAM)
    assert found == datetime.fromisoformat(end)


def test_a_term_beyond_all_dates_never_ends() -> None:
    """A period of ten thousand years, meant as for ever, would stop every run with an error."""
    term = Term("P9999Y")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert term.end(now, _AMSTERDAM) is None
    assert term.begun_before(now, _AMSTERDAM) is None


def test_a_day_that_has_no_midnight_begins_with_its_first_hour() -> None:
    """Where the clock goes forward at midnight a term would end on the day before."""
    start = first_instant(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"))
    assert start == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_a_period_that_is_none_is_refused() -> None:
    """A rule that no program understands would end at once."""
    with pytest.raises(ValueError, match="P3M"):
        add_period(date(2026, 1, 1), "3 months")
