"""Collects the checkpoints of other logs in a log of checkpoints.

Each checkpoint becomes one record, `log.checkpoint_collected`, whose event id follows from the
signed note: collecting again, or from two processes at once, adds nothing.

Invariant: only what a key of the other log signed is collected, so that nobody who can write into
its database puts a checkpoint of his own making under our anchors.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from ledger.events.log_integrity import LogCheckpointCollected
from ledger.evidence import identifier
from ledger.ledger import Ledger
from ledger.notes.checkpoint import KeyTerm, open_checkpoint
from ledger.opening import instant_of
from ledger.own_records import CHECKPOINTS
from ledger.store.checkpoints import CheckpointTable
from ledger.store.sealed_log import SealedLog
from ledger.stored import StoredCheckpoint

_LOOKED_AT: Final = (1, 32, 1024, 32_768)
"""How many of the newest are looked at, until one is found that was collected before."""


@dataclass(frozen=True, slots=True)
class Source:
    """Another log, with the keys that may sign it."""

    log: SealedLog
    terms: tuple[KeyTerm, ...]


def collect(ledger: Ledger, source: Source) -> int:
    """How many checkpoints of another log were new to a log of checkpoints; durable on return.

    Args:
        ledger: The log of checkpoints.
        source: The other one.

    Raises:
        VerificationError: a stored checkpoint is not signed by a key of its log (BAD_SIGNATURE,
            UNKNOWN_KEY); nothing was collected.
        FormatError: what is stored is no checkpoint.
        StoreUnavailable: a database cannot be used.
    """
    fresh = _uncollected(ledger, source.log)
    if not fresh:
        return 0
    events = [_event(ledger, source, row) for row in fresh]
    return sum(not receipt.duplicate for receipt in ledger.record_own_many(events))


def _uncollected(ledger: Ledger, log: SealedLog) -> Sequence[StoredCheckpoint]:
    """The checkpoints after the newest one that was collected, the oldest first."""
    table = CheckpointTable(log.engine, log.log_id)
    for limit in _LOOKED_AT:
        newest = table.newest_first(limit)
        fresh: list[StoredCheckpoint] = []
        for row in newest:
            if _is_collected(ledger, log.origin, row):
                return fresh[::-1]
            fresh.append(row)
        if len(newest) < limit:
            return fresh[::-1]
    return list(_after_collected(ledger, log.origin, table))


def _after_collected(
    ledger: Ledger, origin: str, table: CheckpointTable
) -> Iterator[StoredCheckpoint]:
    """The same where there are very many: every one is looked at."""
    return (row for row in table.scan() if not _is_collected(ledger, origin, row))


def _is_collected(ledger: Ledger, origin: str, row: StoredCheckpoint) -> bool:
    return ledger.log.index_of_event(_event_id(ledger, origin, row.note)) is not None


def _event_id(ledger: Ledger, origin: str, note: bytes) -> UUID:
    parts = b"collected\x00" + origin.encode() + b"\x00" + hashlib.sha256(note).digest()
    return identifier(None, ledger.vault.derived_bytes(parts))


def _event(ledger: Ledger, source: Source, row: StoredCheckpoint) -> LogCheckpointCollected:
    note = bytes(row.note)
    keys = [term.key for term in source.terms]
    opened = open_checkpoint(note, keys, terms=source.terms)
    return LogCheckpointCollected(
        event_id=_event_id(ledger, source.log.origin, note),
        occurred_at=instant_of(row.made_at_us),
        system=CHECKPOINTS,
        log_origin=opened.origin,
        tree_size=opened.size,
        root_sha256=opened.root.hex(),
        note_sha256=hashlib.sha256(note).hexdigest(),
        key_ids=tuple(signature.key.key_id.hex() for signature in opened.log_signatures),
    )
