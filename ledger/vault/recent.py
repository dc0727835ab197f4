"""A bounded memory of what was looked up lately, made for many reads per write."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the last `capacity` to `2 * capacity` values used.

    Two generations instead of an ordered list: a hit costs one dictionary look-up, which is what
    the hot path of an append can afford. When the young generation is full, it becomes the old one
    and what nobody asked for since is forgotten.
    """

    __slots__ = ("_capacity", "_old", "_young")

    def __init__(self, capacity: int) -> None:
        """Remembers nothing yet; `capacity` is at least 1."""
        self._capacity = capacity
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """The value last put under that key, or `None` when it was forgotten or never known."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: K, value: V) -> None:
        """Remembers a value; the value is never `None`."""
        if len(self._young) >= self._capacity and key not in self._young:
            self._old = self._young
            self._young = {}
        self._young[key] = value
