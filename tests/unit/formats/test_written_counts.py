"""Whole numbers as strangers write them."""

import pytest

from formats.written_counts import written_count


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("007", 7), ("18446744073709551615", 2**64 - 1)],
    ids=["nothing", "zeros before it", "the largest of 64 bits"],
)
def test_digits_are_a_number(text: str, count: int) -> None:
    """Counts of sources would be lost."""
    assert written_count(text) == count


@pytest.mark.parametrize(
    "text",
    ["", "-1", "1.0", "1_000", " 1", "٣", "²", "9" * 5000],
    ids=["none", "below 0", "point", "mark", "blank", "other digits", "power", "thousands"],
)
def test_anything_else_is_none(text: str) -> None:
    """A text that is no number would end the reading of its log, or be read as another one."""
    assert written_count(text) is None
