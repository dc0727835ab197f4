"""Compares the stored disclosures of one record with the digests sealed in it.

Every stored disclosure must open, hash to sealed digests and hold the fields that its column names;
every sealed digest must have a disclosure, unless its key was destroyed on purpose.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ledger.disclosure import decode_disclosure, disclosure_digest
from ledger.errors import VerificationError
from ledger.stored import StoredDisclosure
from ledger.verification.findings import Finding, FindingLog

Opener = Callable[[StoredDisclosure, bytes | None, str], list[bytes] | None]
"""Decrypts one stored disclosure for the event id (16 bytes) and the origin it is bound to.

Gives the disclosures inside, RFC 9901 texts; `None` when their key was erased on purpose. Raises
`VerificationError` when it does not decrypt.
"""

_NAMES_PARTED_BY: Final = ","


@dataclass(slots=True)
class DisclosureCheck:
    """Checks disclosures record by record and counts them."""

    opener: Opener | None
    findings: FindingLog
    opened: int = 0
    _unmatched: int = field(default=0, init=False)

    def check(
        self,
        index: int,
        event_id: bytes | None,
        origin: str,
        digests: Sequence[str],
        rows: Sequence[StoredDisclosure],
    ) -> None:
        """Compares the rows beside one sound record with its digests.

        Args:
            index: The index of the record.
            event_id: As the sealed bytes give it, 16 bytes.
            origin: As the sealed bytes give it.
            digests: The `_sd` of the sealed body.
            rows: The disclosure rows at that index.
        """
        if self.opener is None:
            # Unopened, the rows can only be counted: each names the fields that it opens.
            named = sum(len(_names(row)) for row in rows)
            self.findings.add_all(_missing(index, len(digests) - named))
            return
        uncovered = dict.fromkeys(digests)
        explained = 0
        for row in rows:
            self.opened += 1
            explained += self._check_row(self.opener, row, event_id, origin, uncovered)
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
                self.findings.add(
                    Finding("ERASED", row.index, place, "a disclosure", "an erased key")
                )
                return len(names)
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

    def _mismatch(self, row: StoredDisclosure, place: str, expected: str, found: str) -> None:
        self.findings.add(Finding("DISCLOSURE_MISMATCH", row.index, place, expected, found[:200]))


def homeless(row: StoredDisclosure) -> Finding:
    """The finding for a disclosure at an index that the log does not have."""
    return Finding(
        *("DISCLOSURE_MISMATCH", row.index, f"disclosure {row.fields}"),
        *("a record at this index", "none"),
    )


def _names(row: StoredDisclosure) -> list[str]:
    return str(row.fields).split(_NAMES_PARTED_BY)


def _missing(index: int, count: int) -> Iterator[Finding]:
    if count > 0:
        noun = "digest" if count == 1 else "digests"
        yield Finding("MISSING_PAYLOAD", index, "_sd", "a disclosure", f"none for {count} {noun}")
