"""Decides which leaf was committed at each of a few neighbouring indexes that do not fit together.

Three witnesses speak about the leaf at an index: the hash of the stored bytes, the `leaf_hash`
column beside them, and the `previous` line of the next record, or the head. The last one decides
if that next record is itself sound; otherwise two of the three do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.errors import MalformedRecord
from ledger.record import SealedRecord, decode_record, leaf_hash
from ledger.stored import RawRecord
from ledger.units import HASH_BYTES


@dataclass(frozen=True, slots=True)
class Candidate:
    """One stored row that claims an index."""

    row: RawRecord
    leaf: bytes
    """The hash of its bytes, whatever its `leaf_hash` column says."""
    record: SealedRecord | None
    """`None`: the bytes are no sealed record."""

    @classmethod
    def of(cls, row: RawRecord) -> "Candidate":
        """The row with its leaf hash and what its bytes say."""
        try:
            record = decode_record(row.sealed)
        except MalformedRecord:
            record = None
        return cls(row, leaf_hash(row.sealed), record)

    def is_at(self, index: int) -> bool:
        """Whether its bytes say that they are the record of this index."""
        return self.record is not None and self.record.index == index

    @property
    def states(self) -> bytes | None:
        """The leaf hash that its bytes give for the record before it."""
        return self.record.previous if self.record else None


@dataclass(frozen=True, slots=True)
class Place:
    """One index with the rows that claim it: one, none where it is missing, or several."""

    index: int
    candidates: list[Candidate]

    def holds(self, leaf: bytes | None) -> bool:
        """Whether one of its rows has this leaf hash."""
        return any(candidate.leaf == leaf for candidate in self.candidates)


def committed_leaves(places: Sequence[Place], last: bytes | None) -> list[bytes | None]:
    """The leaf committed at each of some consecutive places; `None` where nobody can tell.

    Args:
        places: In the order of their index.
        last: The leaf committed at the last of them, if a sound record or the head gives it.
    """
    records = {
        candidate.leaf: candidate.record for place in places for candidate in place.candidates
    }
    leaves: list[bytes | None] = []
    leaf, hint = last, None
    for place in reversed(places):
        if leaf is None:
            leaf = _likely(place, hint)
        leaves.append(leaf)
        # The committed record may stand at a wrong place: it is known by its leaf hash.
        record = records.get(leaf) if leaf else None
        leaf = record.previous if record else None
        hint = next((other.states for other in place.candidates), None)
    return leaves[::-1]


def _likely(place: Place, hint: bytes | None) -> bytes | None:
    """The leaf for which two of three witnesses speak.

    Args:
        place: The place in question.
        hint: What the next record says, which was changed itself.
    """
    for candidate in place.candidates:
        if candidate.is_at(place.index) and candidate.leaf in {candidate.row.leaf_hash, hint}:
            return candidate.leaf
    for candidate in place.candidates:
        column = candidate.row.leaf_hash
        # Bytes and column that agree on a record of another index say nothing about this one.
        if column != candidate.leaf and len(column) == HASH_BYTES:
            return column
    return None


def mistyped(row: RawRecord) -> Iterator[tuple[str, str]]:
    """The columns that hold something else than bytes where bytes belong, and what they hold."""
    for column in ("sealed", "leaf_hash", "stream"):
        value = getattr(row, column)
        if not isinstance(value, bytes | bytearray | memoryview):
            yield column, type(value).__name__


def well_typed(row: RawRecord) -> RawRecord:
    """The row with bytes where bytes belong, whatever type a damaged column has now."""
    return row._replace(
        sealed=_as_bytes(row.sealed),
        leaf_hash=_as_bytes(row.leaf_hash),
        stream=_as_bytes(row.stream),
        event_id=None if row.event_id is None else _as_bytes(row.event_id),
    )


def _as_bytes(value: object) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    return str(value).encode("utf-8", "surrogatepass")
