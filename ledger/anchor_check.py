"""Verifies the stored anchors of a log, as a part of verifying the log.

Each anchor must be by a configured party and hold for the stored checkpoint of its size; whether
that checkpoint fits the records is decided by the check of checkpoints. A party that is not asked
any more stays in the settings as retired, so that what it said still counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from ledger.anchors.anchor import Anchor
from ledger.anchors.kept_anchors import verify_anchor
from ledger.anchors.settings import AnchorSettings
from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint, open_checkpoint
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.store.sealed_log import SealedLog
from ledger.verification.error_findings import finding_of
from ledger.verification.findings import Finding, FindingLog, Report, with_findings


def with_anchors(
    report: Report,
    log: SealedLog,
    terms: Iterable[KeyTerm],
    settings: AnchorSettings,
    first_size: int = 0,
) -> Report:
    """The report with what is wrong with stored anchors; without configured parties, as it was.

    Args:
        report: What the records and checkpoints gave.
        log: Whose anchors.
        terms: The keys of the log.
        settings: The parties that are believed, retired ones included.
        first_size: Anchors of smaller checkpoints are not looked at.
    """
    if not settings.authorities and not settings.witnesses:
        return report
    found = FindingLog()
    found.add_all(_findings(log, tuple(terms), settings, first_size))
    return with_findings(report, found)


def _findings(
    log: SealedLog, terms: tuple[KeyTerm, ...], settings: AnchorSettings, first_size: int
) -> Iterator[Finding]:
    table = CheckpointTable(log.engine, log.log_id)
    try:
        anchors = AnchorTable(log.engine, log.log_id).scan(first_size)
        for size, of_size in groupby(anchors, key=lambda one: one.size):
            checkpoints = [
                opened
                for row in table.of_size(size)
                if (opened := _opened(bytes(row.note), terms)) is not None
            ]
            for anchor in of_size:
                yield from _faults(anchor, checkpoints, settings)
    except VerificationError as error:  # a row that no anchor gave; what follows is not read
        yield finding_of(error, "anchor")


def _faults(
    anchor: Anchor, checkpoints: Iterable[VerifiedCheckpoint], settings: AnchorSettings
) -> list[Finding]:
    """Nothing if the anchor holds for one of them, else why it does not for the last."""
    place = f"anchor of {anchor.authority} for size {anchor.size}"
    index = max(anchor.size - 1, 0)
    faults = [Finding("MISSING", index, place, "a signed checkpoint of this size", "none")]
    for checkpoint in checkpoints:
        try:
            verify_anchor(anchor, checkpoint, settings)
        except VerificationError as error:
            faults = [replace(finding_of(error, place, index), place=place[:200])]
        else:
            return []
    return faults


def _opened(note: bytes, terms: tuple[KeyTerm, ...]) -> VerifiedCheckpoint | None:
    """The checkpoint; `None` for one that the check of checkpoints reports."""
    try:
        return open_checkpoint(note, [term.key for term in terms], terms=terms)
    except (FormatError, VerificationError):
        return None
