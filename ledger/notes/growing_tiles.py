"""The tiles of a log that grows: full ones as they are completed, partial ones on demand.

Holds one partial tile per level, so memory does not grow with the log, and a run can go on where
an earlier one ended.
"""

from collections.abc import Iterable, Sequence
from typing import Self

from ledger.merkle import require_hashes, tree_root
from ledger.notes.tile_proofs import FetchTile
from ledger.notes.tiles import TILE_BITS, TILE_WIDTH, TileId, decode_tile, tile_at
from ledger.units import HASH_BYTES, Size


class GrowingTiles:
    """Makes tiles from leaf hashes that come in the order of their index."""

    def __init__(self) -> None:
        self._size = 0
        self._edges: list[list[bytes]] = []

    @classmethod
    def from_tiles(cls, size: int, fetch: FetchTile) -> Self:
        """Goes on from a tree of `size` leaves; reads its partial tiles, one per level at most.

        Raises:
            VerificationError: a tile is not as wide as it should be (TILE_MISMATCH).
        """
        grown = cls()
        grown._size = size
        level = 0
        while hashes := size >> (TILE_BITS * level):
            index, width = divmod(hashes, TILE_WIDTH)
            edge: Sequence[bytes] = ()
            if width:
                tile = tile_at(level, index, size)
                edge = decode_tile(tile, fetch(tile)[: width * HASH_BYTES])
            grown._edges.append(list(edge))
            level += 1
        return grown

    @property
    def size(self) -> Size:
        """How many leaves there are so far."""
        return Size(self._size)

    def extend(self, leaf_hashes: Iterable[bytes]) -> list[tuple[TileId, bytes]]:
        """Takes the next leaves; gives the tiles that they completed, each with its content.

        Memory is that of the leaves given, so feed a long log in batches.

        Raises:
            VerificationError: a leaf hash is not 32 bytes (MODIFIED); nothing was taken.
        """
        hashes = list(leaf_hashes)
        require_hashes("leaf hashes", hashes)
        old_size, self._size = self._size, self._size + len(hashes)
        completed: list[tuple[TileId, bytes]] = []
        level = 0
        while hashes:
            first = old_size >> (TILE_BITS * (level + 1))
            tiles = self._fill(level, hashes)
            completed += [
                (TileId(level, index), b"".join(tile)) for index, tile in enumerate(tiles, first)
            ]
            hashes = [tree_root(tile) for tile in tiles]
            level += 1
        return completed

    def partial_tiles(self) -> list[tuple[TileId, bytes]]:
        """The tiles at the right edge that are not full, each with its content, lowest first."""
        return [
            (TileId(level, self._size >> (TILE_BITS * (level + 1)), len(edge)), b"".join(edge))
            for level, edge in enumerate(self._edges)
            if edge
        ]

    def _fill(self, level: int, hashes: Sequence[bytes]) -> list[list[bytes]]:
        """Adds hashes to the edge of a level and cuts full tiles off it."""
        if level == len(self._edges):
            self._edges.append([])
        edge = [*self._edges[level], *hashes]
        cut = len(edge) - len(edge) % TILE_WIDTH
        self._edges[level] = edge[cut:]
        return [edge[start : start + TILE_WIDTH] for start in range(0, cut, TILE_WIDTH)]
