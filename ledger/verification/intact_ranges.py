"""Ranges of a log that are checked apart, anywhere and in any order, and joined to one report.

Only what is in order is joined. A range with anything in it that the walk over the whole log might
blame on somebody, and a seam or a head that does not fit, raise: then that walk has to judge
(`log_check`), and its report is the only one.

Invariant: a joined report is the report that `verify_log` gives on the same rows, and it is never
`broken` because of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from ledger.errors import VerificationError
from ledger.stored import Head, RawDisclosure, RawRecord, StoredDisclosure
from ledger.units import HASH_BYTES, Index, Size
from ledger.verdicts import NO_FAULT
from ledger.verification.body_copies import microseconds_of
from ledger.verification.disclosure_check import DisclosureCheck, Opener
from ledger.verification.disclosures_beside import DisclosuresBeside
from ledger.verification.findings import FindingLog, Report
from ledger.verification.leaves import Leaves, NobodyWatches, TreeObserver
from ledger.verification.log_check import NOTHING_ERASED, PAGE_RECORDS, Erased
from ledger.verification.page_check import Expectation, fit_page
from ledger.verification.start import Start


@dataclass(frozen=True, slots=True)
class IntactRange:
    """What consecutive records in order give to the whole."""

    expected: Expectation
    """What was taken for true of the records before."""
    leaves: bytes
    """Their leaf hashes, 32 bytes each, one after the other."""
    recorded_at_us: int
    """When the last of them was recorded."""
    disclosures_taken: int
    disclosures_opened: int
    findings: FindingLog
    """No faults: erased disclosures."""

    @property
    def next_expected(self) -> Expectation:
        """What the records after must follow."""
        index = self.expected.index + len(self.leaves) // HASH_BYTES
        last = self.leaves[-HASH_BYTES:]
        return Expectation(self.expected.origin, index, last, self.recorded_at_us)


def check_range(  # noqa: PLR0917 - all of one range, in the order of the tables
    expected: Expectation,
    stop: int,
    records: Iterable[RawRecord],
    disclosures: Iterable[StoredDisclosure | RawDisclosure],
    opener: Opener | None,
    erased: Erased = NOTHING_ERASED,
) -> IntactRange:
    """What a range gives to the whole if every byte of it is in order.

    Args:
        expected: The log, the first index, and what the record before is taken for.
        stop: The index after the last one of the range.
        records: Every record row of the range, in the order of the index.
        disclosures: Every disclosure row of the range, in the order of the index.
        opener: Decrypts a disclosure; without one, disclosures are only counted.
        erased: What stands where disclosures of the range were erased.

    Raises:
        VerificationError: anything is not in order.
    """
    findings = FindingLog()
    check = DisclosureCheck(opener, findings, erased.erasures)
    beside = DisclosuresBeside(disclosures, erased.tombstones, check, findings)
    leaves: list[bytes] = []
    next_, rows = expected, iter(records)
    while page := list(islice(rows, PAGE_RECORDS)):
        fitting = fit_page(page, next_)
        if fitting is None:
            raise _disturbed(next_.index, "records that fit", "others")
        beside.accept(expected.origin, next_.index, fitting.sealed)
        leaves += fitting.leaves
        index, newest_us = next_.index + len(page), RawRecord._make(page[-1]).recorded_at_us
        next_ = Expectation(expected.origin, index, fitting.leaves[-1], newest_us)
    beside.refuse_homeless(stop)
    if next_.index != stop:
        raise _disturbed(next_.index, f"records up to {stop}", f"records up to {next_.index}")
    _refuse_faults(findings, expected.index)
    return IntactRange(
        *(expected, b"".join(leaves), next_.recorded_at_us),
        *(beside.taken, beside.opened, findings),
    )


class JoinedRanges:
    """Ranges put together from the left to the right, up to the head."""

    def __init__(
        self, origin: str, head: Head, start: Start, observer: TreeObserver | None = None
    ) -> None:
        """Begins where the verification begins.

        Args:
            origin: The name of the log.
            head: The head row.
            start: What is known of the records before the first range.
            observer: Compares roots and tiles with those that the records lead to.
        """
        self._head = head
        self._first_index = Index(start.frontier.size)
        self._leaves = Leaves(start.frontier, observer or NobodyWatches())
        self._findings = FindingLog()
        self._disclosures_taken = 0
        self._disclosures_opened = 0
        self._next = Expectation(origin, self._first_index, start.last_leaf, start.recorded_at_us)

    @property
    def records_checked(self) -> int:
        """How many records the ranges so far hold."""
        return self._next.index - self._first_index

    def add(self, part: IntactRange) -> None:
        """Takes the next range.

        Raises:
            VerificationError: it took something else for true than what stands before it.
        """
        if part.expected != self._next:
            raise _disturbed(self._next.index, str(self._next), str(part.expected))
        starts = range(0, len(part.leaves), HASH_BYTES)
        self._leaves.add_all(part.leaves[at : at + HASH_BYTES] for at in starts)
        self._findings.absorb(part.findings)
        self._disclosures_taken += part.disclosures_taken
        self._disclosures_opened += part.disclosures_opened
        self._next = part.next_expected

    def report(self) -> Report:
        """The report, if the ranges are all that the head counts and lead to it.

        Raises:
            VerificationError: the head says something else.
        """
        head, frontier = self._head, self._leaves.frontier()
        newest = head.last_recorded_at
        self._refuse_other("origin", head.origin, self._next.origin)
        self._refuse_other("size", head.size, self._next.index)
        self._refuse_other("last_leaf_hash", head.last_leaf_hash, self._next.previous)
        newest_us = None if newest is None else microseconds_of(newest)
        self._refuse_other("last_recorded_at", newest_us, self._next.recorded_at_us)
        self._refuse_other("frontier", tuple(head.frontier), frontier.hashes)
        return Report(
            origin=head.origin,
            size=Size(head.size),
            root=frontier.root(),
            records_checked=self.records_checked,
            disclosures_checked=self._disclosures_opened,
            disclosures_unopened=self._disclosures_taken - self._disclosures_opened,
            findings=self._findings.in_order(),
            counts=dict(self._findings.counts),
            first_index=self._first_index,
        )

    def _refuse_other(self, column: str, said: object, found: object) -> None:
        if said != found:
            raise VerificationError(
                "MODIFIED", None, f"head.{column}: expected {found}, found {said}"
            )


def _refuse_faults(findings: FindingLog, index: int) -> None:
    faults = [verdict for verdict in findings.counts if verdict not in NO_FAULT]
    if faults:
        raise _disturbed(index, "no fault", ", ".join(faults))


def _disturbed(index: int, expected: str, found: str) -> VerificationError:
    return VerificationError("MODIFIED", index, f"range: expected {expected}, found {found}")
