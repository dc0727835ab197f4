"""Verifies what a log says of the records that its archive holds, as a part of verifying it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.errors import FormatError, StoreUnavailable, VerificationError
from ledger.sealed_decisions import sealed_decisions
from ledger.store.archived import ArchivedTable
from ledger.store.archived_bytes import manifest_of
from ledger.store.sealed_log import SealedLog
from ledger.stored import StoredSegment
from ledger.verification.error_findings import finding_of
from ledger.verification.findings import FindingLog, Report, with_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.archive.archived_decision import ArchivedPart
    from ledger.archive.place import ArchivePlace
    from ledger.notes.checkpoint import KeyTerm


def with_archived_part(
    report: Report, log: SealedLog, terms: "Sequence[KeyTerm]", *, reads_files: bool
) -> Report:
    """The report with what is wrong with what was archived; of a log without archive, as it was.

    The records themselves are compared by the walk over all of them; here it is asked whether they
    were moved by signed decisions, and whether the archive still has the very files that its
    manifests name.

    Args:
        report: What records and checkpoints gave.
        log: Whose records.
        terms: The keys of the log.
        reads_files: Whether the files of segments are read, to be hashed.

    Raises:
        StoreUnavailable: the archive cannot be reached.
    """
    table = ArchivedTable(log.engine, log.log_id)
    segments = table.segments()
    if not segments:
        return report
    from ledger.archive.archived_decision import archived_findings  # noqa: PLC0415 - slow to import

    part = _part_of(log, table, segments)
    found = FindingLog()
    found.add_all(archived_findings(part, report.signed_size, terms))
    if reads_files:
        for segment in segments:
            if segment.stop > part.minimum:
                compare_file(place_of(table, segment), segment, found)
    return with_findings(report, found)


def _part_of(
    log: SealedLog, table: ArchivedTable, segments: "Sequence[StoredSegment]"
) -> "ArchivedPart":
    from ledger.archive.archived_decision import ArchivedPart  # noqa: PLC0415 - slow to import

    decisions = table.decisions()
    records, roots = sealed_decisions(
        log, {decision.recorded_index: decision.stop for decision in decisions}
    )
    minimum = log.beginning().frontier.size
    return ArchivedPart(log.origin, minimum, segments, decisions, records, roots)


def place_of(table: ArchivedTable, segment: StoredSegment) -> "ArchivePlace":
    """Where the archive of a log is.

    Raises:
        StoreUnavailable: the log does not say it.
    """
    from ledger.archive.place import ArchivePlace  # noqa: PLC0415 - slow to import

    url = table.url()
    if url is None:
        raise StoreUnavailable(
            f"records {segment.first} to {segment.stop - 1}: expected the place of the archive "
            "that holds them, found none; `zegel archive place` says it"
        )
    return ArchivePlace(url)


def compare_file(place: "ArchivePlace", segment: StoredSegment, found: FindingLog) -> None:
    """Adds a finding if the records of a segment are not in the file that its manifest names."""
    from ledger.archive.archive import opened_records  # noqa: PLC0415 - slow to import

    at = f"{place.url.rstrip('/')}/segments/{segment.first:012d}.parquet"
    try:
        with opened_records(place, manifest_of(segment)) as (_, fault):
            if fault is not None:
                # About the file: which record is another one, the walk over them names.
                found.add(replace(finding_of(fault, at), index=None))
    except (VerificationError, FormatError) as error:
        found.add(finding_of(error, at, segment.first))
