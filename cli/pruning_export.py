"""The export that must stand before anything is pruned: written, then verified as it lies there."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from cli.bundle_reading import open_bundle
from cli.bundle_writing import require_free, write_bundle
from formats.bundle.archive import Archive, archive_files
from formats.bundle.evidence import TimeStamp
from ledger.errors import BadRequest, VerificationError
from ledger.handing_out import Signed
from ledger.notes.checkpoint import KeyTerm
from ledger.prunable import PrunedRange
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.verification.bundle_check import check_bundle
from ledger.verification.bundle_layout import MANIFEST


def exported_archive(
    log: SealedLog, signed: Signed, terms: Sequence[KeyTerm], pruned: PrunedRange, target: Path
) -> bytes:
    """The SHA-256 of the manifest of an archive that holds a range and verifies where it lies.

    One that an interrupted run has written is used again.

    Args:
        log: Whose records.
        signed: The checkpoint that covers them.
        terms: The keys of the log.
        pruned: Which records.
        target: A folder or zip file that is not there yet, or that very archive.

    Raises:
        BadRequest: something else stands there.
        StoreUnavailable: it cannot be written.
        VerificationError: what lies there does not verify, or a record is not the signed one.
    """
    if not target.exists():
        require_free(target)
        write_bundle(archive_files(_archive(log, signed, pruned)), target, before=lambda: None)
    with open_bundle(target) as files:
        report = check_bundle(files.read, signed.policy, terms=terms, present=files.paths)
        manifest = report.manifest
        if manifest is None or manifest.archived_until != pruned.stop:
            raise BadRequest(f"{target}: expected nothing there, found something else")
        if report.outcome != "valid":
            raise VerificationError("MODIFIED", None, f"{target}: {report.first_fault}")
        if manifest.minimum_index > pruned.first:
            raise BadRequest(f"{target}: expected records from {pruned.first} on, found fewer")
        return sha256(files.read(MANIFEST)).digest()


def _archive(log: SealedLog, signed: Signed, pruned: PrunedRange) -> Archive:
    return Archive(
        checkpoint=signed.checkpoint,
        policy=signed.policy,
        fetch=TileTable(log).fetch,
        read_records=lambda start, stop: [row.sealed for row in log.scan_raw(start, stop)],
        first=pruned.first,
        stop=pruned.stop,
        time_stamps=[
            TimeStamp(anchor.authority, anchor.evidence)
            for anchor in signed.anchors
            if anchor.kind == "rfc3161"
        ],
    )
