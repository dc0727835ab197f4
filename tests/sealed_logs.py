"""Small logs in memory for tests: rows as a store would give them, and an opener for them.

The disclosures are not encrypted but marked with what they are bound to, so that a changed byte, a
foreign event or a foreign subject is refused as an AEAD would refuse it.
"""

from array import array
from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, Self
from uuid import UUID

import msgspec

from ledger.body import sealed_body
from ledger.disclosure import disclosure_digest, encode_disclosure
from ledger.errors import VerificationError
from ledger.merkle import Frontier
from ledger.record import NO_PREVIOUS, SealedRecord, encode_record, leaf_hash
from ledger.stored import Head, RawRecord, StoredDisclosure, StoredTombstone
from ledger.units import Hash32, Index, Size
from ledger.verification.body_copies import microseconds_of
from ledger.verification.erasures import Erasures
from ledger.verification.findings import Report
from ledger.verification.log_check import verify_log

ORIGIN: Final = "log.example/zegel"
START: Final = datetime(2026, 3, 29, 0, 59, 59, 750_000, tzinfo=UTC)
_CHECK_BYTES: Final = 8


def uuid_of(number: int) -> UUID:
    """A fixed UUIDv7 with a number in it."""
    return UUID(f"0195e3a0-0000-7000-8000-{number:012x}")


def lock(origin: str, event_id: bytes | None, subject_id: UUID, plain: bytes) -> bytes:
    """The text behind a check over it and what it is bound to."""
    bound = b"|".join((origin.encode(), event_id or b"", subject_id.bytes, plain))
    return sha256(bound).digest()[:_CHECK_BYTES] + plain


def unlock(row: StoredDisclosure, event_id: bytes | None, origin: str) -> list[bytes]:
    """The disclosures of a row, if it is what `lock` gave for that origin, event and subject."""
    plain = row.ciphertext[_CHECK_BYTES:]
    if lock(origin, event_id, row.subject_id, plain) != row.ciphertext:
        raise VerificationError("DISCLOSURE_MISMATCH", row.index, "it does not open")
    return plain.split(b"~")


def tombstone_of(row: StoredDisclosure, requested_index: int, part: int = 0) -> StoredTombstone:
    """What stands in the place of a disclosure after an erasure."""
    texts = row.ciphertext[_CHECK_BYTES:].split(b"~")
    digests = b"".join(sha256(text).digest() for text in texts)
    return StoredTombstone(row.index, part, row.fields, digests, requested_index)


def erasures_of(requested_index: int, told_by: int) -> Erasures:
    """One erasure that holds."""
    return Erasures(array("q", [requested_index]), array("q", [told_by]))


@dataclass(frozen=True)
class SmallLog:
    """A log as stored; every method that changes it gives another one."""

    head: Head
    records: tuple[RawRecord, ...]
    disclosures: tuple[StoredDisclosure, ...]
    origin: str = ORIGIN

    def verify(self) -> Report:
        """The report on these rows."""
        return verify_log(self.origin, self.head, self.records, self.disclosures, unlock)

    def with_record(self, index: int, **columns: object) -> Self:
        """With columns of one row replaced."""
        changed = self.records[index]._replace(**columns)  # type: ignore[arg-type]  # any damage
        return self.with_rows(*self.records[:index], changed, *self.records[index + 1 :])

    def with_rows(self, *records: RawRecord) -> Self:
        """With other record rows."""
        return replace(self, records=records)

    def with_head(self, **columns: object) -> Self:
        """With columns of the head replaced."""
        return replace(self, head=replace(self.head, **columns))  # type: ignore[arg-type]  # any

    def rewritten(self, index: int, old: bytes, new: bytes) -> Self:
        """With bytes replaced in one record, and all that commits to it made to fit, head included.

        Nothing in the rows contradicts it, so what is wrong is in that record itself.
        """
        changed = self.resealed(index, old, new, links=True)
        leaves = [row.leaf_hash for row in changed.records]
        frontier = Frontier.empty().extended(leaves).hashes
        return changed.with_head(last_leaf_hash=Hash32(leaves[-1]), frontier=frontier)

    def with_disclosure(self, place: int, **columns: object) -> Self:
        """With columns of one disclosure row replaced."""
        changed = self.disclosures[place]._replace(**columns)  # type: ignore[arg-type]  # any
        return self.with_disclosures(
            *self.disclosures[:place], changed, *self.disclosures[place + 1 :]
        )

    def with_disclosures(self, *disclosures: StoredDisclosure) -> Self:
        """With other disclosure rows, in the order of their index."""
        return replace(self, disclosures=tuple(sorted(disclosures, key=lambda row: row.index)))

    def resealed(self, index: int, old: bytes, new: bytes, *, links: bool = False) -> Self:
        """With bytes replaced inside one record and its leaf hash made to fit.

        Args:
            index: The record.
            old: Bytes that stand in it.
            new: What they become.
            links: Also make every record after it, but not the head, fit.
        """
        rows = list(self.records)
        assert old in rows[index].sealed
        rows[index] = _rehashed(rows[index], rows[index].sealed.replace(old, new, 1))
        for place in range(index + 1, len(rows) if links else 0):
            before = base64_line(self.records[place - 1].leaf_hash)
            after = base64_line(rows[place - 1].leaf_hash)
            rows[place] = _rehashed(rows[place], rows[place].sealed.replace(before, after, 1))
        return self.with_rows(*rows)


