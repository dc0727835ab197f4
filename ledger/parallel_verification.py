"""Verifies a whole stored log on all cores: ranges are checked apart and joined.

Whatever is not in order, in a range, at a seam, at the head or against a checkpoint, ends the
joining, and the walk over the whole log judges it (`Ledger.verify`). So a report that names a fault
is always that of the one walk, and says the same on any number of cores.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from ledger.errors import VerificationError
from ledger.founding import open_log
from ledger.ledger import Ledger
from ledger.record import leaf_hash
from ledger.rows_to_verify import opener_of, settled, with_keys
from ledger.store.sealed_log import SealedLog
from ledger.stored import Head, RawRecord
from ledger.units import utc_now
from ledger.vault.vault import Vault
from ledger.verification.checkpoint_check import CheckpointCheck
from ledger.verification.findings import Report
from ledger.verification.intact_ranges import IntactRange, JoinedRanges, check_range
from ledger.verification.log_check import ignore_progress
from ledger.verification.page_check import Expectation
from ledger.verification.start import BEGINNING, Start
from ledger.worker_processes import WorkerProcesses

RANGE_RECORDS: Final = 8_192
"""A fraction of a second of work: progress is told after each, and processes end together."""

LEAST_RANGES: Final = 3
"""Fewer are verified sooner than processes are started."""

MakeEvidence = Callable[[], CheckpointCheck]
"""Makes the check of checkpoints and tiles anew; each is used once."""


def verify_on_cores(
    ledger: Ledger,
    jobs: int,
    progress: Callable[[int], None] | None = None,
    *,
    start: Start = BEGINNING,
    evidence: MakeEvidence | None = None,
    range_records: int = RANGE_RECORDS,
) -> Report:
    """What `Ledger.verify` gives, sooner: checks every stored record and disclosure.

    Args:
        ledger: The log.
        jobs: How many processes may work at the same time; with 1, none is started.
        progress: Told how many records are checked so far; from the beginning again once
            something is found that is not in order.
        start: What is known of the records before the first one to check.
        evidence: Makes the check of the checkpoints and tiles that the records must lead to.
        range_records: How many records a process checks at a time.

    Raises:
        StoreUnavailable: the database cannot be read, or a process ended before its time.
    """
    told = progress or ignore_progress
    cut = _Cut(start, ledger.head(), range_records)
    if jobs > 1 and cut.ranges >= LEAST_RANGES:
        with suppress(VerificationError):
            report = _joined(ledger, cut, min(jobs, cut.ranges), told, evidence)
            if report.outcome != "broken":
                return report
    return ledger.verify(told, start=start, evidence=None if evidence is None else evidence())


def _joined(
    ledger: Ledger,
    cut: "_Cut",
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
    with WorkerProcesses(partial(_opened_ranges, _address(ledger), cut), jobs) as processes:
        for number, part in enumerate(processes.answers(cut.ranges)):
            if part is None:
                message = "expected a range in order, found another"
                raise VerificationError("MODIFIED", cut.bounds(number)[0], message)
            joined.add(part)
            progress(joined.records_checked)
    report = joined.report()
    return report if check is None else check.complete(report)


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a process finds the log; it goes through a pipe, for it may hold a password."""

    database: str = field(repr=False)
    key_file: Path
    origin: str


@dataclass(frozen=True, slots=True)
class _Cut:
    """A log cut into ranges, numbered from 0."""

    start: Start
    head: Head
    range_records: int

    @property
    def ranges(self) -> int:
        """How many there are."""
        return -(-(self.head.size - self.start.frontier.size) // self.range_records)

    def bounds(self, number: int) -> tuple[int, int]:
        """The first index of a range, and the one after its last."""
        first = self.start.frontier.size + number * self.range_records
        return first, min(first + self.range_records, self.head.size)

    def known_before(self, origin: str, index: int) -> Expectation | None:
        """What the first range must follow; of others the database has to be asked."""
        start = self.start
        if index > start.frontier.size:
            return None
        return Expectation(origin, index, start.last_leaf, start.recorded_at_us)


def _address(ledger: Ledger) -> _Address:
    url = ledger.log.engine.url.render_as_string(hide_password=False)
    return _Address(url, ledger.key_file, ledger.origin)


def _refuse_strays(log: SealedLog, head: Head) -> None:
    """Returns only if no record or disclosure stands beyond the head.

    Raises:
        VerificationError: one does.
    """
    records = settled(log, log.scan_raw(head.size), head.size)
    disclosures = settled(log, log.scan_disclosures(head.size), head.size)
    for row in chain(records, disclosures):
        raise VerificationError("INSERTED", None, f"expected no row beyond the head, found {row}")


@contextmanager
def _opened_ranges(address: _Address, cut: _Cut) -> Iterator[Callable[[int], IntactRange | None]]:
    """Opens the log in a process, for as long as that checks ranges."""
    log, vault = open_log(
        database=address.database,
        key_file=address.key_file,
        origin=address.origin,
        clock=utc_now,
    )
    try:
        yield partial(_checked, log, vault, cut)
    finally:
        vault.forget()
        log.engine.dispose()


def _checked(log: SealedLog, vault: Vault, cut: _Cut, number: int) -> IntactRange | None:
    """What a range gives to the whole; `None` if anything about it is not in order."""
    start, stop = cut.bounds(number)
    try:
        expected = cut.known_before(log.origin, start)
        records = log.scan_raw(start if expected else start - 1, stop)
        if expected is None:
            expected = _following(log.origin, next(records))
        disclosures = with_keys(vault, log.scan_disclosures(start, stop))
        return check_range(expected, stop, records, disclosures, opener_of(vault))
    except Exception:  # noqa: BLE001 - the walk over the whole log meets it again and reports it
        return None


def _following(origin: str, before: RawRecord) -> Expectation:
    """What a range asks of the records before it: that the last of them is this one.

    Whether it is in order, the range that ends with it has to find.
    """
    return Expectation(origin, before.index + 1, leaf_hash(before.sealed), before.recorded_at_us)
