"""The arithmetic of years and nodes rests on figures that were measured."""

from datetime import date

from benchmarks.comparison import Comparison, Footprint, Planned
from benchmarks.figures import Figures, Run
from benchmarks.measuring import Rate
from docs.scale_page import scaled

RUN = Run(date(2026, 11, 22), "a machine", "make bench")
_SIDES = {
    ("append", "SQLite"): ["Zegel: sealed, encrypted, indexed"],
    ("append", "PostgreSQL"): ["Zegel: sealed, encrypted, indexed"],
    ("logs", "PostgreSQL"): [
        "Zegel: 1 log, 1 process", "Zegel: 2 logs, 2 processes", "Zegel: 4 logs, 4 processes",
    ],
    ("cores", "PostgreSQL"): ["Zegel: two cores"],
    ("archive", "PostgreSQL"): ["Zegel: segments verified"],
    ("rebuild", "PostgreSQL"): ["Zegel: rebuild of every view"],
}  # fmt: skip


def _measured(size: int, per_second: float, record_bytes: int) -> Figures:
    figures = Figures()
    for (area, database), names in _SIDES.items():
        made = Comparison("t", "events/s", [Rate(name, (per_second,)) for name in names])
        figures = figures.including(Planned(area, database, size, lambda: made), made, RUN)  # noqa: B023 - never made
    for task in ("stored in the database", "stored in an archive"):
        taken = Footprint(task, "PostgreSQL", size, size * record_bytes)
        planned = Planned(task, "PostgreSQL", size, lambda: taken)  # noqa: B023 - likewise
        figures = figures.including(planned, taken, RUN)
    return figures


def test_a_year_is_what_its_seconds_bring() -> None:
    """Somebody would buy a disk that is full in spring."""
    page = scaled(_measured(10_000, 31_536.0, 1_000))
    assert "| 1 | 31.5 million | 31.5 GB | 31.5 GB | 3.96 MB |" in page
    assert "| 1 | 16.7 min | 16.7 min | 16.7 min |" in page


def test_the_longest_history_counts() -> None:
    """A short log, which fits into memory, would promise what a long one cannot keep."""
    short, long = _measured(10_000, 99_999.0, 1), _measured(1_000_000, 10_000.0, 1_000)
    both = Figures([*short.comparisons, *long.comparisons], [*short.footprints, *long.footprints])
    assert scaled(both) == scaled(long)


def test_without_a_figure_the_page_says_which_is_missing() -> None:
    """The page would show arithmetic on nothing."""
    assert "append on PostgreSQL, Zegel: not measured yet" in scaled(Figures())
