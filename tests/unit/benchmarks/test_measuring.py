"""Rates are medians over rounds taken in turns."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.comparison import Comparison
from benchmarks.measuring import Done, Rate, Side, Work, in_turns
from benchmarks.report import as_markdown


def test_sides_take_turns_and_start_in_another_order_each_round() -> None:
    """A drifting machine would favour the side that always runs first."""
    order: list[str] = []

    def side(name: str) -> Side:
        @contextmanager
        def prepare() -> Iterator[Work]:
            order.append(name)
            yield lambda: 1

        return Side(name, prepare)

    in_turns([side("a"), side("b")], rounds=2)
    assert order == ["a", "b", "b", "a"]


def test_a_side_that_kept_its_own_time_is_believed() -> None:
    """The start of a separate interpreter would be counted as work."""

    @contextmanager
    def prepare() -> Iterator[Work]:
        yield lambda: Done(items=1_000, seconds=2.0)

    (rate,) = in_turns([Side("separate", prepare)], rounds=1)
    assert rate.per_second == (500.0,)


def test_median_and_spread() -> None:
    """A single slow round would move the reported figure."""
    rate = Rate("side", (90.0, 100.0, 500.0))
    assert rate.median == 100.0
    assert rate.spread == pytest.approx(2.05)


def test_the_report_divides_the_first_side_by_each() -> None:
    """A ratio upside down would call a slow side fast."""
    comparison = Comparison("t", "events/s", [Rate("ours", (50.0,)), Rate("theirs", (100.0,))])
    assert "| theirs | 100 | ± 0% | 0.50 |" in as_markdown([comparison])
