"""The tree over the leaves that a verification finds committed, gaps included."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ledger.merkle import Frontier
from ledger.units import HASH_BYTES

_BATCH: Final = 4096
_LARGEST_GAP: Final = 1_000_000
_UNKNOWN: Final = bytes(HASH_BYTES)


@dataclass(slots=True)
class Leaves:
    """A growing tree that knows which of its leaves nobody can tell any more."""

    unknown: list[tuple[int, int]] = field(default_factory=list)
    """First and last index of each range without a known leaf."""
    is_abandoned: bool = False
    """A gap was too large to fill: nothing can be said about the tree."""
    _frontier: Frontier = field(default_factory=Frontier.empty)
    _waiting: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes | None) -> None:
        """Appends one leaf; `None` where it is unknown."""
        if leaf is None:
            self.skip(1)
            return
        self.add_all((leaf,))

    def add_all(self, leaves: Iterable[bytes]) -> None:
        """Appends known leaves."""
        self._waiting.extend(leaves)
        if len(self._waiting) >= _BATCH:
            self.frontier()

    def skip(self, count: int) -> None:
        """Leaves out that many indexes."""
        start = self._frontier.size + len(self._waiting)
        if count > _LARGEST_GAP:
            self.is_abandoned = True
        elif count:
            self.unknown.append((start, start + count - 1))
            self._waiting.extend([_UNKNOWN] * count)

    def frontier(self) -> Frontier:
        """The frontier with all leaves in it, zeros where a leaf is unknown."""
        self._frontier = self._frontier.extended(self._waiting)
        self._waiting.clear()
        return self._frontier

    def frontier_with(self, leaves: Iterable[bytes | None]) -> Frontier:
        """What the frontier would be with these leaves too, which are not appended."""
        return self.frontier().extended(leaf or _UNKNOWN for leaf in leaves)
