"""Cases about roots and proofs. Source: RFC 6962 section 2.1, RFC 9162 sections 2.1.3 and 2.1.4."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from ledger.merkle import EMPTY_ROOT, tree_root
from ledger.proofs import build_consistency, build_inclusion
from tests.vectors.encoding import Case, case, hexed

LEAVES: Final = [sha256(b"\0" + bytes([number])).digest() for number in range(23)]
_SIZES: Final = (1, 2, 3, 5, 8, 13, 23)


def root_cases() -> Iterator[Case]:
    """Roots of small trees."""
    for size in (0, *_SIZES):
        root = tree_root(LEAVES[:size])
        yield case("root", "valid", f"size {size}", leaves=hexed(LEAVES[:size]), root=root.hex())
    doubled = tree_root([*LEAVES[:3], LEAVES[2]])
    yield case(
        "root",
        "MODIFIED",
        "the last leaf paired with itself",
        leaves=hexed(LEAVES[:3]),
        root=doubled.hex(),
    )
    yield case("root", "MODIFIED", "zeros for the empty tree", leaves=[], root=bytes(32).hex())
    yield case("root", "MODIFIED", "a leaf of 31 bytes", leaves=["00" * 31], root="00" * 31)


def _inclusion(
    want: str, desc: str, place: tuple[int, int], hashes: tuple[bytes, Sequence[bytes], bytes]
) -> Case:
    (index, size), (leaf, proof, root) = place, hashes
    return case(
        *("inclusion", want, desc),
        leaf=leaf.hex(),
        index=str(index),
        size=str(size),
        proof=hexed(proof),
        root=root.hex(),
    )


def inclusion_cases() -> Iterator[Case]:
    """Good proofs at the edges of trees; wrong ones with one thing changed."""
    for size in _SIZES:
        root = tree_root(LEAVES[:size])
        for index in sorted({0, size // 2, size - 1}):
            proof = build_inclusion(LEAVES[:size], index)
            yield _inclusion(
                "valid", f"{index} of {size}", (index, size), (LEAVES[index], proof, root)
            )
    size, index = 13, 9
    root, leaf = tree_root(LEAVES[:size]), LEAVES[index]
    good: list[bytes] = [*build_inclusion(LEAVES[:size], index)]
    for desc, at, hashes in (
        ("the next index", (10, 13), good),
        ("an index of another path", (1, 13), good),
        ("index equal to size", (13, 13), good),
        ("index above size", (14, 13), good),
        ("a smaller size", (9, 12), good),
        ("a size with more levels", (9, 27), good),
        ("size 0", (0, 0), good),
        ("no hashes", (9, 13), []),
        ("a hash too few", (9, 13), good[:-1]),
        ("a hash too many", (9, 13), [*good, root]),
        ("the leaf itself in front", (9, 13), [leaf, *good]),
        ("hashes reversed", (9, 13), good[::-1]),
        ("a hash of 31 bytes", (9, 13), [good[0][:31], *good[1:]]),
        ("a hash of 33 bytes", (9, 13), [good[0] + b"\0", *good[1:]]),
        ("64 hashes", (9, 13), [*good, *[root] * (64 - len(good))]),
        ("a bit flipped", (9, 13), [_flipped(good[0]), *good[1:]]),
    ):
        yield _inclusion("MODIFIED", desc, at, (leaf, hashes, root))
    yield _inclusion("MODIFIED", "another leaf", (9, 13), (LEAVES[8], good, root))
    yield _inclusion("MODIFIED", "another root", (9, 13), (leaf, good, _flipped(root)))
    yield _inclusion("MODIFIED", "the leaf is the root", (0, 13), (root, [], root))
    yield _inclusion("MODIFIED", "index beyond 64 bits", (2**70, 2**71), (leaf, good, root))
    yield _inclusion(
        "MODIFIED", "an inner node as leaf", (4, 13), (tree_root(LEAVES[8:10]), good[1:], root)
    )


def _consistency(
    want: str, desc: str, sizes: tuple[int, int], proof: Sequence[bytes], roots: tuple[bytes, bytes]
) -> Case:
    return case(
        *("consistency", want, desc),
        old_size=str(sizes[0]),
        old_root=roots[0].hex(),
        size=str(sizes[1]),
        root=roots[1].hex(),
        proof=hexed(proof),
    )


def consistency_cases() -> Iterator[Case]:
    """Good proofs between sizes; wrong ones with one thing changed."""
    for old, new in (
        (1, 1),
        (1, 2),
        (2, 3),
        (3, 5),
        (4, 8),
        (5, 8),
        (6, 13),
        (8, 23),
        (13, 23),
        (23, 23),
    ):
        roots = tree_root(LEAVES[:old]), tree_root(LEAVES[:new])
        proof = build_consistency(LEAVES[:new], old)
        yield _consistency("valid", f"{old} to {new}", (old, new), proof, roots)
    roots = tree_root(LEAVES[:6]), tree_root(LEAVES[:13])
    good: list[bytes] = [*build_consistency(LEAVES[:13], 6)]
    for desc, sizes, hashes in (
        ("sizes the other way round", (13, 6), good),
        ("a smaller old size", (5, 13), good),
        ("a larger size", (6, 40), good),
        ("old size 0", (0, 13), []),
        ("old size 0 with hashes", (0, 13), good),
        ("no hashes", (6, 13), []),
        ("a hash too few", (6, 13), good[:-1]),
        ("a hash too many", (6, 13), [*good, roots[1]]),
        ("hashes reversed", (6, 13), good[::-1]),
        ("a bit flipped", (6, 13), [*good[:-1], _flipped(good[-1])]),
    ):
        yield _consistency("FORK", desc, sizes, hashes, roots)
    yield _consistency("FORK", "another old root", (6, 13), good, (_flipped(roots[0]), roots[1]))
    yield _consistency("FORK", "another root", (6, 13), good, (roots[0], _flipped(roots[1])))
    yield _consistency("FORK", "equal sizes, different roots", (6, 6), [], (roots[0], roots[1]))
    yield _consistency("FORK", "equal sizes with hashes", (6, 6), good, (roots[0], roots[0]))
    yield _consistency("FORK", "both empty", (0, 0), [], (EMPTY_ROOT, EMPTY_ROOT))
    yield _consistency("MODIFIED", "a hash of 31 bytes", (6, 13), [good[0][:31], *good[1:]], roots)
    yield _consistency("MODIFIED", "64 hashes", (6, 13), [roots[0]] * 64, roots)


def _flipped(hash_: bytes) -> bytes:
    return bytes([hash_[0] ^ 1]) + hash_[1:]
