"""What a worker of a cluster does with one segment: checks it by itself.

A worker that reaches the database and the keys checks everything that the log holds of those
records: sealed bytes, from wherever they are, columns, disclosures. One that reaches neither checks
the sealed bytes in the archive.
"""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain

from ledger.archive.checking import check_segment, head_after
from ledger.archive.grown_tree import GrownTree
from ledger.archive.manifest import SegmentManifest
from ledger.archived_part import compare_file, place_of
from ledger.founding import open_log
from ledger.notes.checkpoint import KeyTerm
from ledger.range_work import Address
from ledger.rows_to_verify import VaultOpener
from ledger.store.archived import ArchivedTable
from ledger.store.sealed_log import SealedLog
from ledger.tile_growth import TileHash
from ledger.units import Hash32, utc_now
from ledger.vault.vault import Vault
from ledger.verification.erasures import Erasures
from ledger.verification.findings import FindingLog
from ledger.verification.log_check import Erased, verify_log
from ledger.verification.start import Start


@dataclass(frozen=True, slots=True)
class SegmentTask:
    """One segment to check."""

    before: Start
    """What its first record must follow; that of the log where earlier records were pruned."""
    manifest: SegmentManifest
    roots_at: tuple[int, ...]
    """The sizes whose roots are wanted of it, in ascending order."""

    @property
    def after(self) -> Start:
        """What its records must end with."""
        return self.manifest.after


@dataclass(frozen=True, slots=True)
class SegmentAnswer:
    """What checking it gave."""

    records_checked: int
    disclosures_checked: int
    disclosures_unopened: int
    found: FindingLog
    tiles: tuple[TileHash, ...]
    roots: tuple[tuple[int, Hash32], ...]


@dataclass(frozen=True, slots=True)
class WholeSegments:
    """Checks all that the log holds of the records of a segment."""

    address: Address
    erasures: Erasures

    def __call__(self, task: SegmentTask) -> SegmentAnswer:
        """What is wrong with one segment.

        Raises:
            StoreUnavailable: this worker does not reach the database, the keys or the archive.
        """
        log, vault = open_log(
            database=self.address.database,
            key_file=self.address.key_file,
            origin=self.address.origin,
            clock=utc_now,
        )
        try:
            return _checked(log, vault, self.erasures, task)
        finally:
            vault.forget()
            log.engine.dispose()


@dataclass(frozen=True, slots=True)
class SealedSegments:
    """Checks the files of a segment alone; needs neither database nor keys."""

    url: str
    terms: tuple[KeyTerm, ...]

    def __call__(self, task: SegmentTask) -> SegmentAnswer:
        """What is wrong with one segment.

        Raises:
            StoreUnavailable: this worker does not reach the archive.
        """
        found = check_segment(self.url, task.manifest, self.terms, task.roots_at)
        log = FindingLog()
        log.add_all(found.findings)
        return SegmentAnswer(
            records_checked=found.records_checked,
            disclosures_checked=0,
            disclosures_unopened=0,
            found=log,
            tiles=found.tiles,
            roots=found.roots,
        )


def _checked(log: SealedLog, vault: Vault, erasures: Erasures, task: SegmentTask) -> SegmentAnswer:
    first, stop = task.before.frontier.size, task.manifest.stop
    tree = GrownTree(task.before.frontier, task.roots_at)
    report = verify_log(
        log.origin,
        head_after(task.manifest),
        tree.passing(chain.from_iterable(log.raw_record_pages(first, stop))),
        chain.from_iterable(log.raw_disclosure_pages(first, stop)),
        VaultOpener(vault),
        start=task.before,
        # Whoever asked has the findings about the erasures themselves.
        erased=Erased(log.erasures.scan(first, stop), replace(erasures, findings=FindingLog())),
    )
    found = FindingLog()
    found.absorb(FindingLog(list(report.findings), Counter(report.counts)))
    table = ArchivedTable(log.engine, log.log_id)
    moved = table.segment_of(first)
    if moved is not None:
        compare_file(place_of(table, moved), moved, found)
    return SegmentAnswer(
        records_checked=report.records_checked,
        disclosures_checked=report.disclosures_checked,
        disclosures_unopened=report.disclosures_unopened,
        found=found,
        tiles=tuple(tree.tiles),
        roots=tuple(tree.roots),
    )
