"""A range is in order as a whole or not at all, and ranges must meet."""

from dataclasses import replace

import pytest

from ledger.errors import VerificationError
from ledger.verification.findings import Finding, FindingLog
from ledger.verification.intact_ranges import IntactRange, JoinedRanges, check_range
from ledger.verification.page_check import Expectation
from ledger.verification.start import BEGINNING
from tests.sealed_logs import ORIGIN, SmallLog, small_log, unlock

LOG = small_log(9)


def part_of(log: SmallLog, start: int, stop: int) -> IntactRange:
    """The records from `start` below `stop`, checked."""
    expected = Expectation(ORIGIN, 0, BEGINNING.last_leaf, BEGINNING.recorded_at_us)
    if start:
        before = log.records[start - 1]
        expected = Expectation(ORIGIN, start, before.leaf_hash, before.recorded_at_us)
    beside = [row for row in log.disclosures if start <= row.index < stop]
    return check_range(expected, stop, log.records[start:stop], beside, unlock)


def test_ranges_join_to_the_report_of_one_walk() -> None:
    """What is in order would be walked twice."""
    whole = JoinedRanges(ORIGIN, LOG.head, BEGINNING)
    for start, stop in ((0, 4), (4, 5), (5, 9)):
        whole.add(part_of(LOG, start, stop))
    assert whole.records_checked == 9
    assert whole.report() == LOG.verify()


def test_a_range_must_follow_the_one_before() -> None:
    """Records could be left out between two ranges, or another record stand at the seam."""
    for wrong in (
        part_of(LOG, 4, 6),
        replace(part_of(LOG, 3, 6), expected=Expectation(ORIGIN, 3, bytes(32), 0)),
    ):
        whole = JoinedRanges(ORIGIN, LOG.head, BEGINNING)
        whole.add(part_of(LOG, 0, 3))
        with pytest.raises(VerificationError, match="record 3"):
            whole.add(wrong)


def test_a_time_that_goes_back_over_a_seam_is_refused() -> None:
    """recorded_at could go back where two ranges meet."""
    expected = Expectation(ORIGIN, 3, LOG.records[2].leaf_hash, LOG.records[3].recorded_at_us + 1)
    with pytest.raises(VerificationError, match="record 3"):
        check_range(expected, 6, LOG.records[3:6], (), None)


def test_ranges_that_end_before_the_head_are_refused() -> None:
    """The newest records could be left out."""
    whole = JoinedRanges(ORIGIN, LOG.head, BEGINNING)
    whole.add(part_of(LOG, 0, 8))
    with pytest.raises(VerificationError, match="size"):
        whole.report()


def test_a_range_that_ends_early_is_refused() -> None:
    """The last record of a range could be gone."""
    expected = Expectation(ORIGIN, 0, BEGINNING.last_leaf, BEGINNING.recorded_at_us)
    with pytest.raises(VerificationError, match="records up to 5"):
        check_range(expected, 5, LOG.records[:4], LOG.disclosures[:8], unlock)


def test_a_disclosure_without_a_record_is_refused() -> None:
    """A disclosure that stands behind the last record would be passed over."""
    expected = Expectation(ORIGIN, 0, BEGINNING.last_leaf, BEGINNING.recorded_at_us)
    with pytest.raises(VerificationError, match="DISCLOSURE_MISMATCH"):
        check_range(expected, 4, LOG.records[:4], LOG.disclosures[:9], unlock)


def test_findings_that_are_not_kept_are_counted() -> None:
    """Two logs of findings put together would count fewer than there were."""
    one, other, both = FindingLog(), FindingLog(), FindingLog()
    for index in range(1_500):
        erased = Finding("ERASED", index, "disclosure actor", "a disclosure", "an erased key")
        both.add(erased)
        (one if index < 400 else other).add(erased)
    one.absorb(other)
    assert (one.kept, one.counts) == (both.kept, both.counts)
