"""The tree and its proofs hold for every size, and nothing else passes."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import VerificationError
from ledger.merkle import Frontier, node_hash, tree_root
from ledger.proofs import (
    build_consistency,
    build_inclusion,
    verify_consistency,
    verify_inclusion,
)
from ledger.units import Hash32

LEAVES: Final = [Hash32(sha256(bytes([place])).digest()) for place in range(150)]
sizes = st.integers(0, len(LEAVES))


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962 §2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive_root(leaves[:split]), naive_root(leaves[split:]))


def flipped(value: bytes, bit: int) -> bytes:
    """The bytes with one bit changed."""
    place = bit % (len(value) * 8)
    return bytes(
        byte ^ (1 << (place % 8)) if at == place // 8 else byte for at, byte in enumerate(value)
    )


@given(sizes)
def test_the_root_is_the_recursive_definition(size: int) -> None:
    """Some size would have another root than RFC 6962 defines."""
    assert tree_root(LEAVES[:size]) == naive_root(LEAVES[:size])


@given(sizes, sizes)
def test_extending_twice_is_extending_once(first: int, second: int) -> None:
    """The root would depend on how the records were batched."""
    first, second = sorted((first, second))
    once = Frontier.empty().extended(LEAVES[:second])
    assert Frontier.empty().extended(LEAVES[:first]).extended(LEAVES[first:second]) == once
    assert once.size == second
    assert once.extended(()) == once


@given(sizes)
def test_a_frontier_survives_its_bytes(size: int) -> None:
    """A reopened log would continue from another tree."""
    frontier = Frontier.empty().extended(LEAVES[:size])
    assert Frontier.from_bytes(size, frontier.to_bytes()) == frontier


@given(st.data())
def test_every_leaf_has_a_proof_and_no_other_passes(data: st.DataObject) -> None:
    """A record could be shown at a place, or in a log, where it never was."""
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    leaf, root = LEAVES[index], tree_root(LEAVES[:size])
    proof = build_inclusion(LEAVES[:size], index)
    verify_inclusion(leaf, index, size, proof, root)

    bit = data.draw(st.integers(0, 255))
    place = data.draw(st.integers(0, max(0, len(proof) - 1)))
    other_index = data.draw(st.integers(0, size).filter(lambda other: other != index))
    spoiled: list[tuple[bytes, int, int, list[Hash32], bytes]] = [
        (flipped(leaf, bit), index, size, proof, root),
        (leaf, index, size, proof, flipped(root, bit)),
        (leaf, other_index, size, proof, root),
        (leaf, index, size, [*proof, root], root),
        (leaf, index, size, [Hash32(b""), *proof], root),
        (leaf, index, 2 * size + index, proof, root),
    ]
    if proof:
        wrong = [*proof]
        wrong[place] = Hash32(flipped(proof[place], bit))
        spoiled += [
            (leaf, index, size, wrong, root),
            (leaf, index, size, proof[:-1], root),
            (leaf, index, size, proof[1:], root),
        ]
    for arguments in spoiled:
        with pytest.raises(VerificationError):
            verify_inclusion(*arguments)


@given(st.data())
def test_every_history_has_a_proof_and_no_other_passes(data: st.DataObject) -> None:
    """A rewritten log could pass as a longer version of the one that somebody saw."""
    size = data.draw(st.integers(1, len(LEAVES)))
    old_size = data.draw(st.integers(1, size))
    old_root, root = tree_root(LEAVES[:old_size]), tree_root(LEAVES[:size])
    proof = build_consistency(LEAVES[:size], old_size)
    verify_consistency(old_size, old_root, size, root, proof)

    bit = data.draw(st.integers(0, 255))
    place = data.draw(st.integers(0, max(0, len(proof) - 1)))
    spoiled: list[tuple[int, bytes, int, bytes, list[Hash32]]] = [
        (old_size, flipped(old_root, bit), size, root, proof),
        (old_size, old_root, size, flipped(root, bit), proof),
        (old_size, old_root, old_size - 1, root, proof),
        (0, old_root, size, root, proof),
        (old_size, old_root, size, root, [*proof, root]),
        (old_size, old_root, size, root, [Hash32(b"short"), *proof]),
    ]
    if proof:
        wrong = [*proof]
        wrong[place] = Hash32(flipped(proof[place], bit))
        spoiled += [
            (old_size, old_root, size, root, wrong),
            (old_size, old_root, size, root, proof[:-1]),
            (old_size, old_root, size, root, proof[1:]),
            (old_size, old_root, size, root, []),
            (size, old_root, size, root, proof),
        ]
    for arguments in spoiled:
        with pytest.raises(VerificationError):
            verify_consistency(*arguments)
