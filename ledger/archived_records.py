"""Pruned records, read again from the archives that they were exported to.

Who needs every record of a log, as a rebuild of views does, gets the pruned ones from here: the
same rows, their columns read from the sealed bytes. What is here was verified under the log's keys
when the archive was opened.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from ledger.errors import RecordsPruned, VerificationError
from ledger.notes.entry_bundles import decode_bundle
from ledger.notes.tile_paths import encode_path
from ledger.notes.tiles import TILE_WIDTH, BundleId
from ledger.record import decode_record, leaf_hash
from ledger.stored import StoredRecord
from ledger.units import Index
from ledger.verification.body_copies import microseconds_of, read_copies

_RUN: Final = TILE_WIDTH


@dataclass(frozen=True, slots=True)
class OpenArchive:
    """One archive, verified."""

    first: int
    stop: int
    """It holds the records from `first` up to here; both are multiples of 256."""
    read: Callable[[str], bytes]
    """Gives a file by its path."""


class ArchivedRecords:
    """The first records of a log, from archives that follow each other without a gap."""

    def __init__(self, archives: Sequence[OpenArchive], minimum: int) -> None:
        """Takes verified archives of one log.

        Args:
            archives: In any order.
            minimum: Of the log: so far they have to reach, from index 0 on.

        Raises:
            RecordsPruned: records are missing between them, or after the last.
        """
        self._archives = sorted(archives, key=lambda one: one.first)
        self.stop = minimum
        reached = 0
        for archive in self._archives:
            if archive.first > reached:
                break
            reached = max(reached, archive.stop)
        if reached < minimum:
            raise RecordsPruned(
                f"archives: expected every record from 0 to {minimum - 1}, found none of {reached}"
            )

    def scan(self, start: int, stop: int) -> Iterator[StoredRecord]:
        """The records from an index up to another, in order."""
        for first in range(start // _RUN * _RUN, stop, _RUN):
            for row in self._run(first):
                if start <= row.index < stop:
                    yield row

    def _run(self, first: int) -> Iterator[StoredRecord]:
        archive = next(one for one in self._archives if one.first <= first < one.stop)
        bundle = BundleId(first // TILE_WIDTH)
        for sealed in decode_bundle(bundle, archive.read(encode_path(bundle))):
            yield stored_again(sealed)


def stored_again(sealed: bytes) -> StoredRecord:
    """The row that a record had, from its sealed bytes alone.

    Raises:
        VerificationError: they are no record (MODIFIED).
    """
    record = decode_record(sealed)
    copies = read_copies(record.kind, record.body)
    if copies is None:
        raise VerificationError("MODIFIED", record.index, "expected an event's bytes, found others")
    event_id = copies.event_id_bytes()
    return StoredRecord(
        index=Index(record.index),
        sealed=sealed,
        leaf_hash=leaf_hash(sealed),
        stream=record.stream,
        version=record.version,
        kind=record.kind,
        event_id=None if event_id is None else UUID(bytes=event_id),
        recorded_at_us=microseconds_of(record.recorded_at),
        occurred_at_us=copies.occurred_at_us(),
        system=copies.system,
    )
