"""Tiles and bundles: which there are, what is in them, and what does not belong there."""

from hashlib import sha256
from typing import Final

import pytest

from ledger.errors import BadRequest, VerificationError
from ledger.merkle import tree_root as root_over
from ledger.notes.tiles import (
    MAX_TILE_INDEX,
    BundleId,
    TileId,
    build_tile,
    bundles_of,
    check_tile,
    decode_tile,
    encode_tile,
    tile_at,
    tile_root,
    tiles_of,
)

LEAVES: Final = [sha256(n.to_bytes(4, "big")).digest() for n in range(66_000)]


@pytest.mark.parametrize(
    ("size", "full", "partial"),
    [
        (0, {}, {}),
        (1, {}, {0: 1}),
        (255, {}, {0: 255}),
        (256, {0: 1}, {1: 1}),
        (257, {0: 1}, {0: 1, 1: 1}),
        (65_536, {0: 256, 1: 1}, {2: 1}),
        (70_000, {0: 273, 1: 1}, {0: 112, 1: 17, 2: 1}),
    ],
)
def test_a_tree_has_the_tiles_that_the_page_says(
    size: int, full: dict[int, int], partial: dict[int, int]
) -> None:
    """Somebody who mirrors the log would ask for tiles that are not there, or miss some."""
    tiles = list(tiles_of(size))
    assert len(tiles) == len(set(tiles))
    counted = [tile.level for tile in tiles if tile.is_full]
    assert {level: counted.count(level) for level in counted} == full
    assert {tile.level: tile.width for tile in tiles if not tile.is_full} == partial
    assert all(tile_at(tile.level, tile.index, size) == tile for tile in tiles)
    assert sum(bundle.width for bundle in bundles_of(size)) == size


@pytest.mark.parametrize(
    ("since", "size"), [(0, 0), (5, 5), (5, 6), (255, 256), (256, 257), (200, 600), (300, 65_536)]
)
def test_only_tiles_that_changed_are_new(since: int, size: int) -> None:
    """A mirror would keep an old tile, or load all of them again each time."""
    assert set(tiles_of(size, since)) == set(tiles_of(size)) - set(tiles_of(since))
    assert set(bundles_of(size, since)) == set(bundles_of(size)) - set(bundles_of(since))


@pytest.mark.parametrize(("level", "index"), [(0, 2), (1, 1), (2, 0)])
def test_a_tree_has_no_empty_tiles(level: int, index: int) -> None:
    """A tile without hashes would be served."""
    with pytest.raises(BadRequest, match="a width"):
        tile_at(level, index, 300)


@pytest.mark.parametrize(
    ("level", "index", "width"),
    [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, MAX_TILE_INDEX + 1, 1), (0, 0, 0), (0, 0, 257)],
)
def test_there_are_no_other_tiles(level: int, index: int, width: int) -> None:
    """A wrong number would come back as a wrong tile, far from where it was made."""
    with pytest.raises(BadRequest):
        TileId(level, index, width)


def test_a_tile_holds_the_roots_below_it() -> None:
    """Proofs of others would not lead to our root."""
    assert build_tile(TileId(0, 1, 3), LEAVES[256:259]) == b"".join(LEAVES[256:259])
    above = build_tile(TileId(1, 0, 2), LEAVES[:512])
    assert above == root_over(LEAVES[:256]) + root_over(LEAVES[256:512])
    top = build_tile(TileId(2, 0, 1), LEAVES[:65_536])
    assert top == root_over(LEAVES[:65_536])


def test_the_root_of_a_full_tile_is_its_hash_above() -> None:
    """A tile could not be checked against the one above it."""
    below = build_tile(TileId(0, 1), LEAVES[256:512])
    assert decode_tile(TileId(1, 0, 2), build_tile(TileId(1, 0, 2), LEAVES[:512]))[1] == tile_root(
        TileId(0, 1), below
    )


@pytest.mark.parametrize("count", [0, 1, 511, 513])
def test_a_tile_is_built_from_exactly_its_leaves(count: int) -> None:
    """A tile would be published over leaves that are not its own."""
    with pytest.raises(VerificationError, match="expected 512 leaves") as failed:
        build_tile(TileId(1, 0, 2), LEAVES[:count])
    assert failed.value.verdict == "TILE_MISMATCH"


@pytest.mark.parametrize("raw", [b"", bytes(31), bytes(63), bytes(65), bytes(96)])
def test_a_tile_of_another_length_is_refused(raw: bytes) -> None:
    """A cut tile would be read as a shorter one."""
    with pytest.raises(VerificationError, match="expected 64 bytes") as failed:
        decode_tile(TileId(0, 3, 2), raw)
    assert (failed.value.verdict, failed.value.index) == ("TILE_MISMATCH", 768)


def test_what_is_no_tile_is_not_written() -> None:
    """A tile would be written that nobody can read."""
    for hashes in ([], LEAVES[:1], LEAVES[:3], [bytes(31), bytes(33)]):
        with pytest.raises(VerificationError, match="2 hashes"):
            encode_tile(TileId(0, 0, 2), hashes)
    assert decode_tile(TileId(0, 0, 2), encode_tile(TileId(0, 0, 2), LEAVES[:2])) == tuple(
        LEAVES[:2]
    )


@pytest.mark.parametrize(("level", "place", "leaf"), [(0, 0, 256), (0, 2, 258), (1, 1, 65_792)])
def test_a_changed_tile_is_found_where_it_changed(level: int, place: int, leaf: int) -> None:
    """A forged tile would pass, or nobody could tell which records it is about."""
    tile = TileId(level, 1, 3)
    hashes = LEAVES[:3]
    raw = bytearray(encode_tile(tile, hashes))
    check_tile(tile, bytes(raw), hashes)
    raw[place * 32] ^= 1
    with pytest.raises(VerificationError) as failed:
        check_tile(tile, bytes(raw), hashes)
    assert (failed.value.verdict, failed.value.index) == ("TILE_MISMATCH", leaf)


@pytest.mark.parametrize("count", [2, 4])
def test_a_tile_is_compared_with_as_many_hashes_as_it_has(count: int) -> None:
    """A tile would pass of which only a part was compared."""
    tile = TileId(0, 0, 3)
    with pytest.raises(VerificationError, match=f"expected {count} hashes, found 3"):
        check_tile(tile, encode_tile(tile, LEAVES[:3]), LEAVES[:count])


def test_ids_say_which_leaves_are_below() -> None:
    """A finding about a tile would name other records."""
    assert (TileId(2, 1, 2).first_leaf, TileId(2, 1, 2).leaf_count) == (256**3, 2 * 256**2)
    assert BundleId(3, 7).first_leaf == 768
