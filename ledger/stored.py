"""Rows as the store gives them: bytes and the columns that copy them, nothing verified yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ledger.units import Hash32, Index, Size


class StoredRecord(NamedTuple):
    """One row of the record table; verification compares every column with `sealed`."""

    index: Index  # type: ignore[assignment]  # hides tuple.index, which no row needs
    sealed: bytes
    leaf_hash: bytes
    stream: UUID
    version: int
    kind: str
    event_id: UUID | None
    recorded_at_us: int
    """Microseconds since 1970-01-01T00:00:00Z."""
    occurred_at_us: int | None
    system: str | None


class RawRecord(NamedTuple):
    """The same row with ids as 16 raw bytes, as both drivers can give them.

    Making a `UUID` costs more than hashing the record: the full verification reads these.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which no row needs
    sealed: bytes
    leaf_hash: bytes
    stream: bytes
    version: int
    kind: str
    event_id: bytes | None
    recorded_at_us: int
    occurred_at_us: int | None
    system: str | None


class StoredDisclosure(NamedTuple):
    """One row of the disclosure table."""

    index: Index  # type: ignore[assignment]  # hides tuple.index, which no row needs
    subject_id: UUID
    fields: str
    """The names inside, in order, parted by commas: `actor,subjects/0`."""
    ciphertext: bytes


class RawDisclosure(NamedTuple):
    """The same row with the id as 16 raw bytes, for the full verification."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which no row needs
    subject_id: bytes
    fields: str
    ciphertext: bytes


class StoredTombstone(NamedTuple):
    """One row of the table of erased disclosures."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which no row needs
    part: int
    """Counts the erased disclosures of one record from 0."""
    fields: str
    """The names that were inside, in order, parted by commas."""
    digests: bytes
    """What nothing opens any more, 32 bytes for each field; empty if it could not be opened."""
    requested_index: int
    """The record that asked for the erasure."""


class StoredCheckpoint(NamedTuple):
    """One row of the checkpoint table; verification compares its columns with the note."""

    size: int
    made_at_us: int
    """When the signer stored it, microseconds since 1970-01-01T00:00:00Z; nobody signed this."""
    root: bytes
    note: bytes
    """The signed note, verbatim."""


class StoredMinimum(NamedTuple):
    """The row that says below which index records were removed, nothing verified."""

    minimum: int
    """The lowest index that is kept; a multiple of 256."""
    frontier: bytes
    """Of the tree over the removed records."""
    last_leaf_hash: bytes
    """Of the last removed record: the first one that is kept names it."""
    last_recorded_at_us: int


class StoredPruning(NamedTuple):
    """One decision to remove the records below an index."""

    minimum: int
    recorded_index: int
    """Where `log.retention_executed` says so."""
    manifest_sha256: bytes
    """Of the export that holds the removed records."""
    exported_as: str
    """The name that the export was given; for people."""


class StoredArchiving(NamedTuple):
    """One decision to move the sealed bytes below an index to an archive."""

    stop: int
    """The lowest index whose bytes stay."""
    recorded_index: int
    """Where `log.retention_executed` says so."""
    manifest_sha256: bytes
    """Over the manifests of the segments that it moves, one after the other."""


class StoredSegment(NamedTuple):
    """One segment whose sealed bytes are in the archive alone."""

    first: int
    stop: int
    manifest: bytes
    """The signed note, verbatim."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head row: how far the log goes and the hashes that commit to all of it."""

    origin: str
    size: Size
    last_leaf_hash: Hash32
    last_recorded_at: datetime | None
    frontier: tuple[Hash32, ...]
    """Roots of the perfect subtrees of the tree, from left to right."""


def stored_bytes(found: object) -> bytes:
    """Bytes as they were stored, also where somebody made a text of them: damage must be shown."""
    return found if isinstance(found, bytes) else str(found).encode(errors="surrogateescape")
