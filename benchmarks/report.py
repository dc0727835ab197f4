"""Draws comparisons: as text for the page, with medians, spread and ratios."""

from collections.abc import Sequence

from benchmarks.comparisons import Comparison


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
        f"| {rate.name} | {rate.median:,.0f} | ± {rate.spread:.0%} | {first / rate.median:.2f} |"
        for rate in comparison.rates
    ]
    return "\n".join(lines)
