"""Draws comparisons: as text for the page, with medians, spread and ratios."""

from collections.abc import Sequence
from typing import Final

from benchmarks.comparison import Comparison


def as_markdown(comparisons: Sequence[Comparison]) -> str:
    """One table per comparison; `ratio` is the first side's median divided by that of the row."""
    return "\n\n".join(_table(comparison) for comparison in comparisons)


def _table(comparison: Comparison) -> str:
    first = comparison.rates[0].median
    lines = [
        f"**{comparison.title}**",
        "",
        f"| side | median, {comparison.unit} | spread | first side to this |",
        "|---|---:|---:|---:|",
    ]
    lines += [
        f"| {rate.name} | {_figure(rate.median)} | ± {rate.spread:.0%} "
        f"| {first / rate.median:.2f} |"
        for rate in comparison.rates
    ]
    return "\n".join(lines)


def _figure(per_second: float) -> str:
    """Whole, with a decimal where it would be too coarse."""
    return f"{per_second:,.0f}" if per_second >= _COARSE_BELOW else f"{per_second:.1f}"


_COARSE_BELOW: Final = 100
