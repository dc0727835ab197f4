"""The Merkle tree over leaf hashes: its nodes, its root, and the frontier from which it grows.

Invariants:

- every hash is exactly 32 bytes, checked before anything is hashed;
- the last node of a level without a sibling moves up as it is; it is never paired with itself;
- the empty tree has the root `EMPTY_ROOT` and an empty frontier.

Proofs over this tree stand in `ledger.proofs`, the hash of a leaf in `ledger.record`.

Source: RFC 6962 §2.1, RFC 9162 §2.1.1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from ledger.errors import VerificationError
from ledger.units import HASH_BYTES, Hash32, Size

EMPTY_ROOT: Final = Hash32(sha256(b"").digest())


def node_hash(left: bytes, right: bytes) -> Hash32:
    """The hash of an inner node over its two children, 32 bytes each.

    Source: RFC 6962 §2.1.
    """
    return Hash32(sha256(b"\x01" + left + right).digest())


@dataclass(frozen=True, slots=True)
class Frontier:
    """The roots of the perfect subtrees of a tree, enough to append to it and to know its root.

    A tree of `size` leaves has one perfect subtree for each bit that is set in `size`; `hashes`
    gives their roots from left to right, the largest first. Also called a compact range.

    Raises:
        VerificationError: `hashes` are not the number that `size` asks for, or not of 32 bytes.
    """

    size: Size
    hashes: tuple[Hash32, ...]

    def __post_init__(self) -> None:
        if self.size < 0:
            raise VerificationError("MODIFIED", None, f"frontier: found size {self.size}")
        require_hashes("frontier", self.hashes)
        if len(self.hashes) != self.size.bit_count():
            raise VerificationError(
                "MODIFIED",
                None,
                f"frontier: expected {self.size.bit_count()} hashes at size {self.size}, "
                f"found {len(self.hashes)}",
            )

    @classmethod
    def empty(cls) -> Self:
        """The frontier of the tree without leaves."""
        return cls(Size(0), ())

    def extended(self, leaf_hashes: Iterable[bytes]) -> Self:
        """The frontier after these leaves are appended, in the order given.

        Works level by level, as one adds binary numbers: about one hash per leaf, whatever the
        size of the tree. Memory is that of the leaves given, so feed a long log in batches.

        Raises:
            VerificationError: a leaf hash is not 32 bytes.
        """
        nodes = list(leaf_hashes)
        require_hashes("leaf hashes", nodes)
        size = Size(self.size + len(nodes))
        larger: list[bytes] = list(self.hashes)
        unpaired: list[bytes] = []
        bits: int = self.size
        while nodes:
            if bits & 1:
                nodes.insert(0, larger.pop())
            if len(nodes) & 1:
                unpaired.append(nodes.pop())
            nodes = _paired(nodes)
            bits >>= 1
        return type(self)(size, tuple(map(Hash32, [*larger, *reversed(unpaired)])))

    def root(self) -> Hash32:
        """The root of the tree, 32 bytes; `EMPTY_ROOT` at size 0.

        Source: RFC 6962 §2.1.
        """
        if not self.hashes:
            return EMPTY_ROOT
        *larger, root = self.hashes
        for left in reversed(larger):
            root = node_hash(left, root)
        return root

    def to_bytes(self) -> bytes:
        """The hashes one after the other, as the head row stores them beside its size."""
        return b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, size: int, raw: bytes) -> Self:
        """The frontier of a tree of `size` leaves from the stored hashes.

        Raises:
            VerificationError: the bytes are not exactly the hashes that this size asks for.
        """
        return cls(Size(size), split_hashes(raw))


def split_hashes(raw: bytes) -> tuple[Hash32, ...]:
    """The stored hashes of a frontier, unchecked: the last is shorter if bytes are missing.

    Verification takes these, so that a damaged frontier is a finding and not an error.
    """
    return tuple(
        Hash32(bytes(raw[start : start + HASH_BYTES])) for start in range(0, len(raw), HASH_BYTES)
    )


def tree_root(leaf_hashes: Iterable[bytes]) -> Hash32:
    """The root over these leaves.

    Raises:
        VerificationError: a leaf hash is not 32 bytes.
    """
    return Frontier.empty().extended(leaf_hashes).root()


def next_level(nodes: Sequence[bytes]) -> list[bytes]:
    """The nodes one level up: pairs hashed, a last one without sibling as it is."""
    return [*_paired(nodes), *(nodes[-1:] if len(nodes) & 1 else ())]


def require_hashes(what: str, hashes: Iterable[bytes]) -> None:
    """Returns only if every hash is exactly 32 bytes.

    Raises:
        VerificationError: one of them is not.
    """
    # One pass in C; the message is worked out only when it is needed.
    lengths = set(map(len, hashes))
    if not lengths <= {HASH_BYTES}:
        found = ", ".join(map(str, sorted(lengths - {HASH_BYTES})))
        raise VerificationError(
            "MODIFIED", None, f"{what}: expected {HASH_BYTES} bytes in each hash, found {found}"
        )


def _paired(nodes: Sequence[bytes]) -> list[bytes]:
    # The hot loop of every append and verification: node_hash written out, no call per node.
    return [
        sha256(b"\x01" + left + right).digest()
        for left, right in zip(nodes[::2], nodes[1::2], strict=False)
    ]
