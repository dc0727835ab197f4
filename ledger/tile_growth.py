"""A tree that grows leaf by leaf and tells the hashes of its tiles as they become complete.

Costs one hash per leaf, as the frontier alone would: the 256 leaves below a tile are hashed once,
and what is above continues from their root.

Source: C2SP tlog-tiles v0.1.0.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ledger.merkle import Frontier, next_level, require_hashes
from ledger.notes.tiles import TILE_BITS, TILE_WIDTH
from ledger.units import Hash32, Size


class TileHash(NamedTuple):
    """One hash of a tile of level 1 or above."""

    level: int
    index: int  # type: ignore[assignment]  # hides tuple.index, which no hash needs
    """0-based on its level."""
    hash: bytes
    """The root over its 256^level leaves, 32 bytes."""


class GrowingTree:
    """A tree from a frontier on."""

    def __init__(self, frontier: Frontier) -> None:
        """Takes the tree that there is already."""
        self.size: int = frontier.size
        # One part per level: the tile there that is not full yet, as a tree of its own.
        self._parts: list[Frontier] = []
        hashes = list(frontier.hashes)
        rest: int = frontier.size
        while rest:
            width = rest % TILE_WIDTH
            kept = len(hashes) - width.bit_count()
            self._parts.append(Frontier(Size(width), tuple(hashes[kept:])))
            del hashes[kept:]
            rest >>= TILE_BITS

    def add(self, leaf_hashes: Iterable[bytes]) -> list[TileHash]:
        """Appends leaves; gives the tile hashes that they complete, the lower level first.

        Raises:
            VerificationError: a leaf hash is not 32 bytes.
        """
        hashes = list(leaf_hashes)
        size: int = self.size + len(hashes)
        completed: list[TileHash] = []
        level = 0
        while hashes:
            if level == len(self._parts):
                self._parts.append(Frontier.empty())
            roots = self._fill(level, hashes)
            level += 1
            first = self.size >> (TILE_BITS * level)
            completed += [TileHash(level, first + place, root) for place, root in enumerate(roots)]
            hashes = roots
        self.size = size
        return completed

    def frontier(self) -> Frontier:
        """The frontier of the whole tree."""
        hashes = tuple(Hash32(each) for part in reversed(self._parts) for each in part.hashes)
        return Frontier(Size(self.size), hashes)

    def _fill(self, level: int, hashes: list[bytes]) -> list[bytes]:
        """The roots of the tiles of a level that these hashes complete."""
        part = self._parts[level]
        roots: list[bytes] = []
        at = 0
        while at < len(hashes):
            whole = (len(hashes) - at) // TILE_WIDTH * TILE_WIDTH if part.size == 0 else 0
            if whole:
                roots += _tile_roots(hashes[at : at + whole])
                at += whole
                continue
            stop = at + TILE_WIDTH - part.size
            part = part.extended(hashes[at:stop])
            at = stop
            if part.size == TILE_WIDTH:
                roots.append(part.hashes[0])
                part = Frontier.empty()
        self._parts[level] = part
        return roots


def _tile_roots(hashes: list[bytes]) -> list[bytes]:
    """The roots of whole tiles that lie side by side, all worked out level by level."""
    require_hashes("leaf hashes", hashes)
    for _ in range(TILE_BITS):
        hashes = next_level(hashes)
    return hashes
