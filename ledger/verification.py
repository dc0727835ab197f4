"""Verifies a whole log from its stored rows: every byte of every record, column and head.

Pure and streaming: rows in, a report out, memory flat whatever the length of the log. What holds if
the outcome is `valid`:

- every record below the size of the head is there, once, with the bytes that the head commits to
  through each record's `previous` and through the frontier of the tree;
- every column is what the sealed bytes beside it say, and recorded_at never goes back;
- every disclosure that was opened hashes to a digest sealed in its record, and no sealed digest is
  without a disclosure, unless the key was destroyed on purpose (`ERASED`, no fault).

What stored rows alone cannot show: a history rewritten with all its hashes, columns and head is
consistent in itself. It is found only against a checkpoint that was kept elsewhere.

Source: docs/reference/format.md; the trust model is that of RFC 6962 §7.3.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

from ledger.chain import ChainWalk
from ledger.disclosure_check import DisclosureCheck, Opener, homeless
from ledger.findings import Finding, FindingLog, Report
from ledger.head_check import Beyond, close_walk
from ledger.row_check import copy_findings, is_copied, read_copies
from ledger.stored import Head, RawRecord, StoredDisclosure, StoredRecord
from ledger.units import Size

PROGRESS_RECORDS: Final = 4096


def ignore_progress(records_checked: int) -> None:
    """Takes the number of records checked so far, and does nothing with it."""


def verify_log(  # noqa: PLR0917 - all of one log, in the order of the tables
    origin: str,
    head: Head,
    records: Iterable[StoredRecord | RawRecord],
    disclosures: Iterable[StoredDisclosure],
    opener: Opener | None,
    progress: Callable[[int], None] = ignore_progress,
) -> Report:
    """What verifying every stored row of one log found; broken evidence is reported, never raised.

    Args:
        origin: The name of the log, as its log row or the caller's configuration gives it.
        head: The head row.
        records: Every record row in the order of the index. `RawRecord` is faster by half.
        disclosures: Every disclosure row in the order of the index.
        opener: Decrypts a disclosure; without one, disclosures are only counted.
        progress: Called now and then with the number of records checked.
    """
    findings = FindingLog()
    run = _Verification(origin, head, disclosures, DisclosureCheck(opener, findings), findings)
    return run.verify(records, progress)


class _Verification:
    """One run: merges the two streams of rows and hands each to what judges it."""

    def __init__(
        self,
        origin: str,
        head: Head,
        disclosures: Iterable[StoredDisclosure],
        check: DisclosureCheck,
        findings: FindingLog,
    ) -> None:
        self._origin = origin
        self._head = head
        self._findings = findings
        self._walk = ChainWalk(origin, findings, self._accept)
        self._beyond = Beyond(head.size)
        self._check = check
        self._disclosures = iter(disclosures)
        self._disclosures_taken = 0
        self._waiting: StoredDisclosure | None = None
        self._advance()

    def verify(
        self, records: Iterable[StoredRecord | RawRecord], progress: Callable[[int], None]
    ) -> Report:
        """Takes every row and gives the report."""
        checked = 0
        for checked, stored in enumerate(records, 1):
            self._take(stored)
            if not checked % PROGRESS_RECORDS:
                progress(checked)
        self._disclosures_at(self._head.size - 1)
        self._refuse_homeless()
        self._compare_origin()
        close_walk(self._head, self._walk, self._beyond, self._findings)
        progress(checked)
        return Report(
            origin=self._origin,
            size=Size(self._head.size),
            root=self._walk.leaves.frontier().root(),
            records_checked=checked,
            disclosures_checked=self._check.opened,
            disclosures_unopened=self._disclosures_taken - self._check.opened,
            findings=self._findings.in_order(),
            counts=dict(self._findings.counts),
        )

    def _take(self, stored: StoredRecord | RawRecord) -> None:
        row = stored if isinstance(stored, RawRecord) else _raw(stored)
        index: object = row.index
        if not isinstance(index, int):
            self._findings.add(Finding("INSERTED", None, "column idx", "a number", repr(index)))
        elif index < self._head.size:
            self._walk.take(row, self._disclosures_at(index))
        else:
            self._beyond.take(row)

    def _accept(
        self,
        row: RawRecord,
        header: tuple[str, str],
        body: bytes,
        disclosures: Sequence[StoredDisclosure],
    ) -> None:
        """Checks what stands beside a sound record: copies of its body, disclosures."""
        origin, kind = header
        copies = read_copies(kind, body)
        if copies is None or not is_copied(row, copies):
            self._findings.add_all(copy_findings(row, kind, copies))
        digests = copies.digests if copies else ()
        if digests or disclosures:
            event_id = copies.event_id if copies else None
            self._check.check(row.index, event_id, origin, digests, disclosures)

    def _disclosures_at(self, index: int) -> Sequence[StoredDisclosure]:
        """The disclosures of one record; those of records that are gone are passed over."""
        waiting = self._waiting
        if waiting is None or waiting.index > index:
            return ()
        found: list[StoredDisclosure] = []
        while waiting is not None and waiting.index <= index:
            if waiting.index == index:
                found.append(waiting)
            elif waiting.index < 0:
                self._findings.add(homeless(waiting))
            waiting = self._advance()
        return found

    def _refuse_homeless(self) -> None:
        stored = self._head.size + self._beyond.count
        while self._waiting is not None:
            if self._waiting.index >= stored:
                self._findings.add(homeless(self._waiting))
            self._advance()

    def _advance(self) -> StoredDisclosure | None:
        self._waiting = next(self._disclosures, None)
        self._disclosures_taken += self._waiting is not None
        return self._waiting

    def _compare_origin(self) -> None:
        if self._head.origin != self._origin:
            found = self._head.origin
            self._findings.add(Finding("MODIFIED", None, "head.origin", self._origin, found))


def _raw(stored: StoredRecord) -> RawRecord:
    return RawRecord._make(part.bytes if isinstance(part, UUID) else part for part in stored)
