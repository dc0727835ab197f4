"""Measured values as people read them, and the bars that compare them."""

from typing import Final

BAR_CELLS: Final = 24
_UNITS: Final = (("d", 86_400), ("h", 3600), ("min", 60))
_BYTES: Final = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))


def measured(value: int, unit: str) -> str:
    """A value with its unit: spans in their two largest units, bytes in decimal multiples.

    Args:
        value: 0 or more.
        unit: `seconds`, `bytes`, or a word that stands after the number.
    """
    if unit == "seconds":
        return _span(value)
    if unit == "bytes":
        name, size = next(((name, size) for name, size in _BYTES if value >= size), ("B", 1))
        return f"{value / size:.3g} {name}" if size > 1 else f"{value} B"
    return f"{value:,} {unit}".rstrip()


def bar(value: int, most: int, cells: int = BAR_CELLS) -> str:
    """A bar as long as its share of the highest value; at least one cell for what is not zero."""
    if value <= 0 or most <= 0:
        return ""
    return "█" * max(1, round(cells * min(value, most) / most))


def _span(seconds: int) -> str:
    parts = []
    left = seconds
    for name, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}")
    if left or not parts:
        parts.append(f"{left} s")
    return " ".join(parts[:2])
