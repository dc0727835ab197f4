"""Law: what was pruned changes no proof about what was kept."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import RecordsPruned, VerificationError
from ledger.merkle import Frontier
from ledger.notes.growing_tiles import GrowingTiles
from ledger.notes.tile_proofs import (
    FetchTile,
    consistency_from_tiles,
    frontier_from_tiles,
    inclusion_from_tiles,
    root_from_tiles,
)
from ledger.notes.tiles import TILE_WIDTH, TileId, is_pruned
from ledger.proofs import build_consistency, build_inclusion, verify_inclusion
from tests.signed_checkpoints import leaves

LARGEST: Final = 2_000
LEAVES: Final = leaves(LARGEST)


def fetch_above(size: int, minimum: int) -> FetchTile:
    """The tiles of a tree, as a log has them that removed the records below a minimum."""
    grown = GrowingTiles()
    tiles = dict(grown.extend(LEAVES[:size])) | dict(grown.partial_tiles())
    by_place = {(tile.level, tile.index): raw for tile, raw in tiles.items()}

    def fetch(tile: TileId) -> bytes:
        if is_pruned(tile, minimum):
            raise RecordsPruned(f"tile {tile}")
        return by_place[tile.level, tile.index]

    return fetch


@st.composite
def pruned_trees(draw: st.DrawFn) -> tuple[int, int]:
    """A size, and a minimum at or below it."""
    size = draw(st.integers(TILE_WIDTH, LARGEST))
    return size, TILE_WIDTH * draw(st.integers(0, size // TILE_WIDTH))


@given(tree=pruned_trees(), data=st.data())
def test_a_kept_record_has_the_proof_that_it_had(
    tree: tuple[int, int], data: st.DataObject
) -> None:
    """A record that is kept could no longer be proven, or only by another proof."""
    size, minimum = tree
    if minimum == size:
        return
    index = data.draw(st.integers(minimum, size - 1), label="index")
    at = data.draw(st.integers(index + 1, size), label="size of the checkpoint")
    proof = inclusion_from_tiles(index, at, fetch_above(size, minimum))
    assert proof == build_inclusion(LEAVES[:at], index)
    root = Frontier.empty().extended(LEAVES[:at]).root()
    verify_inclusion(LEAVES[index], index, at, proof, root)


@given(tree=pruned_trees(), data=st.data())
def test_sizes_at_or_above_the_minimum_are_consistent_as_before(
    tree: tuple[int, int], data: st.DataObject
) -> None:
    """Somebody with a checkpoint that is not too old could no longer be shown that it holds."""
    size, minimum = tree
    fetch = fetch_above(size, minimum)
    old = data.draw(st.integers(max(minimum, 1), size), label="old size")
    new = data.draw(st.integers(old, size), label="new size")
    assert consistency_from_tiles(old, new, fetch) == build_consistency(LEAVES[:new], old)
    assert root_from_tiles(new, fetch) == Frontier.empty().extended(LEAVES[:new]).root()
    assert frontier_from_tiles(new, fetch) == Frontier.empty().extended(LEAVES[:new])


@given(tree=pruned_trees(), data=st.data())
def test_multiples_of_256_stay_provable_and_other_sizes_are_refused(
    tree: tuple[int, int], data: st.DataObject
) -> None:
    """A proof from pruned records would be made of whatever is found, or old roots be lost."""
    size, minimum = tree
    old = data.draw(st.integers(1, size), label="old size")
    fetch = fetch_above(size, minimum)
    try:
        proof = consistency_from_tiles(old, size, fetch)
        root = root_from_tiles(old, fetch)
    except (RecordsPruned, VerificationError):
        assert old < minimum
        assert old % TILE_WIDTH
        return
    assert old >= minimum or old % TILE_WIDTH == 0
    assert proof == build_consistency(LEAVES[:size], old)
    assert root == Frontier.empty().extended(LEAVES[:old]).root()
