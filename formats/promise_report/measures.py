"""Measured values as people read them, and the bars that compare them."""

from typing import Final

from projections.promises.rule_nouns import Language

BAR_CELLS: Final = 24
_UNITS: Final = (("d", 86_400), ("h", 3600), ("min", 60))
_DUTCH_UNITS: Final = {"h": "u"}
_DUTCH_SIGNS: Final = str.maketrans(".,", ",.")
_BYTES: Final = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))


def measured(value: int, unit: str, language: Language = "en") -> str:
    """A value with its unit: spans in their two largest units, bytes in decimal multiples.

    Args:
        value: 0 or more.
        unit: `seconds`, `bytes`, or a word that stands after the number.
        language: Of the reader; Dutch writes 6,29 MB, 12.000 and 3 u.
    """
    if unit == "seconds":
        return _span(value, language)
    if unit == "bytes":
        name, size = next(((name, size) for name, size in _BYTES if value >= size), ("B", 1))
        number = f"{value / size:.3g}" if size > 1 else str(value)
        return f"{_written(number, language)} {name}"
    return f"{_written(f'{value:,}', language)} {unit}".rstrip()


def bar(value: int, most: int, cells: int = BAR_CELLS) -> str:
    """A bar as long as its share of the highest value; at least one cell for what is not zero."""
    if value <= 0 or most <= 0:
        return ""
    return "█" * max(1, round(cells * min(value, most) / most))


def _written(number: str, language: Language) -> str:
    return number.translate(_DUTCH_SIGNS) if language == "nl" else number


def _span(seconds: int, language: Language) -> str:
    parts = []
    left = seconds
    for name, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            word = _DUTCH_UNITS.get(name, name) if language == "nl" else name
            parts.append(f"{count} {word}")
    if left or not parts:
        parts.append(f"{left} s")
    return " ".join(parts[:2])
