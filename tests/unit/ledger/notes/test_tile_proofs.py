"""Proofs from tiles: the same as from all leaves, from a handful of tiles."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import pytest

from ledger.errors import BadRequest, VerificationError
from ledger.merkle import Frontier, tree_root
from ledger.notes.growing_tiles import GrowingTiles
from ledger.notes.tile_proofs import (
    FetchTile,
    InclusionProofs,
    consistency_from_tiles,
    frontier_from_tiles,
    inclusion_from_tiles,
    leaf_hash_from_tiles,
    root_from_tiles,
)
from ledger.notes.tiles import TILE_WIDTH, TileId, build_tile, tiles_of
from ledger.proofs import build_consistency, build_inclusion
from ledger.units import Hash32

LEAVES: Final = [Hash32(sha256(n.to_bytes(4, "big")).digest()) for n in range(70_000)]
# The bounds of tiles and levels, and sizes on both sides of them.
SIZES: Final = (0, 1, 2, 3, 7, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000)
MOST_TILES: Final = 6
"""Two on each of the three levels that the largest of these trees has."""


class Shelf:
    """Tiles of one tree, and which of them were asked for."""

    def __init__(self, size: int) -> None:
        grown = GrowingTiles()
        self.tiles = dict(grown.extend(LEAVES[:size]))
        self.tiles.update(grown.partial_tiles())
        self.asked: list[TileId] = []

    def fetch(self, tile: TileId) -> bytes:
        """The content of a tile."""
        self.asked.append(tile)
        return self.tiles[tile]


def _places(size: int) -> Iterator[int]:
    near = {0, 1, 254, 255, 256, 257, 511, 512, 65_535, 65_536, size // 2, size - 2, size - 1}
    return (place for place in sorted(near) if 0 <= place < size)


@pytest.fixture(scope="module", params=SIZES)
def shelf(request: pytest.FixtureRequest) -> tuple[int, Shelf]:
    return request.param, Shelf(request.param)


def test_proofs_from_tiles_are_those_from_all_leaves(shelf: tuple[int, Shelf]) -> None:
    """A proof from tiles would not verify, at some size or place."""
    size, tiles = shelf
    leaves = LEAVES[:size]
    for place in _places(size):
        assert inclusion_from_tiles(place, size, tiles.fetch) == build_inclusion(leaves, place)
        assert leaf_hash_from_tiles(place, size, tiles.fetch) == leaves[place]
        old_size = place + 1
        proof = consistency_from_tiles(old_size, size, tiles.fetch)
        assert proof == build_consistency(leaves, old_size)


def test_many_proofs_are_those_made_one_by_one(shelf: tuple[int, Shelf]) -> None:
    """A bundle of many records would hold proofs that do not verify."""
    size, tiles = shelf
    proofs = InclusionProofs(size, tiles.fetch)
    for place in _places(size):
        assert proofs.prove(place) == build_inclusion(LEAVES[:size], place)
    with pytest.raises(BadRequest):
        proofs.prove(size)


def test_roots_from_tiles_are_those_of_all_leaves(shelf: tuple[int, Shelf]) -> None:
    """A mirror would lead to another root than the log."""
    size, tiles = shelf
    assert root_from_tiles(size, tiles.fetch) == tree_root(LEAVES[:size])
    assert frontier_from_tiles(size, tiles.fetch) == Frontier.empty().extended(LEAVES[:size])


def test_a_proof_asks_for_a_handful_of_tiles(shelf: tuple[int, Shelf]) -> None:
    """The cost of a proof would grow with the log."""
    size, tiles = shelf
    for place in _places(size):
        for ask in (inclusion_from_tiles, leaf_hash_from_tiles):
            tiles.asked.clear()
            ask(place, size, tiles.fetch)
            assert len(tiles.asked) == len(set(tiles.asked)) <= MOST_TILES
        tiles.asked.clear()
        consistency_from_tiles(place + 1, size, tiles.fetch)
        assert len(tiles.asked) == len(set(tiles.asked)) <= MOST_TILES


def test_an_older_tree_is_proven_from_wider_tiles() -> None:
    """A checkpoint of yesterday could not be proven once its partial tiles are gone."""
    now = Shelf(70_000)
    widest = {(tile.level, tile.index): raw for tile, raw in now.tiles.items()}

    def fetch(tile: TileId) -> bytes:
        return widest[tile.level, tile.index]

    for size in (1, 255, 300, 65_536, 69_999):
        assert root_from_tiles(size, fetch) == tree_root(LEAVES[:size])
        assert inclusion_from_tiles(size - 1, size, fetch) == build_inclusion(
            LEAVES[:size], size - 1
        )


@pytest.mark.parametrize("index", [-1, 300])
def test_no_proof_of_a_leaf_that_is_not_there(index: int) -> None:
    """A question about a record that does not exist would get an answer."""
    tiles = Shelf(300)
    for ask in (inclusion_from_tiles, leaf_hash_from_tiles):
        with pytest.raises(BadRequest, match="expected 0 to 299"):
            ask(index, 300, tiles.fetch)


@pytest.mark.parametrize("old_size", [-1, 0, 301])
def test_no_proof_from_a_tree_that_is_none(old_size: int) -> None:
    """A question about a tree that never was would get an answer."""
    with pytest.raises(BadRequest, match="expected 1 to 300"):
        consistency_from_tiles(old_size, 300, Shelf(300).fetch)


def test_a_tile_that_is_too_short_is_a_finding() -> None:
    """A cut tile would end in a traceback, or in a proof of something else."""

    def cut(tile: TileId) -> bytes:
        return bytes(tile.width * 32 - 1)

    calls: list[tuple[FetchTile, int]] = [(cut, 1), (lambda _: b"", 300)]
    for fetch, size in calls:
        with pytest.raises(VerificationError) as failed:
            root_from_tiles(size, fetch)
        assert failed.value.verdict == "TILE_MISMATCH"


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600, 65_536, 65_800])
@pytest.mark.parametrize("step", [1000, 70_000])
def test_growing_gives_every_tile_once(size: int, step: int) -> None:
    """A mirror would miss a tile, or hold another one than its leaves make."""
    grown = GrowingTiles()
    made: list[tuple[TileId, bytes]] = []
    for start in range(0, size, step):
        made += grown.extend(LEAVES[start : min(size, start + step)])
    assert grown.size == size
    assert all(tile.is_full for tile, _ in made)
    assert not any(tile.width == TILE_WIDTH for tile, _ in grown.partial_tiles())
    made += grown.partial_tiles()
    assert sorted(tile for tile, _ in made) == sorted(tiles_of(size))
    for tile, raw in made:
        leaves = LEAVES[tile.first_leaf : tile.first_leaf + tile.leaf_count]
        assert raw == build_tile(tile, leaves)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_536, 65_800])
def test_growing_goes_on_where_it_ended(size: int) -> None:
    """After a restart every tile would have to be made again, or would come out wrong."""
    tiles = Shelf(size)
    again = GrowingTiles.from_tiles(size, tiles.fetch)
    assert len(tiles.asked) <= len(again.partial_tiles())
    once = GrowingTiles()
    once.extend(LEAVES[:size])
    assert again.partial_tiles() == once.partial_tiles()
    assert again.extend(LEAVES[size : size + 300]) == once.extend(LEAVES[size : size + 300])
    assert again.partial_tiles() == once.partial_tiles()
    assert again.size == once.size == size + 300


def test_growing_takes_no_hash_of_another_length() -> None:
    """One damaged leaf would be in every tile above it."""
    grown = GrowingTiles()
    grown.extend(LEAVES[:3])
    with pytest.raises(VerificationError):
        grown.extend([LEAVES[3], b"short"])
    assert grown.size == 3
    assert grown.partial_tiles() == [(TileId(0, 0, 3), b"".join(LEAVES[:3]))]
