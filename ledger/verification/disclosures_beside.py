"""Hands stored disclosures and tombstones to their check, as sound records come by.

All come in the order of the index, so one row of each waits at a time. Rows of records that are not
sound are passed over: nobody can say what belongs there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, Generic, TypeVar

from ledger.stored import StoredDisclosure, StoredTombstone
from ledger.verification.body_copies import BodyCopies
from ledger.verification.disclosure_check import Beside, DisclosureCheck, homeless
from ledger.verification.findings import FindingLog

_NONE_WAITING: Final = 2**63

Row = TypeVar("Row", StoredDisclosure, StoredTombstone)


class DisclosuresBeside:
    """One pass over the rows beside a walk over records."""

    def __init__(
        self,
        disclosures: Iterable[StoredDisclosure],
        tombstones: Iterable[StoredTombstone],
        check: DisclosureCheck | None,
        findings: FindingLog,
    ) -> None:
        """Takes the first rows; without a check nothing is compared."""
        self._disclosures = _Waiting(disclosures, findings)
        self._tombstones = _Waiting(tombstones, findings)
        self._check = check

    @property
    def taken(self) -> int:
        """How many disclosures came by."""
        return self._disclosures.taken

    @property
    def opened(self) -> int:
        """How many of them were opened and compared."""
        return 0 if self._check is None else self._check.opened

    def accept(self, origin: str, first: int, copies: Sequence[BodyCopies]) -> None:
        """Checks what stands beside consecutive sound records."""
        if self._check is None:
            return
        disclosures, tombstones = self._disclosures, self._tombstones
        for index, one in enumerate(copies, first):
            if one.digests or disclosures.index <= index or tombstones.index <= index:
                # Few records lost anything: of most, only the disclosures are asked for.
                gone = tombstones.at(index) if tombstones.index <= index else ()
                beside = Beside(disclosures.at(index), gone)
                if one.digests or beside.disclosures or gone:
                    self._check.check(index, one.event_id_bytes(), origin, one.digests, beside)

    def refuse_homeless(self, stored: int) -> None:
        """Takes the rest, and names each row whose index is not below that many records."""
        self._disclosures.refuse_homeless(stored)
        self._tombstones.refuse_homeless(stored)


class _Waiting(Generic[Row]):
    """Rows in the order of their index, of which one waits."""

    def __init__(self, rows: Iterable[Row], findings: FindingLog) -> None:
        self.index: int = _NONE_WAITING
        """Of the row that waits."""
        self.taken = 0
        self._rows: Iterator[Row] = iter(rows)
        self._findings = findings
        self._row: Row | None = None
        self._advance()

    def at(self, index: int) -> Sequence[Row]:
        """The rows of an index; those before it are passed over."""
        if self.index > index:
            return ()
        found: list[Row] = []
        while self._row is not None and self.index <= index:
            if self.index == index:
                found.append(self._row)
            elif self.index < 0:
                self._findings.add(homeless(self._row))
            self._advance()
        return found

    def refuse_homeless(self, stored: int) -> None:
        while self._row is not None:
            if not 0 <= self.index < stored:
                self._findings.add(homeless(self._row))
            self._advance()

    def _advance(self) -> None:
        for row in self._rows:
            self.taken += 1
            index: object = row.index  # SQLite keeps whatever somebody put there
            if isinstance(index, int):
                self._row, self.index = row, index
                return
            self._findings.add(replace(homeless(row), index=None))
        self._row, self.index = None, _NONE_WAITING
