"""Ranges checked apart and joined say what one walk says, or leave it to that walk."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.errors import VerificationError
from ledger.record import leaf_hash
from ledger.stored import StoredDisclosure, StoredTombstone
from ledger.verification.findings import Report
from ledger.verification.intact_ranges import JoinedRanges, check_range
from ledger.verification.log_check import Erased, verify_log
from ledger.verification.page_check import Expectation
from ledger.verification.start import BEGINNING
from tests.sealed_logs import SmallLog, erasures_of, small_log, tombstone_of, unlock

SIZES: Final = (1, 2, 3, 7, 8, 13, 700)


@cache
def log_of(size: int) -> SmallLog:
    """The same log each time: building one costs more than verifying it."""
    return small_log(size, foreign_every=5)


logs = st.sampled_from(SIZES).map(log_of)


REQUESTED: Final = 10_000


def kept(log: SmallLog) -> list[StoredDisclosure]:
    """The disclosures that are left when those of every third record were erased."""
    return [row for row in log.disclosures if row.index % 3]


def tombstones(log: SmallLog) -> list[StoredTombstone]:
    """What stands in the place of the others."""
    gone = [row for row in log.disclosures if row.index % 3 == 0]
    parts: Counter[int] = Counter()
    rows = []
    for row in gone:
        rows.append(tombstone_of(row, REQUESTED, parts[row.index]))
        parts[row.index] += 1
    return rows


def erased(rows: Sequence[StoredTombstone]) -> Erased:
    """Tombstones of one erasure that holds."""
    return Erased(rows, erasures_of(REQUESTED, REQUESTED + 1))


def walked_of(log: SmallLog, whole: SmallLog) -> Report:
    """The report of one walk over a log of which every third record lost its disclosures.

    Args:
        log: As it is now.
        whole: As it was when they were erased.
    """
    gone = erased(tombstones(whole))
    return verify_log(log.origin, log.head, log.records, kept(log), unlock, erased=gone)


def joined(log: SmallLog, cuts: Sequence[int], whole_log: SmallLog | None = None) -> Report:
    """The report of the log cut at these indexes; each range is checked on its own."""
    gone = tombstones(whole_log or log)
    whole = JoinedRanges(log.origin, log.head, BEGINNING)
    bounds = [0, *sorted(cuts), log.head.size]
    for start, stop in pairwise(bounds):
        expected = Expectation(log.origin, 0, BEGINNING.last_leaf, BEGINNING.recorded_at_us)
        if start:
            before = next(row for row in log.records if row.index >= start - 1)
            leaf = leaf_hash(before.sealed)
            expected = Expectation(log.origin, before.index + 1, leaf, before.recorded_at_us)
        rows = [row for row in log.records if start <= row.index < stop]
        beside = [row for row in kept(log) if start <= row.index < stop]
        graves = [row for row in gone if start <= row.index < stop]
        whole.add(check_range(expected, stop, rows, beside, unlock, erased(graves)))
    return whole.report()


@st.composite
def cut_logs(draw: st.DrawFn) -> tuple[SmallLog, list[int]]:
    """A log, and where it is cut."""
    log = draw(logs)
    inside = st.integers(1, max(1, log.head.size - 1))
    cuts = draw(st.sets(inside, max_size=6 if log.head.size > 1 else 0))
    return log, sorted(cuts)


@given(cut_logs())
def test_any_cut_gives_the_report_of_one_walk(cut: tuple[SmallLog, list[int]]) -> None:
    """A verification on more cores would count or conclude something else."""
    log, cuts = cut
    walked = walked_of(log, log)
    number = sum(1 for row in log.disclosures if row.index % 3 == 0)
    assert (walked.outcome, walked.counts.get("ERASED", 0)) == ("valid", number)
    assert joined(log, cuts) == walked


@given(cut_logs(), st.data())
def test_what_is_broken_is_never_joined(
    cut: tuple[SmallLog, list[int]], data: st.DataObject
) -> None:
    """A changed row at a seam, or in the head, would pass because nobody looked at both sides."""
    log, cuts = cut
    damaged = data.draw(damages(log), label="damaged")
    walked = walked_of(damaged, log)
    assume(walked.outcome == "broken")
    try:
        report = joined(damaged, cuts, log)
    except (VerificationError, StopIteration):
        return
    raise AssertionError(f"joined to {report}, walked to {walked}")


@st.composite
def damages(draw: st.DrawFn, log: SmallLog) -> SmallLog:
    """The log with one thing changed, fitted to its own hash or not."""
    index = draw(st.integers(0, log.head.size - 1))
    row = log.records[index]
    place = draw(st.integers(0, len(row.sealed) - 1))
    changed = row.sealed[:place] + bytes([row.sealed[place] ^ 1]) + row.sealed[place + 1 :]
    before, after = log.records[:index], log.records[index + 1 :]
    return draw(
        st.sampled_from(
            (
                log.resealed(index, row.sealed, changed),
                log.with_record(index, leaf_hash=bytes(32)),
                log.with_record(index, recorded_at_us=row.recorded_at_us + 1),
                log.with_rows(*before, *after),
                log.with_rows(*before, row, row, *after),
                log.with_head(last_leaf_hash=bytes(32)),
                log.with_head(frontier=(*log.head.frontier[:-1], bytes(32))),
                log.with_head(origin="elsewhere.example/log"),
                log.with_head(last_recorded_at=None),
                log.with_disclosures(*log.disclosures[1:]),
            )
        )
    )


def test_the_logs_have_disclosures_that_are_kept_and_that_are_erased() -> None:
    """The laws above would say nothing about personal values."""
    log = log_of(7)
    assert kept(log)
    assert tombstones(log)
