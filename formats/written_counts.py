"""Whole numbers that strangers wrote as digits: of ASCII, and of a length that a machine counts to.

Other digits than those of ASCII, and thousands of them, are no number of any source; reading them
as one would take time without end, or fail in the middle of a log.
"""

from typing import Final

MOST_DIGITS: Final = 20
"""Of the largest number of 64 bits."""


def written_count(text: str) -> int | None:
    """The whole number, 0 or more, that a text of digits alone is; `None` for any other text."""
    is_count = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_count else None
