"""Verifies a whole log with the workers of a cluster: archived segments there, the rest here.

Each segment is judged by itself, for its signed manifest says where it begins and what it leads to;
here they are joined, compared with the checkpoints, and followed by the records that no segment
holds yet. So a fault is named by the worker that met it, and nobody walks the history again.

Invariant: with workers that reach database and keys, the report is that of `levels.verify_full`,
but for the order in which parts were looked at.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import tee
from typing import Protocol

from sqlalchemy import func, select

from ledger.archive.archive import Archive
from ledger.archive.joined_segments import JoinedSegments, wanted_sizes
from ledger.archive.manifest import SegmentManifest
from ledger.cluster.address import address_of
from ledger.cluster.moved_records import with_moves
from ledger.cluster.segment_tasks import SealedSegments, SegmentAnswer, SegmentTask, WholeSegments
from ledger.errors import BadRequest, VerificationError
from ledger.ledger import Ledger
from ledger.levels import Trust, check_from, with_parts
from ledger.parallel_verification import verify_on_cores
from ledger.pruned_part import begin_at_minimum
from ledger.rows_to_verify import erasures_of
from ledger.steady_verification import verified_steadily
from ledger.store.archived import ArchivedTable
from ledger.store.engine import reading
from ledger.store.schema import DISCLOSURE
from ledger.store.sealed_log import SealedLog
from ledger.verification.checkpoint_check import CheckpointCheck
from ledger.verification.findings import FindingLog, Report
from ledger.verification.leaves import NEVER
from ledger.verification.start import Start

Work = Callable[[SegmentTask], SegmentAnswer]


class DoTasks(Protocol):
    """Does tasks somewhere, several at a time."""

    def __call__(self, work: Work, tasks: Iterable[SegmentTask], /) -> Iterator[SegmentAnswer]:
        """The answers in the order of the tasks."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Who checks the segments of an archive, and what of them."""

    do_tasks: DoTasks
    reach_database: bool = True
    """Whether they open the log; else they check the sealed records in the archive alone."""


def verify_on_cluster(
    ledger: Ledger,
    trust: Trust,
    archive: Archive,
    workers: Workers,
    progress: Callable[[int], None],
    *,
    jobs: int = 1,
) -> Report:
    """What verifying everything found; of less than everything, if workers see only the archive.

    Args:
        ledger: The log.
        trust: Keys and held checkpoints.
        archive: Of that log.
        workers: Who checks its segments.
        progress: Told how many records are checked so far.
        jobs: How many processes of this machine may check the records behind the archive.

    Raises:
        BadRequest: the archive has no segment to begin with.
        StoreUnavailable: database, archive or cluster is out of reach.
        VerificationError: the log is shorter than its archive (TRUNCATED).
    """
    return verified_steadily(
        ledger, lambda: _verified(ledger, trust, archive, workers, progress, jobs)
    )


def _verified(  # noqa: PLR0917 - as its only caller was asked
    ledger: Ledger,
    trust: Trust,
    archive: Archive,
    workers: Workers,
    progress: Callable[[int], None],
    jobs: int,
) -> Report:
    """One verification, right unless somebody was erased while it read."""
    log, beginning = ledger.log, ledger.log.beginning()
    segments = _segments(log, archive, beginning, workers)
    joined = JoinedSegments(beginning)
    counts: Counter[str] = Counter()
    try:
        sizes = _sizes_of(check_from(log, trust))
        asked, given = tee(_tasks(segments, beginning, sizes))
        work = _work(ledger, archive, trust, workers)
        for task, answer in zip(asked, workers.do_tasks(work, given), strict=True):
            joined.add(task, answer)
            counts["checked"] += answer.disclosures_checked
            counts["unopened"] += answer.disclosures_unopened
            progress(joined.records_checked)
        _require_as_long(ledger, archive, joined)
        joined.findings.absorb(_of_erasures(log, joined.next.frontier.size))
        report = _behind(ledger, trust, joined, jobs, progress)
    finally:
        joined.close()
    whole = _put_together(report, joined, beginning)
    whole = replace(
        whole,
        disclosures_checked=report.disclosures_checked + counts["checked"],
        disclosures_unopened=report.disclosures_unopened + counts["unopened"],
    )
    if not workers.reach_database:
        closed = _disclosures(log, beginning.frontier.size, joined.next.frontier.size)
        whole = replace(whole, disclosures_unopened=whole.disclosures_unopened + closed)
    return with_parts(whole, log, trust, reads_files=False)  # the workers have hashed them


