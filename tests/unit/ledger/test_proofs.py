"""Proofs: the published vectors, and the rules that vectors do not cover."""

import base64
import json
from pathlib import Path
from typing import Any, Final

import pytest

from ledger.errors import BadRequest, VerificationError
from ledger.merkle import EMPTY_ROOT, tree_root
from ledger.proofs import (
    MAX_PROOF_HASHES,
    build_consistency,
    build_inclusion,
    climb,
    verify_consistency,
    verify_inclusion,
)
from ledger.record import leaf_hash
from tests.shared_data import SHARED, shared

FOLDER: Final = "vectors/rfc6962-merkle"
# They give a 12-byte root and want it accepted; every hash here has 32 bytes.
EXCLUDED: Final = frozenset(("consistency/additional/sizes-are-equal-one-and-proof-is-empty.json",))
COUNTS: Final = {"inclusion": 98, "consistency": 98}
LEAVES: Final = [leaf_hash(bytes([place])) for place in range(11)]


def _vectors(kind: str) -> list[str]:
    if SHARED is None or not (SHARED / FOLDER).is_dir():
        return ["absent"]
    root = SHARED / FOLDER
    return sorted(path.relative_to(root).as_posix() for path in (root / kind).rglob("*.json"))


def _vector(name: str) -> dict[str, Any]:
    if name in EXCLUDED:
        pytest.skip("declared exclusion: its roots are not 32 bytes long")
    vector: dict[str, Any] = json.loads(Path(shared(f"{FOLDER}/{name}")).read_bytes())
    return vector


def _hash(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _proof(vector: dict[str, Any]) -> list[bytes]:
    return [_hash(text) for text in vector["proof"] or []]


@pytest.mark.parametrize("name", _vectors("inclusion"))
def test_inclusion_proofs_are_judged_as_published(name: str) -> None:
    """A proof that everybody else accepts would be refused here, or the other way round."""
    vector = _vector(name)
    arguments = (
        *(_hash(vector["leafHash"]), vector["leafIdx"], vector["treeSize"], _proof(vector)),
        _hash(vector["root"]),
    )
    if vector["wantErr"]:
        with pytest.raises(VerificationError):
            verify_inclusion(*arguments)
    else:
        verify_inclusion(*arguments)


@pytest.mark.parametrize("name", _vectors("consistency"))
def test_consistency_proofs_are_judged_as_published(name: str) -> None:
    """A fork would pass that everybody else sees, or a true history would be refused."""
    vector = _vector(name)
    arguments = (
        *(vector["size1"], _hash(vector["root1"]), vector["size2"], _hash(vector["root2"])),
        _proof(vector),
    )
    if vector["wantErr"]:
        with pytest.raises(VerificationError):
            verify_consistency(*arguments)
    else:
        verify_consistency(*arguments)


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_every_published_vector_is_there(kind: str) -> None:
    """Vectors would be missed without anybody noticing."""
    shared(FOLDER)
    names = _vectors(kind)
    assert len(names) == COUNTS[kind]
    assert {name for name in EXCLUDED if name.startswith(kind)} <= set(names)


@pytest.mark.parametrize("kind", ["subtreeinclusion", "subtreeconsistency"])
def test_subtree_proofs_are_not_part_of_the_product(kind: str) -> None:
    """Nobody would know that these published vectors are left out."""
    pytest.skip(f"{kind}: proofs over subtrees (Merkle tree certificates) are not offered")


@pytest.mark.parametrize("index", [-1, 11])
def test_no_inclusion_proof_of_a_leaf_that_is_not_there(index: int) -> None:
    """A question about a record that does not exist would get an answer."""
    with pytest.raises(BadRequest, match="expected 0 to 10"):
        build_inclusion(LEAVES, index)


@pytest.mark.parametrize("old_size", [-1, 0, 12])
def test_no_consistency_proof_with_a_tree_that_is_none(old_size: int) -> None:
    """A question about a tree that never was would get an answer."""
    with pytest.raises(BadRequest, match="expected 1 to 11"):
        build_consistency(LEAVES, old_size)


@pytest.mark.parametrize("size", [0, 1, 5])
def test_an_old_size_of_zero_is_refused(size: int) -> None:
    """A check that compared nothing would look like evidence."""
    root = tree_root(LEAVES[:size])
    with pytest.raises(VerificationError, match="found 0"):
        verify_consistency(0, EMPTY_ROOT, size, root, [])


def test_a_shrunken_tree_is_refused() -> None:
    """A truncated log would pass as a longer version of itself."""
    with pytest.raises(VerificationError, match="expected an old size of 1 to 3, found 4"):
        verify_consistency(4, tree_root(LEAVES[:4]), 3, tree_root(LEAVES[:3]), [])


def test_a_proof_longer_than_any_tree_is_refused_before_hashing() -> None:
    """Somebody could make a verifier hash without end."""
    endless = [EMPTY_ROOT] * (MAX_PROOF_HASHES + 1)
    with pytest.raises(VerificationError, match="at most 63 hashes, found 64"):
        verify_inclusion(LEAVES[0], 0, 2**70, endless, EMPTY_ROOT)


def test_a_failed_proof_carries_index_and_verdict() -> None:
    """A caller could not say which record has no proof."""
    proof = build_inclusion(LEAVES, 3)
    with pytest.raises(VerificationError) as failed:
        verify_inclusion(LEAVES[4], 3, 11, proof, tree_root(LEAVES))
    assert (failed.value.verdict, failed.value.index) == ("MODIFIED", 3)


def test_a_failed_history_is_a_fork() -> None:
    """A caller could not tell two histories from one damaged record."""
    proof = build_consistency(LEAVES, 5)
    with pytest.raises(VerificationError) as failed:
        verify_consistency(5, tree_root(LEAVES[1:6]), 11, tree_root(LEAVES), proof)
    assert (failed.value.verdict, failed.value.index) == ("FORK", None)


@pytest.mark.parametrize("index", range(len(LEAVES)))
def test_the_climb_shows_what_was_computed(index: int) -> None:
    """A reader who follows the steps by hand would not come to the root."""
    proof = build_inclusion(LEAVES, index)
    steps = list(climb(LEAVES[index], index, len(LEAVES), proof))
    given = [step.left if step.is_given == "left" else step.right for step in steps]
    found = [step.right if step.is_given == "left" else step.left for step in steps]
    assert given == proof
    assert found == [LEAVES[index], *(step.node for step in steps[:-1])]
    assert steps[-1].node == tree_root(LEAVES)
