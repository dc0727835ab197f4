"""Hands stored disclosures and tombstones to their check, as sound records come by.

All come in the order of the index; a page of each waits at a time. Rows of records that are not
sound are passed over: nobody can say what belongs there.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from operator import itemgetter
from typing import Any, Final, cast
from uuid import UUID

from ledger.stored import RawDisclosure, StoredDisclosure, StoredTombstone
from ledger.verification.body_copies import SealedDigests
from ledger.verification.disclosure_check import Beside, DisclosureCheck, homeless
from ledger.verification.findings import FindingLog

_NONE_WAITING: Final = 2**63
_PAGE_ROWS: Final = 512
_index_of: Final = itemgetter(0)

Row = tuple[Any, ...]


class DisclosuresBeside:
    """One pass over the rows beside a walk over records."""

    def __init__(
        self,
        disclosures: Iterable[StoredDisclosure | RawDisclosure],
        tombstones: Iterable[StoredTombstone],
        check: DisclosureCheck | None,
        findings: FindingLog,
    ) -> None:
        """Takes the first rows; without a check nothing is compared."""
        self._disclosures = _Waiting(disclosures, findings)
        self._tombstones = _Waiting(tombstones, findings)
        self._check = check
        self._findings = findings

    @property
    def taken(self) -> int:
        """How many disclosures came by."""
        return self._disclosures.taken

    @property
    def opened(self) -> int:
        """How many of them were opened and compared."""
        return 0 if self._check is None else self._check.opened

    def accept(self, origin: str, first: int, sealed: SealedDigests) -> None:
        """Checks what stands beside consecutive sound records."""
        if self._check is None:
            return
        stop = first + len(sealed.digests)
        rows = self._disclosures.between(first, stop)
        graves = self._tombstones.between(first, stop)
        tombstones = _by_index(graves)
        # Few records lost anything, and those that did not are judged together all the same.
        others = [row for row in rows if row[0] not in tombstones] if graves else rows
        passed = self._check.passes(
            first,
            sealed.without(first, tombstones) if graves else sealed,
            cast("Sequence[RawDisclosure]", others),
        )
        if passed and not graves:
            return
        disclosures = _by_index(rows)
        for index, event_id, digests in zip(
            range(first, stop), sealed.event_ids, sealed.digests, strict=True
        ):
            if passed and index not in tombstones:
                continue
            beside = Beside(disclosures.get(index, ()), tombstones.get(index, ()))
            if digests or beside.disclosures or beside.tombstones:
                self._check.check(index, event_id, origin, digests, beside)

    def refuse_homeless(self, stored: int) -> None:
        """Takes the rest, and names each row whose index is not below that many records."""
        for waiting in (self._disclosures, self._tombstones):
            for row in chain.from_iterable(waiting.before(_NONE_WAITING)):
                if not 0 <= row[0] < stored:
                    self._findings.add(homeless(_named(row)))


class _Waiting:
    """Rows in the order of their index, of which a page waits."""

    def __init__(self, rows: Iterable[Row], findings: FindingLog) -> None:
        self.index: int = _NONE_WAITING
        """Of the row that waits first."""
        self.taken = 0
        self._rows: Iterator[Row] = iter(rows)
        self._findings = findings
        self._page: list[Row] = []
        self._place = 0
        self._is_even = True
        """Whether every index of the page is a number."""
        self._move_to(0)

    def between(self, first: int, stop: int) -> list[Row]:
        """The rows from one index below another; those before it are passed over."""
        if self.index >= stop:
            return []
        found: list[Row] = []
        for rows in self.before(stop):
            if rows[0][0] >= first:
                found += rows
                continue
            for row in rows:
                if row[0] >= first:
                    found.append(row)
                elif row[0] < 0:
                    self._findings.add(homeless(_named(row)))
        return found

    def before(self, stop: int) -> Iterator[list[Row]]:
        """The rows below an index, some at a time."""
        while self.index < stop:
            page, place = self._page, self._place
            end = bisect_left(page, stop, place, key=_index_of) if self._is_even else place + 1
            self._move_to(end)
            yield page[place:end]

    def _move_to(self, place: int) -> None:
        """Lets the next row wait whose index is one."""
        while True:
            for at in range(place, len(self._page)):
                row = self._page[at]
                if isinstance(row[0], int):
                    self._place, self.index = at, row[0]
                    return
                # SQLite keeps whatever somebody put there.
                self._findings.add(replace(homeless(_named(row)), index=None))
            self._page, place = list(islice(self._rows, _PAGE_ROWS)), 0
            self.taken += len(self._page)
            if not self._page:
                self.index = _NONE_WAITING
                return
            self._is_even = {*map(type, map(_index_of, self._page))} == {int}


def _by_index(rows: Iterable[Row]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(_named(row))
    return found


def _named(row: Row) -> StoredDisclosure | StoredTombstone:
    """The row with names for its columns, as what judges single rows wants it."""
    if isinstance(row, StoredDisclosure | StoredTombstone):
        return row
    index, subject_id, fields, ciphertext = row
    return StoredDisclosure(index, UUID(bytes=subject_id), fields, ciphertext)
