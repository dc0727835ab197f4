"""The legal calendar has the days of the law, and refuses what is not known."""

from datetime import date, timedelta

import pytest

from projections.deadlines.legal_calendar import (
    NATIONWIDE_ONLY,
    Calendar,
    calendar_of,
    decrees,
)
from projections.deadlines.refusals import Uncomputable

DUTCH = calendar_of("NL", equated_days=False)


def easter(year: int) -> date:
    """Easter Sunday by Gauss's method as Meeus gives it, independent of any library."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def statutory(year: int) -> set[date]:
    """The days of Atw art. 3(1) and (2), from their definitions."""
    kings = date(year, 4, 27)
    after_easter = [easter(year) + timedelta(days=n) for n in (-2, 1, 39, 50)]
    fixed = [date(year, 1, 1), date(year, 5, 5), date(year, 12, 25), date(year, 12, 26)]
    return {*fixed, *after_easter, kings - timedelta(days=kings.weekday() == 6)}


@pytest.mark.parametrize("year", range(2014, 2101))
def test_the_dutch_days_are_those_of_the_law(year: int) -> None:
    """A deadline would end on a holiday, or a working day would be skipped."""
    assert set(DUTCH.holidays(year)) == statutory(year)


@pytest.mark.parametrize("year", [1965, 2013, 2101, 3000])
def test_a_year_outside_the_calendar_is_refused(year: int) -> None:
    """The library answers with a year without holidays, and every day would be a working day."""
    with pytest.raises(Uncomputable) as refused:
        DUTCH.is_working(date(year, 3, 3))
    assert refused.value.reason == "calendar_not_covered"


def test_liberation_day_is_a_holiday_every_year() -> None:
    """By default the library has it once in five years."""
    assert [DUTCH.is_working(date(year, 5, 5)) for year in range(2023, 2029)] == [False] * 6


def test_days_of_the_decree_count_only_when_asked() -> None:
    """A promise in working days would end a day late, or a legal period a day early."""
    day = date(2026, 5, 15)
    assert DUTCH.is_working(day)
    assert not calendar_of("NL", equated_days=True).is_working(day)


@pytest.mark.parametrize("day", [date(2026, 5, 4), date(2027, 4, 26)])
def test_days_that_only_fit_the_custom_are_working_days(day: date) -> None:
    """Somebody would derive decree days by a pattern that the decree does not follow."""
    assert calendar_of("NL", equated_days=True).is_working(day)


def test_the_decrees_cover_the_years_they_say() -> None:
    """A year would look free of equated days because nobody typed them in."""
    known = decrees()
    assert {day.year for day in known.days} == set(range(known.first_year, known.last_year + 1))
    assert len(known.days) == 10
    assert all(day.weekday() < 5 for day in known.days)


@pytest.mark.parametrize("year", [2022, 2029])
def test_equated_days_of_a_year_without_a_decree_are_refused(year: int) -> None:
    """No decree known would be taken for no day equated."""
    with pytest.raises(Uncomputable, match="equated days"):
        calendar_of("NL", equated_days=True).holidays(year)


def test_two_holidays_on_one_day_keep_both_names() -> None:
    """One of them would not be recognised, and the year refused."""
    why = DUTCH.why_closed(date(2016, 5, 5))
    assert why is not None
    assert {name.casefold() for name in why.split(", ")} == {"bevrijdingsdag", "hemelvaartsdag"}


def test_another_country_has_its_own_days_and_says_what_is_missing() -> None:
    """A German limit would be moved for King's Day, or regional days seem to be in it."""
    german = calendar_of("DE", equated_days=True)
    assert not german.is_working(date(2026, 5, 1))
    assert german.is_working(date(2026, 4, 27))
    assert german.ref.caveat == NATIONWIDE_ONLY
    assert german.ref.id == "DE-public"


@pytest.mark.parametrize(
    ("country", "year", "reason"),
    [
        ("nl", 2026, "country_not_covered"),
        ("XX", 2026, "country_not_covered"),
        ("DE", 1900, "calendar_not_covered"),
        ("DE", 2150, "calendar_not_covered"),
    ],
)
def test_an_unknown_country_or_year_is_refused(country: str, year: int, reason: str) -> None:
    """A country without a calendar would have no holidays."""
    with pytest.raises(Uncomputable) as refused:
        calendar_of(country, equated_days=False).holidays(year)
    assert refused.value.reason == reason


def test_the_calendar_of_a_result_is_cited_with_both_versions() -> None:
    """Nobody could tell afterwards which days a deadline was computed with."""
    assert str(Calendar(country="NL").ref).startswith("NL-atw/holidays-0.")
    assert str(Calendar(country="NL").ref).endswith("/decree-2026")
