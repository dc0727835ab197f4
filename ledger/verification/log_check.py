"""Verifies a whole log from its stored rows: every byte of every record, column and head.

Pure and streaming: rows in, a report out, memory flat whatever the length of the log. What holds if
the outcome is `valid`:

- every record below the size of the head is there, once, with the bytes that the head commits to
  through each record's `previous` and through the frontier of the tree;
- every column is what the sealed bytes beside it say, and recorded_at never goes back;
- every disclosure that was opened hashes to a digest sealed in its record, and no sealed digest is
  without a disclosure, unless it was erased as sealed records say (`ERASED`, no fault).

What stored rows alone cannot show: a history rewritten with all its hashes, columns and head is
consistent in itself. It is found only against a checkpoint that was kept elsewhere.

Source: docs/reference/format.md; the trust model is that of RFC 6962 §7.3.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple, cast
from uuid import UUID

from ledger.stored import (
    Head,
    RawDisclosure,
    RawRecord,
    StoredDisclosure,
    StoredRecord,
    StoredTombstone,
)
from ledger.units import Index, Size
from ledger.verification.chain import ChainWalk
from ledger.verification.checkpoint_check import CheckpointCheck
from ledger.verification.disclosure_check import DisclosureCheck, Opener
from ledger.verification.disclosures_beside import DisclosuresBeside
from ledger.verification.erasures import Erasures
from ledger.verification.findings import Finding, FindingLog, Report
from ledger.verification.head_check import Beyond, close_walk
from ledger.verification.leaves import TreeObserver
from ledger.verification.start import BEGINNING, Start

PAGE_RECORDS: Final = 256


class Erased(NamedTuple):
    """What was erased of a log."""

    tombstones: Iterable[StoredTombstone]
    """Of the records to verify, in the order of index and part."""
    erasures: Erasures
    """Judged by everything that they erased."""


NOTHING_ERASED: Final = Erased((), Erasures())


def ignore_progress(records_checked: int) -> None:
    """Takes the number of records checked so far, and does nothing with it."""


def verify_log(  # noqa: PLR0917 - all of one log, in the order of the tables
    origin: str,
    head: Head,
    records: Iterable[StoredRecord | RawRecord],
    disclosures: Iterable[StoredDisclosure | RawDisclosure],
    opener: Opener | None,
    progress: Callable[[int], None] = ignore_progress,
    start: Start = BEGINNING,
    evidence: CheckpointCheck | None = None,
    erased: Erased = NOTHING_ERASED,
) -> Report:
    """What verifying every stored row of one log found; broken evidence is reported, never raised.

    Args:
        origin: The name of the log, as its log row or the caller's configuration gives it.
        head: The head row.
        records: Every record row from the start on, in the order of the index. `RawRecord` is
            faster by half; plain tuples of the same columns do as well.
        disclosures: Every disclosure row from the start on, in the order of the index; as with
            records, `RawDisclosure` or plain tuples are faster.
        opener: Decrypts a disclosure, a `PageOpener` those of a page at once; without one,
            disclosures are only counted.
        progress: Called after each page with the number of records checked.
        start: What is known of the records before; the head counts at least those.
        evidence: The checkpoints and tiles that the records must lead to.
        erased: What stands where disclosures were erased.
    """
    findings = FindingLog()
    findings.absorb(erased.erasures.findings)
    check = DisclosureCheck(opener, findings, erased.erasures)
    beside = DisclosuresBeside(disclosures, erased.tombstones, check, findings)
    run = _Verification(_Extent(origin, start, evidence), head, beside, findings)
    report = run.verify(records, progress)
    return report if evidence is None else evidence.complete(report)


def verify_records(
    origin: str, head: Head, records: Iterable[RawRecord], start: Start = BEGINNING
) -> Report:
    """What verifying the sealed rows alone found: what a signer needs, who opens nothing.

    Args:
        origin: The name of the log.
        head: The head row.
        records: Every record row from the start to the size of the head, in the order of the index.
        start: What is known of the records before.
    """
    findings = FindingLog()
    beside = DisclosuresBeside((), (), None, findings)
    run = _Verification(_Extent(origin, start, None), head, beside, findings)
    return run.verify(records, ignore_progress)


class _Extent(NamedTuple):
    """Which part of which log, and what it is compared with."""

    origin: str
    start: Start
    observer: TreeObserver | None


class _Verification:
    """One run: hands each row to what judges it."""

    def __init__(
        self,
        extent: _Extent,
        head: Head,
        beside: DisclosuresBeside,
        findings: FindingLog,
    ) -> None:
        origin, start, observer = extent
        self._origin = origin
        self._head = head
        self._findings = findings
        self._first_index = Index(start.frontier.size)
        self._beside = beside
        self._walk = ChainWalk(origin, findings, self._beside.accept, start, observer)
        self._beyond = Beyond(head.size)

    def verify(
        self, records: Iterable[StoredRecord | RawRecord], progress: Callable[[int], None]
    ) -> Report:
        """Takes every row and gives the report."""
        checked = 0
        rows = iter(records)
        while page := list(islice(rows, PAGE_RECORDS)):
            self._take_page(_as_raw(page))
            checked += len(page)
            progress(checked)
        close_walk(self._head, self._walk, self._beyond, self._findings)
        self._beside.refuse_homeless(self._head.size + self._beyond.count)
        self._compare_origin()
        return Report(
            origin=self._origin,
            size=Size(self._head.size),
            root=self._walk.leaves.frontier().root(),
            records_checked=checked,
            disclosures_checked=self._beside.opened,
            disclosures_unopened=self._beside.taken - self._beside.opened,
            findings=self._findings.in_order(),
            counts=dict(self._findings.counts),
            first_index=self._first_index,
        )

    def _take_page(self, page: Sequence[RawRecord]) -> None:
        size = self._head.size
        indexes = [row[0] for row in page]
        if set(map(type, indexes)) == {int} and max(indexes) < size:
            self._walk.take_page(page)
            return
        for row in page:
            index: object = row[0]
            if not isinstance(index, int):
                self._findings.add(Finding("INSERTED", None, "column idx", "a number", repr(index)))
            elif index < size:
                self._walk.take_page([row])
            else:
                self._beyond.take(RawRecord._make(row))

    def _compare_origin(self) -> None:
        if self._head.origin != self._origin:
            found = self._head.origin
            self._findings.add(Finding("MODIFIED", None, "head.origin", self._origin, found))


def _as_raw(page: Sequence[StoredRecord | RawRecord]) -> Sequence[RawRecord]:
    if StoredRecord not in set(map(type, page)):
        return cast("Sequence[RawRecord]", page)
    return [_raw(row) if isinstance(row, StoredRecord) else row for row in page]


def _raw(stored: StoredRecord) -> RawRecord:
    return RawRecord._make(part.bytes if isinstance(part, UUID) else part for part in stored)
