"""Proofs about the tree: that it holds a leaf, and that it is a longer version of an older one.

Invariants of verification:

- every hash is exactly 32 bytes and a proof has at most 63 of them, checked before hashing;
- leaf hash, index and sizes come from the caller, never from the proof;
- a tree of size 0 holds no leaf and is the start of every tree: nothing can be proven of it, so an
  old size of 0 is refused, also against size 0. A protocol that lets a client start from nothing
  (C2SP tlog-witness, `old 0`) decides that by itself and calls nothing here.

Source: RFC 9162 §2.1.3 (inclusion) and §2.1.4 (consistency).
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from ledger.errors import BadRequest, VerificationError
from ledger.merkle import next_level, node_hash, require_hashes, tree_root
from ledger.units import Hash32, Index, Size

MAX_PROOF_HASHES: Final = 63


def build_inclusion(leaf_hashes: Sequence[bytes], index: int) -> list[Hash32]:
    """The proof that the tree over these leaves holds the one at `index`: siblings, lowest first.

    Raises:
        BadRequest: there is no leaf at that index.

    Source: RFC 9162 §2.1.3.1.
    """
    if not 0 <= index < len(leaf_hashes):
        raise BadRequest(f"index: expected 0 to {len(leaf_hashes) - 1}, found {index}")
    require_hashes("leaf hashes", leaf_hashes)
    level, place = leaf_hashes, index
    proof: list[Hash32] = []
    while len(level) > 1:
        sibling = place ^ 1
        if sibling < len(level):
            proof.append(Hash32(level[sibling]))
        level, place = next_level(level), place >> 1
    return proof


def build_consistency(leaf_hashes: Sequence[bytes], old_size: int) -> list[Hash32]:
    """The proof that the tree over these leaves starts with the tree over the first `old_size`.

    Raises:
        BadRequest: `old_size` is 0 or more than there are leaves.

    Source: RFC 9162 §2.1.4.1.
    """
    if not 0 < old_size <= len(leaf_hashes):
        raise BadRequest(f"old size: expected 1 to {len(leaf_hashes)}, found {old_size}")
    ranges = consistency_ranges(old_size, len(leaf_hashes))
    return [tree_root(leaf_hashes[start:stop]) for start, stop in ranges]


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The subtrees whose roots make an inclusion proof, as (first leaf, leaf after the last).

    Args:
        index: A leaf of the tree.
        size: Of the tree.

    Source: RFC 9162 §2.1.3.1.
    """
    ranges: list[tuple[int, int]] = []
    start, stop = 0, size
    while stop - start > 1:
        split = start + _largest_power_of_two_below(stop - start)
        if index < split:
            ranges.append((split, stop))
            stop = split
        else:
            ranges.append((start, split))
            start = split
    return ranges[::-1]


def consistency_ranges(old_size: int, size: int) -> list[tuple[int, int]]:
    """The subtrees whose roots make a consistency proof, as (first leaf, leaf after the last).

    Args:
        old_size: From 1 to `size`.
        size: Of the newer tree.

    Source: RFC 9162 §2.1.4.1.
    """
    ranges: list[tuple[int, int]] = []
    start, stop = 0, size
    while old_size != stop:
        split = start + _largest_power_of_two_below(stop - start)
        if old_size <= split:
            ranges.append((split, stop))
            stop = split
        else:
            ranges.append((start, split))
            start = split
    if start > 0:  # at 0 the old tree is this very subtree, and the verifier has its root
        ranges.append((start, stop))
    return ranges[::-1]


class Step(NamedTuple):
    """One level of the climb from a leaf to the root: two nodes, and the one above them."""

    left: bytes
    right: bytes
    node: Hash32
    is_given: Literal["left", "right"]
    """Which of the two stands in the proof; the other one was computed."""


