"""Running numbers that never come are found, and no others."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from cli.sources_numbers import LARGEST, LATE, MOST_OPEN, MOST_SERIES, Found, Numbers
from formats.reading import Numbered

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOLD = UUID(int=7)


def followed(*numbers: int, kept: Numbers | None = None, series: str = "s") -> Numbers:
    found = kept or Numbers()
    for place, number in enumerate(numbers):
        found.follow(
            Numbered(series, number), place=f"p{place}", now=NOW, before_at=None, after_at=None
        )
    return found


def missing(numbers: Numbers) -> list[tuple[int, int]]:
    return [(each.gap.first, each.gap.count) for each in numbers.to_tell(before=None)]


@pytest.mark.parametrize(
    ("numbers", "gaps"),
    [
        ((7, 8, 9), []),
        ((7, 9), [(8, 1)]),
        ((7, 10, 11, 20), [(8, 2), (12, 8)]),
        ((7, 9, 8), []),
        ((7, 11, 9), [(8, 1), (10, 1)]),
        ((7, 7, 8, 7), []),
        ((5000, 1, 2, 4), [(3, 1)]),
        ((LATE + 10, 5, 7), [(6, 1)]),
        ((20, 12, 22), [(21, 1)]),
        ((1, 2, 4, *range(5, 3000), 2, 4, 5, 6), [(3, 1)]),
        ((6000, 6001, *range(4000, 6000), 6002, 6004), [(6003, 1)]),
        ((6000, 6001, 4000, 6002), []),
        ((6000, 6002, 4000, 4002, 6001), [(4001, 1)]),
        ((7, -1, LARGEST + 1, 9), [(8, 1)]),
    ],
    ids=[
        "a series that was joined later",
        "one",
        "several",
        "late",
        "late in the middle",
        "again",
        "begun anew",
        "begun anew far below",
        "late from before it was followed",
        "read again from its beginning",
        "files in another order",
        "one that is very late",
        "a late one of an earlier run",
        "impossible",
    ],
)
def test_what_never_came_is_a_gap(numbers: tuple[int, ...], gaps: list[tuple[int, int]]) -> None:
    """A line that was lost would pass unseen, or one that came would be called lost."""
    assert missing(followed(*numbers)) == gaps


def test_series_have_nothing_to_do_with_each_other() -> None:
    """Two connections that count for themselves would make gaps of each other."""
    numbers = followed(7, 8)
    followed(100, 101, kept=numbers, series="other")
    followed(9, kept=numbers)
    assert missing(numbers) == []


def test_a_gap_is_given_until_it_is_told_and_only_when_it_is_old_enough() -> None:
    """A packet that comes a moment later would be told of as lost; or a gap told for ever."""
    numbers = followed(7, 9)
    assert list(numbers.to_tell(before=NOW - timedelta(seconds=1))) == []
    (found,) = numbers.to_tell(before=NOW)
    numbers.told(found, TOLD)
    assert missing(numbers) == []


def test_a_gap_that_is_filled_after_it_was_told_is_given_back() -> None:
    """The log would say for ever that something is missing that came an hour later."""
    numbers = followed(7, 10)
    (found,) = numbers.to_tell(before=None)
    numbers.told(found, TOLD)
    followed(9, kept=numbers)
    assert numbers.filled == []
    followed(8, kept=numbers)
    assert numbers.filled == [TOLD]
    followed(9, 8, kept=numbers)
    assert numbers.filled == [TOLD]


def test_memory_is_bounded_and_nothing_leaves_untold() -> None:
    """A source of many connections would fill the memory, or lose its gaps by the number."""
    numbers = Numbers()
    for number in range(MOST_SERIES + 5):
        followed(1, 3, kept=numbers, series=f"s{number}")
    assert len(numbers.series) == MOST_SERIES
    assert len(missing(numbers)) == MOST_SERIES + 5
    wide = followed(*range(0, 4 * MOST_OPEN, 2))
    assert len(wide.series["s"].gaps) == MOST_OPEN
    assert len(missing(wide)) == 2 * MOST_OPEN - 1
    for each in list(wide.to_tell(before=None)):
        wide.told(Found(series=each.series, gap=each.gap), TOLD)
    assert missing(wide) == []
