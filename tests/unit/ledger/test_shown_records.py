"""Which records were shown is told in little space, and never too little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.shown_records import RunCollector, Runs, joined, runs_of

_INDEXES = st.lists(st.integers(0, 300), max_size=120)


@given(_INDEXES)
def test_runs_cover_what_was_added_and_nothing_else(indexes: list[int]) -> None:
    """A reader would be said to have seen somebody else's record, or not to have seen one."""
    found = runs_of(indexes)
    covered = {index for first, last in found.runs for index in range(first, last + 1)}
    assert found.is_exact
    assert covered == set(indexes)
    assert {index for index in range(310) if found.covers(index)} == covered


@given(_INDEXES, st.integers(1, 12), st.integers(12, 60))
def test_what_does_not_fit_is_joined_and_covers_all(
    indexes: list[int], most_runs: int, most_characters: int
) -> None:
    """A record that was shown would be missing from a coarse list."""
    collector = RunCollector(most_runs)
    for index in indexes:
        collector.add(index)
    found = collector.collected(most_characters)
    assert all(found.covers(index) for index in indexes)
    assert len(found.runs) <= most_runs
    assert len(found.text()) <= most_characters
    exact = {index for first, last in found.runs for index in range(first, last + 1)}
    assert found.is_exact == (exact == set(indexes))


@given(_INDEXES, st.booleans())
def test_the_text_gives_the_runs_back(indexes: list[int], is_exact: bool) -> None:  # noqa: FBT001 - drawn
    """Who looked at whom would be read wrongly from the log."""
    found = Runs(runs_of(indexes).runs, is_exact)
    assert Runs.parse(found.text(), is_exact=is_exact) == found


@pytest.mark.parametrize("text", ["9-3", "3 2", "3 4", "x", "3-", "1,2"])
def test_another_text_is_refused(text: str) -> None:
    """Words of a source would be taken for runs."""
    with pytest.raises(ValueError, match=r"."):
        Runs.parse(text, is_exact=True)


def test_the_widest_gaps_stay() -> None:
    """Two halves of a log would be joined, and everything between them seem to have been shown."""
    assert joined([(0, 1), (3, 4), (90, 91), (94, 94)], 2) == [(0, 4), (90, 94)]


def test_a_long_question_stays_small() -> None:
    """The record of a large reading would not fit, or take the memory of the machine."""
    collector = RunCollector()
    for index in range(0, 200_000, 2):
        collector.add(index)
    assert len(collector._runs) <= 2_000
    found = collector.collected()
    assert not found.is_exact
    assert len(found.text()) <= 8_000
    assert found.covers(0)
    assert found.covers(199_998)
