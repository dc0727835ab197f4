"""Laws of running numbers, for whatever arrives in whatever order."""

from datetime import UTC, datetime
from unittest import mock

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cli.sources_numbers import LATE, MOST_OPEN, Numbers
from formats.reading import Numbered

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST = 5000
"""Far from 0 and 1, where a series begins anew."""


def followed(numbers: list[int]) -> Numbers:
    found = Numbers()
    for number in numbers:
        found.follow(Numbered("s", number), place="p", now=NOW, before_at=None, after_at=None)
        # What is kept between two runs is all that counts.
        found = msgspec.json.decode(msgspec.json.encode(found), type=Numbers)
    return found


def missing(numbers: Numbers) -> set[int]:
    return {
        number
        for found in numbers.to_tell(before=None)
        for number in range(found.gap.first, found.gap.end)
    }


@given(
    st.sets(st.integers(0, 2 * MOST_OPEN - 2), min_size=1).flatmap(
        lambda came: st.permutations(sorted(came))
    )
)
def test_exactly_what_did_not_come_is_missing(order: list[int]) -> None:
    """However lines overtake each other, one that is lost is found, and one that came is not."""
    numbers = [FIRST, *(FIRST + 1 + each for each in order)]
    came = set(numbers)
    assert 2 * MOST_OPEN < LATE
    assert missing(followed(numbers)) == set(range(FIRST, max(came) + 1)) - came


@given(st.lists(st.integers(0, 60), max_size=40), st.integers(0, 40))
def test_reading_a_part_again_finds_the_same(numbers: list[int], cut: int) -> None:
    """A run that was interrupted would find other gaps than one that was not."""
    moved = sorted({FIRST + each for each in numbers})
    again = [*moved, *moved[min(cut, len(moved)) :]]
    assert missing(followed(again)) == missing(followed(moved))


@given(
    holes=st.sets(st.integers(0, 47), max_size=12),
    order=st.permutations(range(4)),
    again=st.lists(st.integers(0, 3), max_size=2),
)
def test_whatever_order_files_come_in_what_came_is_not_missing(
    holes: set[int], order: list[int], again: list[int]
) -> None:
    """A folder that is read newest first would tell of losses that never were."""
    files = [
        [FIRST + number for number in range(at, at + 12) if number not in holes]
        for at in range(0, 48, 12)
    ]
    numbers = [number for at in (*order, *again) for number in files[at]]
    with mock.patch("cli.sources_numbers.LATE", 5):
        found = missing(followed(numbers))
    assert found.isdisjoint(numbers)
    if order == sorted(order) and not again and numbers:
        assert found == set(range(numbers[0], numbers[-1])) - set(numbers)


def _missing_of(messages: list[tuple[str, int]]) -> set[int]:
    numbers = Numbers()
    for part, number in messages:
        numbered = Numbered("s", number, part)
        numbers.follow(numbered, place="p", now=NOW, before_at=None, after_at=None)
    return missing(numbers)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=40))
def test_of_a_daemon_only_what_was_lost_is_missing(sent: list[tuple[str, bool]]) -> None:
    """Each change of program would look like a loss, whatever program speaks when."""
    numbered = [(part, FIRST + at, came) for at, (part, came) in enumerate(sent)]
    found = _missing_of([(part, number) for part, number, came in numbered if came])
    assert found <= {number for _, number, came in numbered if not came}


@given(
    starts=st.lists(st.integers(1, 60), min_size=3, max_size=3),
    order=st.lists(st.integers(0, 2), max_size=60),
)
def test_of_programs_that_count_for_themselves_nothing_is_missing(
    starts: list[int], order: list[int]
) -> None:
    """Programs that count each for itself would look like a lossy network."""
    following = list(starts)
    messages = []
    for part in order:
        messages.append((f"program {part}", following[part]))
        following[part] += 1
    assert _missing_of(messages) == set()
