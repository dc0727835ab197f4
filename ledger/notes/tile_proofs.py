"""Roots and proofs from tiles: what a proof costs does not grow with the log.

Each function reads the tiles that it needs through `fetch`, each at most once: at most two on each
of the levels of tiles, which are three at a size of 16 million. Tiles are taken as they come: a
proof from wrong tiles does not verify, and `root_from_tiles` shows whether they lead to a root.
"""

from collections.abc import Callable
from typing import Final

from ledger.errors import BadRequest, VerificationError
from ledger.merkle import EMPTY_ROOT, Frontier, node_hash, split_hashes, tree_root
from ledger.notes.tiles import TILE_BITS, TILE_WIDTH, TileId, tile_at
from ledger.proofs import consistency_ranges, inclusion_ranges
from ledger.units import HASH_BYTES, Hash32, Size

FetchTile = Callable[[TileId], bytes]
"""Gives the content of a tile; for a partial one it may give a wider version of the same tile."""

_TOP_BIT: Final = TILE_BITS - 1


def leaf_hash_from_tiles(index: int, size: int, fetch: FetchTile) -> Hash32:
    """The leaf hash at an index of the tree of `size` leaves.

    Raises:
        BadRequest: there is no leaf at that index.
        VerificationError: a tile is too short (TILE_MISMATCH).
    """
    _require_index(index, size)
    return _Nodes(size, fetch).node(0, index)


def inclusion_from_tiles(index: int, size: int, fetch: FetchTile) -> list[Hash32]:
    """The proof that the tree of `size` leaves holds the one at `index`: siblings, lowest first.

    Raises:
        BadRequest: there is no leaf at that index.
        VerificationError: a tile is too short (TILE_MISMATCH).

    Source: RFC 9162 §2.1.3.1.
    """
    _require_index(index, size)
    nodes = _Nodes(size, fetch)
    return [nodes.root(start, stop) for start, stop in inclusion_ranges(index, size)]


def consistency_from_tiles(old_size: int, size: int, fetch: FetchTile) -> list[Hash32]:
    """The proof that the tree of `size` leaves starts with the tree over the first `old_size`.

    Raises:
        BadRequest: `old_size` is 0 or more than `size`.
        VerificationError: a tile is too short (TILE_MISMATCH).

    Source: RFC 9162 §2.1.4.1.
    """
    if not 0 < old_size <= size:
        raise BadRequest(f"old size: expected 1 to {size}, found {old_size}")
    nodes = _Nodes(size, fetch)
    return [nodes.root(start, stop) for start, stop in consistency_ranges(old_size, size)]


def frontier_from_tiles(size: int, fetch: FetchTile) -> Frontier:
    """The frontier of the tree of `size` leaves.

    Raises:
        VerificationError: a tile is too short (TILE_MISMATCH).
    """
    return Frontier(Size(size), tuple(_Nodes(size, fetch).perfect(0, size)))


def root_from_tiles(size: int, fetch: FetchTile) -> Hash32:
    """The root of the tree of `size` leaves.

    Raises:
        VerificationError: a tile is too short (TILE_MISMATCH).
    """
    return _Nodes(size, fetch).root(0, size)


class InclusionProofs:
    """Proofs of many leaves of one tree; what neighbours have in common is worked out once.

    Memory grows with the leaves that are proven, not with the tree.
    """

    def __init__(self, size: int, fetch: FetchTile) -> None:
        """Reads nothing yet; every tile is fetched at most once."""
        self._size = size
        self._nodes = _Nodes(size, fetch)
        self._roots: dict[tuple[int, int], Hash32] = {}

    def prove(self, index: int) -> list[Hash32]:
        """What `inclusion_from_tiles` gives for this leaf.

        Raises:
            BadRequest: there is no leaf at that index.
            VerificationError: a tile is too short (TILE_MISMATCH).
        """
        _require_index(index, self._size)
        return [self._root(subtree) for subtree in inclusion_ranges(index, self._size)]

    def _root(self, subtree: tuple[int, int]) -> Hash32:
        root = self._roots.get(subtree)
        if root is None:
            root = self._roots[subtree] = self._nodes.root(*subtree)
        return root


class _Nodes:
    """The inner nodes of one tree, worked out from its tiles."""

    def __init__(self, size: int, fetch: FetchTile) -> None:
        self._size = size
        self._fetch = fetch
        self._tiles: dict[tuple[int, int], tuple[Hash32, ...]] = {}

    def root(self, start: int, stop: int) -> Hash32:
        """The root over the leaves from `start` to `stop`, a subtree of the tree."""
        hashes = self.perfect(start, stop)
        if not hashes:
            return EMPTY_ROOT
        root = hashes.pop()
        while hashes:
            root = node_hash(hashes.pop(), root)
        return root

    def perfect(self, start: int, stop: int) -> list[Hash32]:
        """The roots of the perfect subtrees of a subtree, the largest first."""
        found: list[Hash32] = []
        while start < stop:
            height = (stop - start).bit_length() - 1
            found.append(self.node(height, start >> height))
            start += 1 << height
        return found

    def node(self, height: int, place: int) -> Hash32:
        """The root over the 2^height leaves that begin at place · 2^height."""
        level, above = divmod(height, TILE_BITS)
        tile, offset = divmod(place << above, TILE_WIDTH)
        hashes = self._tile(level, tile)
        return tree_root(hashes[offset : offset + (1 << above)])

    def _tile(self, level: int, index: int) -> tuple[Hash32, ...]:
        if (level, index) not in self._tiles:
            tile = tile_at(level, index, self._size)
            raw = self._fetch(tile)
            wanted = tile.width * HASH_BYTES
            if len(raw) < wanted:
                message = (
                    f"tile {index} of level {level}: expected {wanted} bytes, found {len(raw)}"
                )
                raise VerificationError("TILE_MISMATCH", tile.first_leaf, message)
            self._tiles[level, index] = split_hashes(raw[:wanted])
        return self._tiles[level, index]


def _require_index(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise BadRequest(f"index: expected 0 to {size - 1}, found {index}")
