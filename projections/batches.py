"""Sequences cut into stretches of bounded length."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def batched(items: Sequence[Item], length: int) -> Iterator[Sequence[Item]]:
    """The items in order, at most `length` at a time; nothing for no items."""
    for start in range(0, len(items), length):
        yield items[start : start + length]
