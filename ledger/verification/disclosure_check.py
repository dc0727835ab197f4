"""Compares the stored disclosures of one record with the digests sealed in it.

Every stored disclosure must open, hash to sealed digests and hold the fields that its column names;
every sealed digest must have a disclosure, or a tombstone of an erasure that holds (`erasures`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol, runtime_checkable

from ledger.disclosure import base64url, decode_disclosure, disclosure_digest
from ledger.errors import VerificationError
from ledger.stored import RawDisclosure, StoredDisclosure, StoredTombstone
from ledger.units import HASH_BYTES
from ledger.verification.body_copies import SealedDigests
from ledger.verification.disclosure_page import fits
from ledger.verification.erasures import Erasures
from ledger.verification.findings import Finding, FindingLog

Opener = Callable[[StoredDisclosure, bytes | None, str], list[bytes] | None]
"""Decrypts one stored disclosure for the event id (16 bytes) and the origin it is bound to.

Gives the disclosures inside, RFC 9901 texts; `None` when there is no key any more, which only a
tombstone explains. Raises `VerificationError` when it does not decrypt.
"""


@runtime_checkable
class PageOpener(Protocol):
    """An opener that also decrypts the disclosures beside a page of records at once."""

    def __call__(
        self, disclosure: StoredDisclosure, event_id: bytes | None, origin: str, /
    ) -> list[bytes] | None:
        """What every `Opener` gives."""

    def open_page(
        self, rows: Sequence[RawDisclosure], event_ids: Sequence[bytes]
    ) -> list[bytes] | None:
        """What is inside each row, the RFC 9901 texts joined by `~`; `None` if any does not open.

        Args:
            rows: Any number, as plain tuples.
            event_ids: Of the record of each, 16 bytes.
        """


_NAMES_PARTED_BY: Final = ","


class Beside(NamedTuple):
    """What is stored beside one record."""

    disclosures: Sequence[StoredDisclosure] = ()
    tombstones: Sequence[StoredTombstone] = ()


@dataclass(slots=True)
class DisclosureCheck:
    """Checks disclosures record by record and counts them."""

    opener: Opener | None
    findings: FindingLog
    erasures: Erasures = field(default_factory=Erasures)
    opened: int = 0
    _unmatched: int = field(default=0, init=False)

    def passes(self, first: int, sealed: SealedDigests, rows: Sequence[RawDisclosure]) -> bool:
        """Whether all that stands beside consecutive records fits; if not, nothing is counted.

        Args:
            first: The index of the first record.
            sealed: What the records say.
            rows: All rows beside them, none of them a tombstone, in the order of the index.
        """
        opener = self.opener
        if not isinstance(opener, PageOpener) or not fits(opener.open_page, first, sealed, rows):
            return False
        self.opened += len(rows)
        return True

    def check(
        self,
        index: int,
        event_id: bytes | None,
        origin: str,
        digests: Sequence[str],
        beside: Beside,
    ) -> None:
        """Compares the rows beside one sound record with its digests.

        Args:
            index: The index of the record.
            event_id: As the sealed bytes give it, 16 bytes.
            origin: As the sealed bytes give it.
            digests: The `_sd` of the sealed body.
            beside: The disclosures and tombstones at that index.
        """
        uncovered = dict.fromkeys(digests)
        explained = 0
        for row in beside.disclosures:
            if self.opener is None:
                # Unopened, the rows can only be counted: each names the fields that it opens.
                explained += len(_names(row))
            else:
                self.opened += 1
                explained += self._check_row(self.opener, row, event_id, origin, uncovered)
        for tombstone in beside.tombstones:
            explained += self._check_tombstone(tombstone, uncovered)
        self.findings.add_all(_missing(index, len(uncovered) - explained))

    def _check_row(
        self,
        opener: Opener,
        row: StoredDisclosure,
        event_id: bytes | None,
        origin: str,
        uncovered: dict[str, None],
    ) -> int:
        """How many digests stay uncovered because of this row, which says why itself."""
        names = _names(row)
        place = f"disclosure {row.fields}"
        try:
            disclosures = opener(row, event_id, origin)
            if disclosures is None:
                return 0
            found = [decode_disclosure(disclosure)[1] for disclosure in disclosures]
        except VerificationError as error:
            self._mismatch(row, place, "a disclosure that opens", str(error))
            return len(names)
        if found != names:
            self._mismatch(row, "column fields", _NAMES_PARTED_BY.join(found), row.fields)
        foreign = 0
        for name, disclosure in zip(found, disclosures, strict=True):
            digest = disclosure_digest(disclosure)
            if digest not in uncovered:
                foreign += 1
                self._mismatch(row, f"disclosure {name}", "a digest of the record", digest)
            uncovered.pop(digest, None)
        return foreign

    def _check_tombstone(self, row: StoredTombstone, uncovered: dict[str, None]) -> int:
        """The same for what stands in the place of an erased disclosure."""
        place = f"disclosure {row.fields}"
        digests = digest_texts(row)
        told = self.erasures.told(row.requested_index)
        if told is None:
            found = self.erasures.fault_of(row.requested_index)
            self.findings.add(Finding("MISSING_PAYLOAD", row.index, place, "a disclosure", found))
            return len(digests)
        self.findings.add(
            Finding("ERASED", row.index, place, "a disclosure", f"erased by event {told}")
        )
        for digest in digests:
            if digest in uncovered:
                del uncovered[digest]
            else:
                self.findings.add(
                    Finding(
                        *("DISCLOSURE_MISMATCH", row.index, f"tombstone {row.fields}"),
                        *("a digest of the record that nothing opens", digest),
                    )
                )
        return 0

    def _mismatch(self, row: StoredDisclosure, place: str, expected: str, found: str) -> None:
        self.findings.add(Finding("DISCLOSURE_MISMATCH", row.index, place, expected, found[:200]))


def homeless(row: StoredDisclosure | StoredTombstone) -> Finding:
    """The finding for a disclosure or tombstone at an index that the log does not have."""
    noun = "disclosure" if isinstance(row, StoredDisclosure) else "tombstone"
    return Finding(
        *("DISCLOSURE_MISMATCH", row.index, f"{noun} {row.fields}"),
        *("a record at this index", "none"),
    )


def digest_texts(row: StoredTombstone) -> list[str]:
    """The digests as a record holds them; what is no whole digest is one that no record holds."""
    digests: object = row.digests  # SQLite keeps whatever somebody put there
    if not isinstance(digests, bytes):
        return [repr(digests)[:80]]
    starts = range(0, len(digests), HASH_BYTES)
    return [base64url(digests[start : start + HASH_BYTES]).decode() for start in starts]


def _names(row: StoredDisclosure) -> list[str]:
    return str(row.fields).split(_NAMES_PARTED_BY)


def _missing(index: int, count: int) -> Iterator[Finding]:
    if count > 0:
        noun = "digest" if count == 1 else "digests"
        yield Finding("MISSING_PAYLOAD", index, "_sd", "a disclosure", f"none for {count} {noun}")
