"""Checks one segment by itself, anywhere: a place and a manifest go in, what was found comes out.

Needs no database; arguments and result can be sent to another process or machine. What a manifest
says of the records before its own is taken for true here: whoever joins segments compares it with
the segment before (`require_following`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ledger.archive.grown_tree import GrownTree
from ledger.archive.layout import CHECKPOINT, DISCLOSURES, RECORDS
from ledger.archive.manifest import SegmentFile, SegmentManifest
from ledger.archive.place import ArchivePlace
from ledger.archive.segment_file import SegmentReader
from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import KeyTerm, open_checkpoint
from ledger.notes.policy import Policy, PolicyLog
from ledger.proofs import verify_consistency
from ledger.stored import Head
from ledger.tile_growth import TileHash
from ledger.units import Hash32, Size
from ledger.verification.disclosure_file import check_disclosure_file
from ledger.verification.error_findings import finding_of
from ledger.verification.findings import Finding, modified
from ledger.verification.log_check import verify_records

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PAGE: Final = 4_096


@dataclass(frozen=True, slots=True)
class CheckedSegment:
    """What checking one segment gave."""

    first: int
    size: int
    records_checked: int
    disclosures_checked: int
    findings: tuple[Finding, ...]
    """What is not as the manifest says, in order; none where everything is."""
    tiles: tuple[TileHash, ...]
    """The hashes of tiles of level 1 and above that its records complete."""
    roots: tuple[tuple[int, Hash32], ...]
    """The root of the tree at each size that was asked for, as the records lead to it."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found that breaks evidence."""
        return not any(finding.is_fault for finding in self.findings)


def check_segment(
    url: str, manifest: SegmentManifest, terms: Sequence[KeyTerm], roots_at: Iterable[int] = ()
) -> CheckedSegment:
    """What is wrong with a segment: every file, every column of every record, links and tree.

    Args:
        url: The archive.
        manifest: Of the segment; `open_archive` has verified its signature.
        terms: The keys of the log, for the checkpoint beside the records.
        roots_at: Sizes above the first index, up to the last, of which the roots are wanted.

    Raises:
        StoreUnavailable: the place cannot be reached.
    """
    check = _SegmentCheck(ArchivePlace(url), manifest, tuple(terms), sorted(roots_at))
    check.records()
    check.small_files()
    return check.result()


class _SegmentCheck:
    """One run over one segment."""

    def __init__(
        self,
        place: ArchivePlace,
        manifest: SegmentManifest,
        terms: tuple[KeyTerm, ...],
        roots_at: Sequence[int],
    ) -> None:
        self._place = place
        self._manifest = manifest
        self._terms = terms
        self._findings: list[Finding] = []
        self._records_checked = 0
        self._disclosures_checked = 0
        self._tree = GrownTree(manifest.frontier_before, roots_at)

    def records(self) -> None:
        """The file of records: its hash, and then all that is in it."""
        manifest, file = self._manifest, self._manifest.file(RECORDS)
        if file is None or self._place.size_of(file.path) is None:
            self._missing(RECORDS)
            return
        with self._place.opened(file.path) as (handle, digest):
            self._compare(file, handle.seek(0, 2), digest)
            handle.seek(0)
            try:
                reader = SegmentReader(handle, self._named(file.path))
                rows = self._tree.passing(reader.rows())
                found = verify_records(manifest.origin, head_after(manifest), rows, manifest.before)
            except VerificationError as error:
                self._findings.append(finding_of(error, file.path, manifest.first))
            else:
                self._records_checked = found.records_checked
                self._findings += found.findings

    def small_files(self) -> None:
        """The files beside it."""
        for file in self._manifest.files:
            if file.path.endswith(RECORDS):
                continue
            if self._place.size_of(file.path) is None:
                self._missing(file.path.removeprefix(self._manifest.records.stem))
                continue
            raw = self._place.read(file.path)
            with self._place.opened(file.path) as (_, digest):
                self._compare(file, len(raw), digest)
            try:
                if file == self._manifest.file(CHECKPOINT):
                    self._checkpoint(raw)
                elif file == self._manifest.file(DISCLOSURES):
                    self._disclosures(raw, file)
                else:
                    self._findings.append(
                        modified(None, file.path, "a file of a segment", "another")
                    )
            except (VerificationError, FormatError) as error:
                self._findings.append(finding_of(error, file.path, self._manifest.first))
        if self._manifest.file(CHECKPOINT) is None:
            self._missing(CHECKPOINT)

    def result(self) -> CheckedSegment:
        """All of it."""
        return CheckedSegment(
            first=self._manifest.first,
            size=self._manifest.size,
            records_checked=self._records_checked,
            disclosures_checked=self._disclosures_checked,
            findings=tuple(self._findings),
            tiles=tuple(self._tree.tiles),
            roots=tuple(self._tree.roots),
        )

    def _checkpoint(self, raw: bytes) -> None:
        manifest, keys = self._manifest, [term.key for term in self._terms]
        checkpoint = open_checkpoint(raw, keys, terms=self._terms)
        said = (checkpoint.origin, int(checkpoint.size))
        expected = (manifest.origin, manifest.checkpoint_size)
        if said != expected:
            self._findings.append(modified(None, "checkpoint", expected, said))
            return
        root, proof = manifest.frontier_after.root(), manifest.consistency
        verify_consistency(manifest.stop, root, checkpoint.size, checkpoint.root, proof)

    def _disclosures(self, raw: bytes, file: SegmentFile) -> None:
        policy = Policy(tuple(PolicyLog(term.key) for term in self._terms))
        report = check_disclosure_file(raw, policy, terms=self._terms)
        self._findings += report.findings
        self._disclosures_checked = report.disclosures_checked
        told = report.manifest
        if told is not None:
            records = self._manifest.records
            outside = [at for at in told.indexes if not records.first <= at < records.stop]
            if outside or told.origin != self._manifest.origin:
                found = f"{told.origin}, record {outside[:1] or 'of this segment'}"
                self._findings.append(
                    modified(None, file.path, f"records of {records.stem}", found)
                )

    def _compare(self, file: SegmentFile, length: int, digest: bytes) -> None:
        if (length, digest) != (file.length, file.sha256):
            expected = f"{file.length} bytes with SHA-256 {file.sha256.hex()}"
            found = f"{length} bytes with SHA-256 {digest.hex()}"
            self._findings.append(Finding("MODIFIED", None, file.path, expected, found))

    def _missing(self, ending: str) -> None:
        path = self._manifest.records.stem + ending
        self._findings.append(Finding("MISSING", self._manifest.first, path, "a file", "none"))

    def _named(self, path: str) -> str:
        return f"{self._place.url.rstrip('/')}/{path}"


def head_after(manifest: SegmentManifest) -> Head:
    """What the manifest says its records end with, as a head says it of a log."""
    after = manifest.after
    return Head(
        origin=manifest.origin,
        size=Size(manifest.stop),
        last_leaf_hash=after.last_leaf,
        last_recorded_at=_EPOCH + timedelta(microseconds=after.recorded_at_us),
        frontier=after.frontier.hashes,
    )
