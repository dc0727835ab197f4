"""The stored rows that a verification takes, and how it opens them, whatever is written meanwhile.

A verification is about the records that the head counted when it began: rows that are appended
later stay out of it, while strays beyond the head stay in.
"""

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from ledger.opening import PAGE_RECORDS
from ledger.store.sealed_log import SealedLog
from ledger.stored import RawRecord, StoredDisclosure
from ledger.units import Size
from ledger.vault.vault import Vault
from ledger.verification.disclosure_check import Opener

Row = TypeVar("Row", RawRecord, StoredDisclosure)


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