def climb(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes]) -> Iterator[Step]:
    """What a proof of inclusion computes, level by level; the last node should be the root.

    Raises:
        VerificationError: the proof has more or fewer hashes than the tree has levels.

    Source: RFC 9162 §2.1.3.2.
    """
    place, last = index, size - 1
    found = leaf_hash
    for sibling in proof:
        if last == 0:
            raise _not_included(index, "the proof has more hashes than the tree has levels")
        if place & 1 or place == last:
            step = Step(sibling, found, node_hash(sibling, found), "left")
            place, last = _up_to_left_edge(place, last)
        else:
            step = Step(found, sibling, node_hash(found, sibling), "right")
        yield step
        found = step.node
        place, last = place >> 1, last >> 1
    if last != 0:
        raise _not_included(index, "the proof has fewer hashes than the tree has levels")


def verify_inclusion(
    leaf_hash: bytes, index: Index | int, size: Size | int, proof: Sequence[bytes], root: bytes
) -> None:
    """Returns only if the tree of `size` leaves with this root holds `leaf_hash` at `index`.

    Raises:
        VerificationError: it does not, or the proof does not show it (MODIFIED at the index).

    Source: RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size:
        raise _not_included(index, f"expected an index below the size {size}")
    _require_proof(proof, leaf_hash, root)
    found = leaf_hash
    for step in climb(leaf_hash, index, size, proof):
        found = step.node
    if found != root:
        raise _not_included(index, f"expected root {root.hex()}, found {found.hex()}")


def verify_consistency(
    old_size: Size | int, old_root: bytes, size: Size | int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Returns only if the tree of `size` leaves starts with the tree of `old_size` leaves.

    Raises:
        VerificationError: it does not, or the proof does not show it (FORK); `old_size` is 0.

    Source: RFC 9162 §2.1.4.2.
    """
    if not 0 < old_size <= size:
        raise _not_consistent(f"expected an old size of 1 to {size}, found {old_size}")
    _require_proof(proof, old_root, root)
    if old_size == size:
        if proof:
            raise _not_consistent(f"expected no hashes for equal sizes, found {len(proof)}")
        if old_root != root:
            raise _not_consistent(f"expected root {old_root.hex()}, found {root.hex()}")
        return
    found_old, found = _roots_of_consistency(old_size, old_root, size, proof)
    if found_old != old_root:
        raise _not_consistent(f"expected old root {old_root.hex()}, found {found_old.hex()}")
    if found != root:
        raise _not_consistent(f"expected root {root.hex()}, found {found.hex()}")


def _roots_of_consistency(
    old_size: int, old_root: bytes, size: int, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    if not proof:
        raise _not_consistent("expected hashes for different sizes, found none")
    # A perfect old tree is a node of the new one, so the proof leaves its root out.
    first, *rest = (old_root, *proof) if old_size.bit_count() == 1 else proof
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found = first
    for sibling in rest:
        if last == 0:
            raise _not_consistent("the proof has more hashes than the tree has levels")
        if place & 1 or place == last:
            found_old = node_hash(sibling, found_old)
            found = node_hash(sibling, found)
            place, last = _up_to_left_edge(place, last)
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise _not_consistent("the proof has fewer hashes than the tree has levels")
    return found_old, found


def _up_to_left_edge(place: int, last: int) -> tuple[int, int]:
    """Climbs past the levels on which a last node without sibling moved up as it is."""
    while not place & 1 and place:
        place, last = place >> 1, last >> 1
    return place, last


def _largest_power_of_two_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def _require_proof(proof: Sequence[bytes], *hashes: bytes) -> None:
    require_hashes("proof", (*hashes, *proof))
    if len(proof) > MAX_PROOF_HASHES:
        raise VerificationError(
            "MODIFIED",
            None,
            f"proof: expected at most {MAX_PROOF_HASHES} hashes, found {len(proof)}",
        )


def _not_included(index: int, message: str) -> VerificationError:
    return VerificationError("MODIFIED", index, f"inclusion proof: {message}")


def _not_consistent(message: str) -> VerificationError:
    return VerificationError("FORK", None, f"consistency proof: {message}")
