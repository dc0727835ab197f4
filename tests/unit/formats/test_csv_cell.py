"""A cell of a spreadsheet is text or a number, and never does anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.csv_cell import csv_cell
from formats.formula_guard import FORMULA_STARTS


@given(st.text())
def test_no_cell_can_become_a_formula(text: str) -> None:
    """A spreadsheet would run what an intruder typed as a user name."""
    assert not str(csv_cell(text)).startswith(FORMULA_STARTS)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_is_marked_as_text(text: str) -> None:
    """A spreadsheet would run it."""
    assert str(csv_cell(text))[0] in "'\\"


def test_a_number_stays_a_number() -> None:
    """A spreadsheet could not add up a column."""
    assert csv_cell(-5) == -5
    assert csv_cell(None) == ""
    assert csv_cell(value=True) == "true"
    assert csv_cell(["a", "b"]) == "a; b"
