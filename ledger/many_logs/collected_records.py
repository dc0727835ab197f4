"""Reads collected checkpoints from the records of a log of checkpoints; nothing is verified."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.body import join_body
from ledger.errors import FormatError, VerificationError
from ledger.events.log_integrity import LogCheckpointCollected
from ledger.own_records import CHECKPOINTS
from ledger.record import decode_record
from ledger.store.query import RecordQuery
from ledger.store.sealed_log import SealedLog
from ledger.stored import StoredRecord, stored_bytes

NEWEST_COLLECTED: Final = 1024
"""How many collected checkpoints, of any log, are looked at where not all are."""

_KINDS: Final = ("log.checkpoint_collected.v1",)


@dataclass(frozen=True, slots=True)
class Collected:
    """One checkpoint of another log, as a record of a log of checkpoints says it."""

    index: int
    """Of that record."""
    origin: str
    """The name of the other log."""
    size: int
    root: bytes
    note_sha256: bytes


def collected_rows(log: SealedLog, *, everything: bool) -> Iterator[StoredRecord]:
    """The records of collected checkpoints: all in their order, or the newest first.

    Args:
        log: A log of checkpoints.
        everything: Whether all are wanted, or the newest 1,024.
    """
    if everything:
        return log.find(RecordQuery(kinds=_KINDS, system=CHECKPOINTS))
    return log.find(_newest(None))


def collected_in(row: StoredRecord) -> Collected | None:
    """What a record says of another log; `None` if it says nothing of one.

    The columns of the row are copies: what was sealed decides.

    Raises:
        VerificationError: its bytes are no record.
        FormatError: likewise.
    """
    event = join_body(decode_record(stored_bytes(row.sealed)).body, {})
    if not isinstance(event, LogCheckpointCollected) or event.system != CHECKPOINTS:
        return None
    return Collected(
        int(row.index),
        event.log_origin,
        event.tree_size,
        bytes.fromhex(event.root_sha256),
        bytes.fromhex(event.note_sha256),
    )


def newest_collected(log: SealedLog, size: int) -> dict[str, int]:
    """The size of the largest checkpoint of each log among the first records, by its name.

    Args:
        log: A log of checkpoints.
        size: How many of its records count; of those the newest 1,024 are looked at.
    """
    found: dict[str, int] = {}
    for row in log.find(_newest(size)):
        try:
            one = collected_in(row)
        except (VerificationError, FormatError):
            continue  # verifying reports it
        if one is not None:
            found[one.origin] = max(one.size, found.get(one.origin, 0))
    return found


def _newest(stop: int | None) -> RecordQuery:
    return RecordQuery(
        kinds=_KINDS, system=CHECKPOINTS, stop=stop, reverse=True, limit=NEWEST_COLLECTED
    )
