"""Walks stored records in the order of their index and judges each by those after it.

The leaf committed at an index is what the next record calls `previous`, or what the head calls its
last leaf hash. Pages that fit pass as a whole. Around a disturbance a short window of places stays
open until a record fits again, and is then judged backwards (`witnesses`): a sound record
has its columns compared, any other is named, and neighbours are not blamed.

Invariant: memory does not grow with the log; every index gives exactly one leaf to the tree.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from ledger.record import NO_PREVIOUS, SealedRecord
from ledger.stored import RawRecord
from ledger.units import HASH_BYTES
from ledger.verification.body_copies import (
    SealedDigests,
    copy_findings,
    microseconds_of,
    read_copies,
)
from ledger.verification.findings import Finding, FindingLog, modified
from ledger.verification.header_columns import header_findings
from ledger.verification.leaves import Leaves, NobodyWatches, TreeObserver
from ledger.verification.page_check import Expectation, fit_page
from ledger.verification.start import BEGINNING, Start
from ledger.verification.strays import Strays
from ledger.verification.witnesses import Candidate, Place, committed_leaves, mistyped, well_typed

if TYPE_CHECKING:
    from ledger.verdicts import Verdict

OPEN_PLACES: Final = 256

Accept = Callable[[str, int, SealedDigests], None]
"""Takes what consecutive sound records say: their origin, the first index, what is sealed."""


class ChainWalk:
    """One pass over the records below the head."""

    def __init__(
        self,
        origin: str,
        findings: FindingLog,
        accept: Accept,
        start: Start = BEGINNING,
        observer: TreeObserver | None = None,
    ) -> None:
        """Takes the origin that headers should have, and what is done with findings and records.

        Args:
            origin: The name of the log.
            findings: Where faults go.
            accept: Takes sound records.
            start: What is known of the records before the first one.
            observer: Compares roots and tiles with those that the records lead to.
        """
        self.leaves = Leaves(start.frontier, observer or NobodyWatches())
        self.strays = Strays(findings)
        self.next_index: int = start.frontier.size
        self.last_recorded_at_us: int | None = None
        """Of the last record, if that is sound."""
        self._origin = origin
        self._findings = findings
        self._accept = accept
        self._open: list[Place] = []
        # The last record of a page that fits waits here for its successor, complete with digests.
        self._tail: tuple[RawRecord, SealedDigests] | None = None
        self._tail_leaf: bytes = start.last_leaf
        self._newest_us = start.recorded_at_us
        self._start = start

    def take_page(self, page: Sequence[RawRecord]) -> None:
        """Takes the next stored records."""
        if page and (self._open or not self._take_fitting(page)):
            for row in page:
                self._take(RawRecord._make(row))

    def finish(self, last_leaf: bytes, frontier: Sequence[bytes]) -> bool:
        """Settles the last records by the head; false if its last leaf hash is what is wrong.

        Args:
            last_leaf: The last leaf hash of the head.
            frontier: The frontier of the head, a further witness where the others disagree.
        """
        if not self._open and self._tail_leaf == last_leaf:
            self._settle_tail()
            return True
        self._reopen_tail()
        if not self._open:
            return False
        is_hash = len(last_leaf) == HASH_BYTES
        is_head_right = is_hash and any(
            last_leaf in {candidate.leaf, candidate.row.leaf_hash}
            for candidate in self._open[-1].candidates
        )
        if is_hash and not is_head_right:
            without_head = self.leaves.frontier_with(committed_leaves(self._open, None))
            is_head_right = without_head.hashes != tuple(frontier)
        self._settle(last_leaf if is_head_right else None)
        return is_head_right

    def abandon(self) -> None:
        """Settles the last records without a head to judge them by: those after them are gone."""
        self._reopen_tail()
        self._settle(None)
        self.last_recorded_at_us = None

    def ends_with(self, leaf: bytes) -> bool:
        """Whether the last record taken has this leaf hash."""
        if self._open:
            return self._open[-1].holds(leaf)
        return self._tail is not None and self._tail_leaf == leaf

    def _take(self, row: RawRecord) -> None:
        if self._open:
            self._settle_if_confirmed_by(row)
        if self._open or not self._take_fitting([row]):
            self._findings.add_all(
                # Also where the bytes are the same: readers of the column would not get them.
                modified(row.index, f"column {column}", "bytes", f"a value of type {found}")
                for column, found in mistyped(row)
            )
            self._take_misfit(well_typed(row))

    def _take_fitting(self, page: Sequence[RawRecord]) -> bool:
        expected = Expectation(self._origin, self.next_index, self._tail_leaf, self._newest_us)
        fitting = fit_page(page, expected)
        if fitting is None:
            return False
        settled, last = fitting.sealed.parted()
        first = self.next_index
        if self._tail is not None:  # with the others, for one at a time costs more
            row, waiting = self._tail
            self.leaves.add(self._tail_leaf)
            settled, first = waiting.joined(settled), row.index
        *leaves, self._tail_leaf = fitting.leaves
        self.leaves.add_all(leaves)
        self._accept(self._origin, first, settled)
        self.next_index += len(page)
        self._tail = (RawRecord._make(page[-1]), last)
        self._newest_us = self._tail[0].recorded_at_us
        return True

    def _settle_tail(self) -> None:
        if self._tail is not None:
            row, sealed = self._tail
            self._tail = None
            self.leaves.add(self._tail_leaf)
            self.last_recorded_at_us = row.recorded_at_us
            self._accept(self._origin, row.index, sealed)

    def _reopen_tail(self) -> None:
        if self._tail is not None:
            row, _ = self._tail
            self._tail = None
            self._open = [Place(row.index, [Candidate.of(row)])]

    def _settle_if_confirmed_by(self, row: RawRecord) -> None:
        confirmed = Candidate.of(well_typed(row)).states
        if row.index == self.next_index and self._open[-1].holds(confirmed):
            self._settle(confirmed)

    def _take_misfit(self, row: RawRecord) -> None:
        self._reopen_tail()
        candidate = Candidate.of(row)
        if row.index < self.next_index:
            if self._open and self._open[-1].index == row.index:
                self._open[-1].candidates.append(candidate)
            else:
                self.strays.add_extra(row.index, candidate.leaf)
            return
        if row.index > self.next_index:
            self._miss(self.next_index, row.index - 1)
        elif self._open:
            self._settle_if_confirmed_by(row)
        if len(self._open) >= OPEN_PLACES:
            newest = self._open.pop()
            self._settle(None)
            self._open = [newest]
        self._open.append(Place(row.index, [candidate]))
        self.next_index = row.index + 1

    def _miss(self, first: int, last: int) -> None:
        """Notes that no row has these indexes; the leaf of the last may still become known."""
        self._findings.add(
            Finding("MISSING", first, "sealed", "a record", "none", last if last > first else None)
        )
        self._settle(None)
        self.leaves.skip(last - first)
        self._open = [Place(last, [])]

    def _settle(self, last: bytes | None) -> None:
        """Judges the open places, given the leaf committed at the last of them if it is known."""
        places, self._open = self._open, []
        for place, committed in zip(places, committed_leaves(places, last), strict=True):
            self.leaves.add(committed)
            self._judge(place, committed)

    def _judge(self, place: Place, committed: bytes | None) -> None:
        self.last_recorded_at_us = None
        self._tail_leaf = committed or NO_PREVIOUS
        if not place.candidates:
            self.strays.add_home(place.index, committed)
            return
        sound = next((other for other in place.candidates if other.leaf == committed), None)
        for candidate in place.candidates:
            if candidate is sound:
                self._judge_sound(candidate)
            elif sound is None and candidate is place.candidates[0]:
                self.strays.add_changed(place.index, candidate.leaf, committed)
            else:
                self.strays.add_extra(place.index, candidate.leaf)

    def _judge_sound(self, sound: Candidate) -> None:
        row, record = sound.row, sound.record
        if record is None:
            self._add(row.index, "sealed", "a sealed record", "other bytes")
            return
        if row.leaf_hash != sound.leaf:
            self._add(row.index, "column leaf_hash", sound.leaf, row.leaf_hash)
        self._compare_previous(record)
        self._compare_origin(record)
        self._compare_time(record)
        self._findings.add_all(header_findings(row, record))
        copies = read_copies(record.kind, record.body)
        self._findings.add_all(copy_findings(row, record.kind, copies))
        if copies is not None:
            self._accept(record.origin, row.index, SealedDigests.of([copies]))

    def _compare_previous(self, record: SealedRecord) -> None:
        """Compares the first record with what it must follow; of others the walk sees the links."""
        expected, found = self._start.last_leaf, record.previous
        first: int = self._start.frontier.size
        if record.index == first and found != expected:
            verdict: Verdict = "FORK" if record.index else "MODIFIED"
            self._findings.add(
                Finding(verdict, record.index, "previous", expected.hex(), found.hex())
            )

    def _compare_origin(self, record: SealedRecord) -> None:
        """Names a foreign origin once and goes on with it: one changed name is one finding."""
        if record.origin != self._origin:
            self._add(record.index or None, "origin of the log", record.origin, self._origin)
            self._origin = record.origin

    def _compare_time(self, record: SealedRecord) -> None:
        recorded_at_us = microseconds_of(record.recorded_at)
        if recorded_at_us < self._newest_us:
            self._add(record.index, "recorded_at", f"{self._newest_us} or later", recorded_at_us)
        self._newest_us = self.last_recorded_at_us = recorded_at_us

    def _add(self, index: int | None, place: str, expected: object, found: object) -> None:
        self._findings.add(modified(index, place, expected, found))
