"""The stored rows that a verification takes, and how it opens them, whatever is written meanwhile.

A verification is about the records that the head counted when it began: rows that are appended
later stay out of it, while strays beyond the head stay in.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import chain, islice
from typing import TypeVar

from ledger.opening import PAGE_RECORDS
from ledger.store.sealed_log import SealedLog
from ledger.stored import RawRecord, StoredDisclosure, StoredTombstone
from ledger.units import Size
from ledger.vault.vault import Vault
from ledger.verification.disclosure_check import Opener
from ledger.verification.erasures import ErasureRecords, Erasures, judge_erasures
from ledger.verification.log_check import Erased

Row = TypeVar("Row", RawRecord, StoredDisclosure, StoredTombstone)


def settled(log: SealedLog, rows: Iterator[Row], size: Size) -> Iterator[Row]:
    """The rows without those appended after the head had that size; strays beyond it stay."""
    for row in rows:
        index: object = row.index  # whoever changed the database may have put a text there
        # A row and the head over it become visible together, so a newer head covers it.
        if not isinstance(index, int) or index < size or index >= log.head().size:
            yield row


def with_keys(vault: Vault, rows: Iterator[StoredDisclosure]) -> Iterator[StoredDisclosure]:
    """The same rows; the keys of a page of them are brought into memory with one query."""
    while page := list(islice(rows, PAGE_RECORDS)):
        vault.load(each.subject_id for each in page)
        yield from page


def opener_of(vault: Vault) -> Opener:
    """Decrypts disclosures of the log of this vault."""
    return lambda disclosure, event_id, _: vault.texts_of(disclosure, event_id)


def erasures_of(
    log: SealedLog, first: int = 0, *, requests: AbstractSet[int] | None = None
) -> Erasures:
    """The erasures that erased anything from an index on, judged by all that they erased.

    Args:
        log: Where they are.
        first: The index.
        requests: Only these.
    """
    if requests is None and first > 0:
        requests = log.erasures.requests_since(first)
    tombstones = log.erasures.by_erasure()
    if requests is not None:
        tombstones = chain.from_iterable(map(log.erasures.of_erasure, sorted(requests)))
    records = ErasureRecords(
        sealed_at=lambda index: None if (row := log.record_at(index)) is None else row.sealed,
        confirmation_of=log.erasures.confirmation_of,
        under_way={job.requested_index for job in log.erasures.pending()},
    )
    return judge_erasures(tombstones, records)


def erased_of(log: SealedLog, first: int, size: Size) -> Erased:
    """What was erased of the records from an index on."""
    tombstones = settled(log, log.erasures.scan(first), size)
    return Erased(tombstones, erasures_of(log, first))
