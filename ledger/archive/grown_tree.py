"""What the leaves of a segment lead to, worked out beside whoever checks its records."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from ledger.merkle import Frontier
from ledger.stored import RawRecord
from ledger.tile_growth import GrowingTree, TileHash
from ledger.units import HASH_BYTES, Hash32

_PAGE: Final = 4_096
_LEAF_HASH: Final = RawRecord._fields.index("leaf_hash")


class GrownTree:
    """A tree that grows by the leaf hashes beside records, which somebody else compares."""

    def __init__(self, frontier: Frontier, roots_at: Sequence[int]) -> None:
        """Takes the tree before the segment.

        Args:
            frontier: Of that tree.
            roots_at: The sizes whose roots are wanted, in ascending order; others than those that
                the records reach are passed over.
        """
        self.tiles: list[TileHash] = []
        """The hashes of tiles of level 1 and above that the records complete."""
        self.roots: list[tuple[int, Hash32]] = []
        self._tree = GrowingTree(frontier)
        self._wanted = [size for size in dict.fromkeys(roots_at) if size > frontier.size]
        self._is_known = True

    def passing(self, rows: Iterable[RawRecord]) -> Iterator[RawRecord]:
        """The same rows; behind a leaf hash that is none, nothing is known of the tree.

        Args:
            rows: In the order of the index; plain tuples of the same columns do as well.
        """
        remaining = iter(rows)
        while page := list(islice(remaining, self._next_page())):
            self._grow([row[_LEAF_HASH] for row in page])
            yield from page

    def _next_page(self) -> int:
        if not (self._wanted and self._is_known):
            return _PAGE
        return min(_PAGE, self._wanted[0] - self._tree.size)

    def _grow(self, leaves: Sequence[object]) -> None:
        hashes = [leaf for leaf in leaves if isinstance(leaf, bytes) and len(leaf) == HASH_BYTES]
        self._is_known = self._is_known and len(hashes) == len(leaves)
        if not self._is_known:
            return
        self.tiles += self._tree.add(hashes)
        if self._wanted and self._tree.size == self._wanted[0]:
            self.roots.append((self._wanted.pop(0), self._tree.frontier().root()))