def _segments(
    log: SealedLog, archive: Archive, beginning: Start, workers: Workers
) -> Sequence[SegmentManifest]:
    """The segments that workers check: from the first kept record on, without a gap.

    Raises:
        BadRequest: there are none.
    """
    first = beginning.frontier.size
    found = [one for one in archive.segments if one.stop > first]
    if not workers.reach_database:
        # Of others the database holds the sealed bytes itself, and those are the log.
        moved = ArchivedTable(log.engine, log.log_id).stop()
        found = [one for one in found if one.stop <= moved]
    begins_late = found and found[0].first > first
    cut = found and found[0].first < first and not workers.reach_database
    if not found or begins_late or cut:
        what = "moved there " if not workers.reach_database else ""
        raise BadRequest(
            f"--spark: expected segments of this log from record {first} on, {what}in the archive "
            f"{archive.url}, found none; `zegel archive` writes them"
        )
    return found


def _tasks(
    segments: Sequence[SegmentManifest], beginning: Start, sizes: Iterable[int]
) -> Iterator[SegmentTask]:
    for segment, wanted in zip(segments, wanted_sizes(sizes, segments), strict=True):
        is_cut = segment.first < beginning.frontier.size
        yield SegmentTask(beginning if is_cut else segment.before, segment, wanted)


def _sizes_of(check: CheckpointCheck) -> Iterator[int]:
    """The sizes whose roots a check wants, in ascending order; uses it up."""
    while (size := check.next_size) != NEVER:
        yield size
        check.pass_over(size)


def _work(ledger: Ledger, archive: Archive, trust: Trust, workers: Workers) -> Work:
    if not workers.reach_database:
        return SealedSegments(archive.place.absolute, trust.terms)
    return WholeSegments(address_of(ledger), erasures_of(ledger.log))


def _require_as_long(ledger: Ledger, archive: Archive, joined: JoinedSegments) -> None:
    size, end = ledger.head().size, joined.next.frontier.size
    if size < end:
        message = f"expected the {end} records that the log signed in {archive.url}, found {size}"
        raise VerificationError("TRUNCATED", size, message)


def _of_erasures(log: SealedLog, stop: int) -> FindingLog:
    """The faults of erasures that erased nothing behind the segments: the walk there has those."""
    mine = log.erasures.requests_since(0) - log.erasures.requests_since(stop)
    return erasures_of(log, requests=mine).findings if mine else FindingLog()


def _behind(
    ledger: Ledger,
    trust: Trust,
    joined: JoinedSegments,
    jobs: int,
    progress: Callable[[int], None],
) -> Report:
    """The report on the records behind the segments, and on all checkpoints."""
    log, start = ledger.log, joined.next
    before = joined.records_checked

    def evidence() -> CheckpointCheck:
        if joined.is_broken:  # behind a fault, no root and no tile of the segments is known
            return check_from(log, trust, start.frontier.size)
        check = begin_at_minimum(log, check_from(log, trust))
        joined.tell(check)
        return check

    return verify_on_cores(
        ledger,
        jobs,
        lambda done: progress(before + done),
        start=start,
        evidence=evidence,
    )


def _put_together(report: Report, joined: JoinedSegments, beginning: Start) -> Report:
    found = FindingLog()
    found.absorb(joined.findings)
    found.absorb(FindingLog(list(report.findings), Counter(report.counts)))
    found = with_moves(found)
    return replace(
        report,
        records_checked=joined.records_checked + report.records_checked,
        findings=found.in_order(),
        counts=dict(found.counts),
        first_index=beginning.frontier.size,
    )


def _disclosures(log: SealedLog, start: int, stop: int) -> int:
    """How many disclosures of the records from `start` below `stop` there are."""
    columns = DISCLOSURE.c
    chosen = select(func.count()).where(
        columns.log == log.log_id, columns.idx >= start, columns.idx < stop
    )
    with reading(log.engine) as connection:
        return connection.scalar(chosen.select_from(DISCLOSURE)) or 0
