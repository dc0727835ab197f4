"""The charts say what the tables say."""

from datetime import date

import pytest

from benchmarks.comparison import Comparison, Footprint, Planned
from benchmarks.figures import Figures, Run
from benchmarks.measuring import Rate
from docs.figure_charts import drawn_chart

RUN = Run(date(2026, 11, 22), "a machine", "make bench")


def _figures(area: str, size: int | None, rates: list[Rate]) -> Figures:
    made = Comparison(f"{area}, SQLite", "events/s", rates)
    return Figures().including(Planned(area, "SQLite", size, lambda: made), made, RUN)


def test_a_chart_draws_each_side_at_its_median() -> None:
    """A picture would show a rate that no round gave."""
    rates = [Rate("ours", (100.0, 300.0, 200.0)), Rate("theirs", (7.0,))]
    drawn = drawn_chart("append", _figures("append", 10_000, rates))
    assert "ours" in drawn
    assert "events a second: 200; side: ours" in drawn
    assert "events a second: 7; side: theirs" in drawn


def test_questions_are_drawn_by_the_length_of_the_history() -> None:
    """A cost that grows with the history would be drawn as one point."""
    rates = [Rate("10,000 records", (100.0,)), Rate("1,000,000 records", (50.0,))]
    drawn = drawn_chart("ask", _figures("ask: inclusion proof", None, rates))
    assert "records in the log: 1,000,000" in drawn
    assert "milliseconds each: 20" in drawn


def test_memory_is_drawn_below_its_limit() -> None:
    """Nobody would see that a task takes more than it may."""
    weighed = Footprint("verify", "SQLite", 10_000, 200_000_000)
    planned = Planned("memory: verify", "SQLite", 10_000, lambda: weighed)
    drawn = drawn_chart("memory", Figures().including(planned, weighed, RUN))
    assert "megabytes at the peak: 200" in drawn


@pytest.mark.parametrize("name", ["append", "memory"])
def test_a_chart_is_the_same_each_time(name: str) -> None:
    """The check for outdated pages would fail without a cause."""
    rates = [Rate("ours", (100.0,))]
    figures = _figures("append", 10_000, rates)
    assert drawn_chart(name, figures) == drawn_chart(name, figures)
