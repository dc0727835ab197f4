"""Verifies a whole stored log on all cores: ranges are checked apart and joined.

Whatever is not in order, in a range, at a seam, at the head or against a checkpoint, ends the
joining, and the walk over the whole log judges it (`Ledger.verify`). So a report that names a fault
is always that of the one walk, and says the same on any number of cores.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import Final

from ledger.errors import VerificationError
from ledger.ledger import Ledger
from ledger.range_work import Address, Cut, opened_ranges, range_check
from ledger.rows_to_verify import erasures_of, raw_disclosures, raw_records, tombstones
from ledger.steady_verification import verified_steadily
from ledger.store.sealed_log import SealedLog
from ledger.stored import Head
from ledger.verification.checkpoint_check import CheckpointCheck
from ledger.verification.findings import Report
from ledger.verification.intact_ranges import JoinedRanges
from ledger.verification.log_check import ignore_progress
from ledger.verification.start import Start
from ledger.worker_processes import WorkerProcesses

RANGE_RECORDS: Final = 4_096
"""A fraction of a second of work: progress is told after each, and processes end together."""

LEAST_RANGES: Final = 6
"""Fewer are verified sooner than processes are started."""

MakeEvidence = Callable[[], CheckpointCheck]
"""Makes the check of checkpoints and tiles anew; each is used once."""


def verify_on_cores(
    ledger: Ledger,
    jobs: int,
    progress: Callable[[int], None] | None = None,
    *,
    start: Start | None = None,
    evidence: MakeEvidence | None = None,
    range_records: int = RANGE_RECORDS,
) -> Report:
    """What `Ledger.verify` gives, sooner: checks every stored record and disclosure.

    Args:
        ledger: The log.
        jobs: How many processes may work at the same time, this one among them; with 1, none is
            started.
        progress: Told how many records are checked so far; from the beginning again once
            something is found that is not in order.
        start: What is known of the records before the first one to check; without it, all that are
            kept are checked.
        evidence: Makes the check of the checkpoints and tiles that the records must lead to.
        range_records: How many records a process checks at a time.

    Raises:
        StoreUnavailable: the database cannot be read, or a process ended before its time.
    """
    told = progress or ignore_progress
    since = ledger.log.beginning() if start is None else start
    return verified_steadily(
        ledger, lambda: _verified(ledger, jobs, told, since, evidence, range_records)
    )


def _verified(  # noqa: PLR0917 - as its only caller was asked
    ledger: Ledger,
    jobs: int,
    told: Callable[[int], None],
    start: Start,
    evidence: MakeEvidence | None,
    range_records: int,
) -> Report:
    """One verification, right unless somebody was erased while it read."""
    erasures = erasures_of(ledger.log, start.frontier.size)
    cut = Cut(start, ledger.head(), range_records, erasures)
    if not erasures.findings.counts and jobs > 1 and cut.records >= LEAST_RANGES * range_records:
        with suppress(VerificationError):
            report = _joined(ledger, cut, min(jobs, cut.ranges), told, evidence)
            if report.outcome != "broken":
                return report
    return ledger.verify(told, start=start, evidence=None if evidence is None else evidence())


def _joined(
    ledger: Ledger,
    cut: Cut,
    jobs: int,
    progress: Callable[[int], None],
    evidence: MakeEvidence | None,
) -> Report:
    """The report of joined ranges.

    Raises:
        VerificationError: something is not in order: the walk over the whole log has to judge.
    """
    head = cut.head
    check = None if evidence is None else evidence()
    joined = JoinedRanges(ledger.origin, head, cut.start, check)
    _refuse_strays(ledger.log, head)
    open_work = partial(opened_ranges, _address(ledger), cut)
    with (
        range_check(ledger.log, ledger.vault, cut) as here,
        WorkerProcesses(open_work, jobs - 1, here) as processes,
    ):
        for number, part in enumerate(processes.answers(cut.ranges)):
            if part is None:
                message = "expected a range in order, found another"
                raise VerificationError("MODIFIED", cut.bounds(number)[0], message)
            joined.add(part)
            progress(joined.records_checked)
    report = joined.report()
    return report if check is None else check.complete(report)


def _address(ledger: Ledger) -> Address:
    url = ledger.log.engine.url.render_as_string(hide_password=False)
    return Address(url, ledger.key_file, ledger.origin)


def _refuse_strays(log: SealedLog, head: Head) -> None:
    """Returns only if no record, disclosure or tombstone stands beyond the head.

    Raises:
        VerificationError: one does.
    """
    size = head.size
    of_log = raw_records, raw_disclosures, tombstones
    for row in chain.from_iterable(rows(log, size, size) for rows in of_log):
        raise VerificationError("INSERTED", None, f"expected no row beyond the head, found {row}")
