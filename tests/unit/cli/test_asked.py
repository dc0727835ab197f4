"""Indexes as they are typed become runs, each record once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.asked import read_places, shown_places
from ledger.errors import BadRequest


def test_runs_that_touch_are_one() -> None:
    """A record would be handed out twice, or the log be asked once for each."""
    found = read_places(["15-20", "12", "@13", "18-22", "30"])
    assert found == (range(12, 14), range(15, 23), range(30, 31))
    assert shown_places(found) == "12-13 15-22 30"


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40))))
def test_runs_hold_what_was_typed_and_nothing_else(typed: list[tuple[int, int]]) -> None:
    """A record that nobody named would be handed out."""
    runs = read_places([f"{first}-{first + more}" for first, more in typed])
    wanted = {index for first, more in typed for index in range(first, first + more + 1)}
    assert [index for run in runs for index in run] == sorted(wanted)
    assert read_places(shown_places(runs).split()) == runs


@pytest.mark.parametrize("typed", ["", "x", "-3", "5-", "7-3", "1.5", "9" * 30, "\u0663"])
def test_what_is_no_index_is_refused(typed: str) -> None:
    """A typing error would choose other records."""
    with pytest.raises(BadRequest, match="index"):
        read_places([typed])


def test_too_many_records_are_refused_before_they_are_read() -> None:
    """A run with a digit too many would fill the memory."""
    with pytest.raises(BadRequest, match="at most"):
        read_places(["0-999999999"])
