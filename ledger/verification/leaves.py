"""The tree over the leaves that a verification finds committed, gaps included."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from ledger.merkle import Frontier
from ledger.tile_growth import GrowingTree, TileHash
from ledger.units import HASH_BYTES

_BATCH: Final = 4096
_LARGEST_GAP: Final = 1_000_000
_UNKNOWN: Final = bytes(HASH_BYTES)
NEVER: Final = 2**64
"""A size that no tree has."""


class TreeObserver(Protocol):
    """Somebody who compares what the records lead to with what is said elsewhere."""

    @property
    def next_size(self) -> int:
        """The size whose root is wanted next; never less than the last one."""

    def see_root(self, size: int, root: bytes) -> None:
        """Takes the root at `next_size`, and moves that on."""

    def see_tiles(self, hashes: Sequence[TileHash]) -> None:
        """Takes hashes of tiles, each level in order."""


class NobodyWatches:
    """Compares nothing."""

    @property
    def next_size(self) -> int:
        """No root is wanted."""
        return NEVER

    def see_root(self, size: int, root: bytes) -> None:
        """Is never asked."""

    def see_tiles(self, hashes: Sequence[TileHash]) -> None:
        """Lets them pass."""


class Leaves:
    """A growing tree that knows which of its leaves nobody can tell any more."""

    def __init__(self, start: Frontier, observer: TreeObserver) -> None:
        """Starts from a tree; the observer sees roots and tiles as long as every leaf is known."""
        self.unknown: list[tuple[int, int]] = []
        """First and last index of each range without a known leaf."""
        self.is_abandoned = False
        """A gap was too large to fill: nothing can be said about the tree."""
        self._tree = GrowingTree(start)
        self._observer = observer
        self._waiting: list[bytes] = []

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
            self._flush()

    def skip(self, count: int) -> None:
        """Leaves out that many indexes."""
        self._flush()  # what is known so far is still seen
        start = self._tree.size
        if count > _LARGEST_GAP:
            self.is_abandoned = True
        elif count:
            self.unknown.append((start, start + count - 1))
            self._waiting.extend([_UNKNOWN] * count)

    def frontier(self) -> Frontier:
        """The frontier with all leaves in it, zeros where a leaf is unknown."""
        self._flush()
        return self._tree.frontier()

    def frontier_with(self, leaves: Iterable[bytes | None]) -> Frontier:
        """What the frontier would be with these leaves too, which are not appended."""
        return self.frontier().extended(leaf or _UNKNOWN for leaf in leaves)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self.unknown or self.is_abandoned:
            self._tree.add(waiting)
            return
        while (wanted := self._observer.next_size - self._tree.size) <= len(waiting):
            self._observer.see_tiles(self._tree.add(waiting[:wanted]))
            del waiting[:wanted]
            self._observer.see_root(self._tree.size, self._tree.frontier().root())
        self._observer.see_tiles(self._tree.add(waiting))
