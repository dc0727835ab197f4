"""A tree that grows in any steps gives the frontier and tile hashes of one that grew at once."""

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import VerificationError
from ledger.merkle import Frontier, tree_root
from ledger.tile_growth import GrowingTree, TileHash

MOST = 66_000


@cache
def leaves() -> list[bytes]:
    """More leaves than one tile of level 1 covers."""
    return [sha256(number.to_bytes(4, "big")).digest() for number in range(MOST)]


@given(st.lists(st.integers(0, 700), max_size=6), st.sampled_from([0, 1, 255, 256, 65_000]))
def test_growing_in_steps_is_growing_at_once(steps: list[int], start: int) -> None:
    """A root or a tile would depend on how a log was read."""
    tree = GrowingTree(Frontier.empty().extended(leaves()[:start]))
    at = start
    found: list[TileHash] = []
    for step in steps:
        taken = leaves()[at : at + step]
        found += tree.add(taken)
        at += len(taken)
    assert tree.frontier() == Frontier.empty().extended(leaves()[:at])
    for level, index, root in found:
        width = 256**level
        assert start < (index + 1) * width <= at
        assert root == tree_root(leaves()[index * width : (index + 1) * width])
    complete = {
        (level, index)
        for level in (1, 2)
        for index in range(start >> (8 * level), at >> (8 * level))
    }
    assert {(one.level, one.index) for one in found} == complete


def test_a_leaf_that_is_no_hash_is_refused() -> None:
    """A damaged leaf would be hashed into the tree."""
    with pytest.raises(VerificationError, match="expected 32 bytes"):
        GrowingTree(Frontier.empty()).add([b"short"])
