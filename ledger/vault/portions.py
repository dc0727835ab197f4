"""Cuts a long list of keys into what one statement may ask for."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

QUERY_KEYS: Final = 1_000
"""Keys in one statement; far below what either database allows."""


def portions(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    """The keys in order, at most `QUERY_KEYS` at a time; nothing for no keys."""
    return (keys[start : start + QUERY_KEYS] for start in range(0, len(keys), QUERY_KEYS))
