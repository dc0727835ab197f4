"""The page ``docs/explanation/scale.md``: what the measured figures mean for years and nodes.

Its words are in ``docs/scale.md.jinja``, its numbers are arithmetic on the figures that were kept.
"""

from pathlib import Path
from statistics import median
from typing import Final

from jinja2 import Environment, StrictUndefined

from benchmarks.figures import Figures, read_figures

MEAN_RATES: Final = (1, 10, 100, 1_000, 10_000)
"""Events a second over a year."""
COMMAND: Final = "make bench SIZES=10000,100000,1000000 BENCH_FLAGS=--keep"
_TEMPLATE: Final = Path(__file__).parent / "scale.md.jinja"
_TREE_BYTES: Final = 32 / 255
"""A hash of 32 bytes for every 256 of the level below, and so on up to the root."""
_RATES: Final = {
    "append_postgresql": ("append", "PostgreSQL", "Zegel"),
    "append_sqlite": ("append", "SQLite", "Zegel"),
    "one_log": ("logs", "PostgreSQL", "Zegel: 1 log, 1 process"),
    "two_logs": ("logs", "PostgreSQL", "Zegel: 2 logs"),
    "four_logs": ("logs", "PostgreSQL", "Zegel: 4 logs"),
    "verified_database": ("cores", "PostgreSQL", "Zegel: two cores"),
    "verified_archive": ("archive", "PostgreSQL", "Zegel: segments verified"),
    "rebuilt": ("rebuild", "PostgreSQL", "Zegel"),
}
_SIZES: Final = {
    "database_bytes": ("stored in the database", "PostgreSQL"),
    "archive_bytes": ("stored in an archive", "PostgreSQL"),
}


def scale_page() -> str:
    """The whole page, or what to run where a figure is missing."""
    return scaled(read_figures())


def scaled(figures: Figures) -> str:
    """The page of some figures."""
    try:
        rates = {name: _rate(figures, *place) for name, place in _RATES.items()}
        sizes = {name: _bytes_a_record(figures, *place) for name, place in _SIZES.items()}
    except LookupError as missing:
        return f"# How far it scales\n\n{missing.args[0]}: not measured yet; `{COMMAND}`\n"
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - Markdown
    environment.filters |= {
        "whole": lambda number: f"{number:,.0f}",
        "count": _count,
        "bytes": _bytes,
        "duration": _duration,
        "microseconds": lambda seconds: f"{seconds * 1e6:,.0f} µs",
    }
    return (
        environment.from_string(_TEMPLATE.read_text("utf-8"))
        .render(
            command=COMMAND,
            longest=max(each.size or 0 for each in figures.comparisons),
            rates=MEAN_RATES,
            year=365 * 86_400,
            night=8 * 3_600,
            tree_bytes=_TREE_BYTES,
            **rates,
            **sizes,
        )
        .rstrip()
        + "\n"
    )


def _rate(figures: Figures, area: str, database: str, side: str) -> float:
    """The median of a side, over the longest history that was measured."""
    found = [
        (figure.size or 0, median(rate.per_second))
        for figure in figures.comparisons
        for rate in figure.comparison.rates
        if (figure.area, figure.database) == (area, database) and rate.name.startswith(side)
    ]
    if not found:
        message = f"{area} on {database}, {side}"
        raise LookupError(message)
    return max(found)[1]


def _bytes_a_record(figures: Figures, task: str, database: str) -> float:
    """Over the longest history that was measured."""
    found = [
        (one.size, one.taken_bytes / one.size)
        for one in (each.footprint for each in figures.footprints)
        if (one.task, one.database) == (task, database)
    ]
    if not found:
        message = f"{task} on {database}"
        raise LookupError(message)
    return max(found)[1]


def _count(number: float) -> str:
    for limit, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= limit:
            return f"{_short(number / limit)} {word}"
    return f"{number:,.0f}"


def _bytes(number: float) -> str:
    for limit, word in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if number >= limit:
            return f"{_short(number / limit)} {word}"
    return f"{_short(number / 1e3)} kB"


def _duration(seconds: float) -> str:
    for limit, unit, word in ((172_800, 86_400, "days"), (3_600, 3_600, "h"), (60, 60, "min")):
        if seconds >= limit:
            return f"{_short(seconds / unit)} {word}"
    return f"{_short(seconds)} s"


def _short(number: float) -> str:
    """Three digits that mean something, or the whole number."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"  # noqa: PLR2004 - three digits
