"""Tiles: runs of up to 256 hashes of one level of the tree, by which others read a log.

Hash i of tile n on level l is the root over the leaves (n·256 + i)·256^l up to the next such
point. A tile is full at 256 hashes and then never changes; the last one of a level may be partial.
A level above is made from full tiles only, and there are no empty tiles.

Source: C2SP tlog-tiles v0.1.0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import BadRequest, VerificationError
from ledger.merkle import split_hashes, tree_root
from ledger.units import HASH_BYTES, Hash32

TILE_WIDTH: Final = 256
TILE_BITS: Final = 8
"""Levels of the tree that one level of tiles spans."""
MAX_TILE_LEVEL: Final = 63
MAX_TILE_INDEX: Final = 2**63 // TILE_WIDTH - 1


@dataclass(frozen=True, slots=True, order=True)
class TileId:
    """Which tile: its level, its place on that level, and how many hashes it has.

    Raises:
        BadRequest: there is no such tile.
    """

    level: int
    """0 to 63; level 0 holds leaf hashes."""
    index: int
    """0-based, counts tiles of this level."""
    width: int = TILE_WIDTH
    """1 to 256 hashes; 256 is a full tile."""

    def __post_init__(self) -> None:
        _require(0 <= self.level <= MAX_TILE_LEVEL, "level", self.level)
        _require_place(self.index, self.width)

    @property
    def is_full(self) -> bool:
        """Whether this tile never changes again."""
        return self.width == TILE_WIDTH

    @property
    def first_leaf(self) -> int:
        """The index of the first leaf below it."""
        return (self.index * TILE_WIDTH) << (TILE_BITS * self.level)

    @property
    def leaf_count(self) -> int:
        """How many leaves are below it."""
        return self.width << (TILE_BITS * self.level)


@dataclass(frozen=True, slots=True, order=True)
class BundleId:
    """Which entry bundle: its place, and how many entries it has.

    Raises:
        BadRequest: there is no such bundle.
    """

    index: int
    """0-based; the bundle holds the entries of the tile of level 0 with the same index."""
    width: int = TILE_WIDTH
    """1 to 256 entries."""

    def __post_init__(self) -> None:
        _require_place(self.index, self.width)

    @property
    def first_leaf(self) -> int:
        """The index of its first entry."""
        return self.index * TILE_WIDTH


def tile_at(level: int, index: int, size: int) -> TileId:
    """The tile at this place in a tree of `size` leaves, as wide as it is there.

    Raises:
        BadRequest: the tree has no hash there.
    """
    hashes = size >> (TILE_BITS * level)
    return TileId(level, index, max(0, min(TILE_WIDTH, hashes - index * TILE_WIDTH)))


def tiles_of(size: int, since: int = 0) -> Iterator[TileId]:
    """The tiles of a tree of `size` leaves that one of `since` leaves did not have, level by level.

    Partial tiles come at the width that they have at `size`.
    """
    level = 0
    while size >> (TILE_BITS * level):
        hashes = size >> (TILE_BITS * level)
        known = since >> (TILE_BITS * level)
        if hashes > known:
            last = (hashes - 1) // TILE_WIDTH
            for index in range(known // TILE_WIDTH, last + 1):
                yield tile_at(level, index, size)
        level += 1


def is_pruned(tile: TileId, minimum: int) -> bool:
    """Whether a log that removed the records below a minimum index lacks this tile.

    Of the tiles that C2SP lets a log refuse, those of level 0 alone are gone.
    """
    return tile.level == 0 and tile.first_leaf + TILE_WIDTH <= minimum


def bundles_of(size: int, since: int = 0) -> Iterator[BundleId]:
    """The entry bundles of a log of `size` records that one of `since` records did not have."""
    if size > since:
        for index in range(since // TILE_WIDTH, (size - 1) // TILE_WIDTH + 1):
            yield BundleId(index, min(TILE_WIDTH, size - index * TILE_WIDTH))


def encode_tile(tile: TileId, hashes: Sequence[bytes]) -> bytes:
    """The content of a tile: its hashes one after the other.

    Raises:
        VerificationError: they are not as many as the tile is wide, or not of 32 bytes
            (TILE_MISMATCH).
    """
    raw = b"".join(hashes)
    if len(hashes) != tile.width or any(len(one) != HASH_BYTES for one in hashes):
        raise _mismatch(tile, f"{tile.width} hashes of {HASH_BYTES} bytes", f"{len(raw)} bytes")
    return raw


def decode_tile(tile: TileId, raw: bytes) -> tuple[Hash32, ...]:
    """The hashes in the content of a tile; unverified unless the bytes are.

    Raises:
        VerificationError: the content is not as long as the tile is wide (TILE_MISMATCH).
    """
    if len(raw) != tile.width * HASH_BYTES:
        raise _mismatch(tile, f"{tile.width * HASH_BYTES} bytes", f"{len(raw)} bytes")
    return split_hashes(raw)


def build_tile(tile: TileId, leaf_hashes: Sequence[bytes]) -> bytes:
    """The content of a tile from the leaves below it.

    Args:
        tile: Which one.
        leaf_hashes: Those from `tile.first_leaf` on, exactly `tile.leaf_count` of them.

    Raises:
        VerificationError: there are more or fewer leaves, or one is not of 32 bytes
            (TILE_MISMATCH).
    """
    if len(leaf_hashes) != tile.leaf_count:
        raise _mismatch(tile, f"{tile.leaf_count} leaves", f"{len(leaf_hashes)} leaves")
    step = 1 << (TILE_BITS * tile.level)
    starts = range(0, tile.leaf_count, step)
    return encode_tile(tile, [tree_root(leaf_hashes[start : start + step]) for start in starts])


def tile_root(tile: TileId, raw: bytes) -> Hash32:
    """The root over the hashes of a tile: of a full one, its hash in the tile above.

    Raises:
        VerificationError: the content is not as long as the tile is wide (TILE_MISMATCH).
    """
    return tree_root(decode_tile(tile, raw))


def check_tile(tile: TileId, raw: bytes, expected: Sequence[bytes]) -> None:
    """Returns only if the content of a tile is exactly these hashes.

    Raises:
        VerificationError: it is not; the index is the first leaf below the first hash that
            differs (TILE_MISMATCH).
    """
    for place, (found, wanted) in enumerate(zip(decode_tile(tile, raw), expected, strict=False)):
        if found != wanted:
            raise _mismatch(tile, f"hash {place} {wanted.hex()}", found.hex(), place)
    if len(expected) != tile.width:
        raise _mismatch(tile, f"{len(expected)} hashes", f"{tile.width}")


def _mismatch(tile: TileId, expected: str, found: str, place: int = 0) -> VerificationError:
    leaf = tile.first_leaf + (place << (TILE_BITS * tile.level))
    about = f"tile {tile.index} of level {tile.level}"
    return VerificationError("TILE_MISMATCH", leaf, f"{about}: expected {expected}, found {found}")


def _require_place(index: int, width: int) -> None:
    _require(0 <= index <= MAX_TILE_INDEX, "index", index)
    _require(1 <= width <= TILE_WIDTH, "width", width)


def _require(holds: bool, part: str, found: int) -> None:  # noqa: FBT001 - the condition itself
    if not holds:
        raise BadRequest(f"tile: expected a {part} that a tile can have, found {found}")
