"""Measured values read as people say them, and bars compare them."""

import pytest

from formats.promise_report.measures import BAR_CELLS, bar, measured


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (0, "seconds", "0 s"),
        (59, "seconds", "59 s"),
        (3661, "seconds", "1 h 1 min"),
        (90_061, "seconds", "1 d 1 h"),
        (86_405, "seconds", "1 d 5 s"),
        (512, "bytes", "512 B"),
        (4_000_000, "bytes", "4 MB"),
        (4_194_304, "bytes", "4.19 MB"),
        (12_000, "people", "12,000 people"),
        (3, "", "3"),
    ],
)
def test_a_value_is_told_with_its_unit(value: int, unit: str, told: str) -> None:
    """A reader would take seconds for days, or megabytes for bytes."""
    assert measured(value, unit) == told


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (3661, "seconds", "1 u 1 min"),
        (4_194_304, "bytes", "4,19 MB"),
        (12_000, "mensen", "12.000 mensen"),
    ],
)
def test_a_dutch_value_has_dutch_signs(value: int, unit: str, told: str) -> None:
    """A Dutch reader would take 4.194 for thousands."""
    assert measured(value, unit, "nl") == told


@pytest.mark.parametrize(
    ("value", "most", "cells"),
    [(0, 10, 0), (-1, 10, 0), (5, 0, 0), (1, 10_000, 1), (10, 10, BAR_CELLS), (99, 10, BAR_CELLS)],
)
def test_a_bar_is_as_long_as_its_share(value: int, most: int, cells: int) -> None:
    """A small value would vanish, or a high one run out of the line."""
    assert bar(value, most) == "█" * cells