def base64_line(leaf: bytes) -> bytes:
    """The hash as a `previous` line has it."""
    return b2a_base64(leaf)


def _rehashed(row: RawRecord, sealed: bytes) -> RawRecord:
    return row._replace(sealed=sealed, leaf_hash=leaf_hash(sealed))


def small_log(size: int, *, foreign_every: int = 0) -> SmallLog:
    """A log of `size` records with two disclosure rows each.

    Args:
        size: How many records.
        foreign_every: Every so many records one is no event: bytes of the library, no copies.
    """
    records: list[RawRecord] = []
    disclosures: list[StoredDisclosure] = []
    previous = NO_PREVIOUS
    for index in range(size):
        is_event = not foreign_every or index % foreign_every
        row, beside = _event(index, previous) if is_event else (_foreign(index, previous), [])
        records.append(row)
        disclosures += beside
        previous = Hash32(row.leaf_hash)
    frontier = Frontier.empty().extended(row.leaf_hash for row in records)
    newest = _recorded_at(size - 1) if size else None
    head = Head(ORIGIN, Size(size), previous, newest, frontier.hashes)
    return SmallLog(head, tuple(records), tuple(disclosures))


def _recorded_at(index: int) -> datetime:
    return START + timedelta(microseconds=index // 3 * 100_001)


def _event(index: int, previous: Hash32) -> tuple[RawRecord, list[StoredDisclosure]]:
    event_id = uuid_of(1000 + index)
    occurred_at = START - timedelta(seconds=index)
    beside = [
        _disclosure(index, event_id, uuid_of(77), ["actor"]),
        _disclosure(index, event_id, uuid_of(78), ["note", "subjects/0"]),
    ]
    public = {
        "kind": "access.used.v1",
        "event_id": str(event_id),
        "occurred_at": msgspec.to_builtins(occurred_at),
        "resource": "customer-file",
    }
    if index % 2:
        public["system"] = "infactor-web"
    digests = [disclosure_digest(text) for row in beside for text in row.ciphertext[8:].split(b"~")]
    body = sealed_body(public, digests)
    row = _row(index, previous, "access.used.v1", body)
    copies = {
        "event_id": event_id.bytes,
        "occurred_at_us": microseconds_of(occurred_at),
        "system": public.get("system"),
    }
    return row._replace(**copies), beside  # type: ignore[arg-type]  # as their columns want them


def _disclosure(
    index: int, event_id: UUID, subject_id: UUID, names: Sequence[str]
) -> StoredDisclosure:
    texts = [
        encode_disclosure(sha256(f"{index} {name}".encode()).digest()[:16], name, f"v{index}")
        for name in names
    ]
    ciphertext = lock(ORIGIN, event_id.bytes, subject_id, b"~".join(texts))
    return StoredDisclosure(Index(index), subject_id, ",".join(names), ciphertext)


def _foreign(index: int, previous: Hash32) -> RawRecord:
    return _row(index, previous, "library:Opened", b'{"amount": 3}' if index % 2 else b"\x00\xff")


def _row(index: int, previous: Hash32, kind: str, body: bytes) -> RawRecord:
    recorded_at, stream = _recorded_at(index), uuid_of(index)
    record = SealedRecord(ORIGIN, Index(index), previous, recorded_at, stream, 1, kind, body)
    sealed = encode_record(record)
    return RawRecord(
        *(index, sealed, leaf_hash(sealed), stream.bytes, 1, kind, None),
        *(microseconds_of(recorded_at), None, None),
    )
