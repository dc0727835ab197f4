"""The stored rows that a verification takes, and how it opens them, whatever is written meanwhile.

A verification is about the records that the head counted when it began: rows that are appended
later stay out of it, while strays beyond the head stay in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from operator import itemgetter
from typing import Final, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag

from ledger.store.sealed_log import SealedLog
from ledger.stored import RawDisclosure, RawRecord, StoredDisclosure, StoredTombstone
from ledger.units import Size
from ledger.vault.disclosures import Subject, decrypt_disclosures, record_binding
from ledger.vault.keys import NONCE_BYTES
from ledger.vault.vault import Vault
from ledger.verification.erasures import ErasureRecords, Erasures, judge_erasures
from ledger.verification.log_check import Erased

Row = TypeVar("Row", RawRecord, RawDisclosure, StoredTombstone)

_KEPT_SUBJECTS: Final = 8_000
"""About 20 MB of keys that are ready for use."""
_subject_of: Final = itemgetter(1)


def raw_records(log: SealedLog, first: int, size: Size) -> Iterator[RawRecord]:
    """The records from an index on, settled at that size, as plain tuples."""
    return chain.from_iterable(settled(log, log.raw_record_pages(first), size))


def raw_disclosures(log: SealedLog, first: int, size: Size) -> Iterator[RawDisclosure]:
    """The disclosures from an index on, settled at that size, as plain tuples."""
    return chain.from_iterable(settled(log, log.raw_disclosure_pages(first), size))


def tombstones(log: SealedLog, first: int, size: Size) -> Iterator[StoredTombstone]:
    """What stands where disclosures of the records from an index on were erased, settled too."""
    single = ((row,) for row in log.erasures.scan(first))
    return chain.from_iterable(settled(log, single, size))


def settled(log: SealedLog, pages: Iterable[Sequence[Row]], size: Size) -> Iterator[Sequence[Row]]:
    """The rows without those appended after the head had that size; strays beyond it stay.

    Args:
        log: Which log.
        pages: Rows in the order of their index.
        size: Of the head when the verification began.
    """
    for page in pages:
        # Whoever changed the database may have put a text where an index belongs; it sorts last.
        last: object = page[-1][0] if page else 0
        if isinstance(last, int) and last < size:
            yield page
            continue
        # A row and the head over it become visible together, so a newer head covers it.
        newest = log.head().size
        yield [row for row in page if not _is_between(row[0], size, newest)]


def _is_between(index: object, size: int, newest: int) -> bool:
    return isinstance(index, int) and size <= index < newest


class VaultOpener:
    """Decrypts disclosures of the log of one vault, also those of a page at once."""

    def __init__(self, vault: Vault) -> None:
        """Reads nothing yet."""
        self._vault = vault
        self._binding = record_binding(vault.keys.origin.encode(), b"")
        self._subjects: dict[bytes, Subject] = {}
        self._generation = vault.generation

    def __call__(
        self, disclosure: StoredDisclosure, event_id: bytes | None, _origin: str, /
    ) -> list[bytes] | None:
        """The RFC 9901 disclosures of one row; `None` when its subject was erased.

        Raises:
            VerificationError: it does not decrypt, or no such subject was ever stored.
        """
        subject = self._subjects.get(disclosure.subject_id.bytes)
        if subject is None or event_id is None:
            return self._vault.texts_of(disclosure, event_id)
        return decrypt_disclosures(subject, self._binding + event_id, disclosure.ciphertext)

    def open_page(
        self, rows: Sequence[RawDisclosure], event_ids: Sequence[bytes]
    ) -> list[bytes] | None:
        """What is inside each row; `None` if one does not open, or its subject was erased."""
        known = self._known(set(map(_subject_of, rows)))
        binding = self._binding
        try:
            return [
                known[subject_id].cipher.decrypt(
                    text[:NONCE_BYTES], text[NONCE_BYTES:], binding + event_id + subject_id
                )
                for (_, subject_id, _, text), event_id in zip(rows, event_ids, strict=True)
            ]
        except (InvalidTag, ValueError, TypeError, KeyError):
            return None

    def _known(self, subject_ids: set[bytes]) -> Mapping[bytes, Subject]:
        """These subjects; those that nobody can open any more are left out.

        A key that was erased since is dropped here when the vault drops it.
        """
        if self._vault.generation != self._generation or len(self._subjects) > _KEPT_SUBJECTS:
            self._generation = self._vault.generation
            self._subjects = {}
        missing = [UUID(bytes=each) for each in subject_ids.difference(self._subjects)]
        if missing:
            found = self._vault.subjects.unremembered(missing)
            self._subjects.update((each.id_bytes, each) for each in found)
        return self._subjects


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
    rows = log.erasures.by_erasure()
    if requests is not None:
        rows = chain.from_iterable(map(log.erasures.of_erasure, sorted(requests)))
    records = ErasureRecords(
        sealed_at=lambda index: None if (row := log.record_at(index)) is None else row.sealed,
        confirmation_of=log.erasures.confirmation_of,
        under_way={job.requested_index for job in log.erasures.pending()},
    )
    return judge_erasures(rows, records)


def erased_of(log: SealedLog, first: int, size: Size) -> Erased:
    """What was erased of the records from an index on."""
    return Erased(tombstones(log, first, size), erasures_of(log, first))
