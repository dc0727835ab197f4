"""The verification of a whole log: every verdict, at its place, and nobody else blamed."""

from dataclasses import replace
from typing import Final
from uuid import UUID

import pytest

from ledger.record import NO_PREVIOUS
from ledger.stored import StoredRecord
from ledger.units import Hash32, Index, Size
from ledger.verification.findings import Report
from ledger.verification.log_check import PAGE_RECORDS, verify_log
from tests.sealed_logs import ORIGIN, SmallLog, small_log, unlock

LOG: Final = small_log(9)
MIXED: Final = small_log(9, foreign_every=4)
OTHER_HASH: Final = Hash32(bytes(range(32)))


def found(report: Report) -> list[tuple[str, int | None, str]]:
    """Verdict, index and place of every finding."""
    return [(finding.verdict, finding.index, finding.place) for finding in report.findings]


def test_a_new_log_is_empty() -> None:
    """A log without records would be called verified."""
    report = small_log(0).verify()
    assert (report.outcome, report.findings, report.records_checked) == ("empty", (), 0)


@pytest.mark.parametrize("size", [1, 2, PAGE_RECORDS, PAGE_RECORDS + 1, 2 * PAGE_RECORDS])
def test_a_log_of_several_pages_is_valid(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verification would break where one page of records, or of leaves, meets the next."""
    monkeypatch.setattr("ledger.verification.leaves._BATCH", 100)
    log = small_log(size)
    report = log.verify()
    assert (report.outcome, report.findings) == ("valid", ())
    assert (report.size, report.records_checked) == (size, size)


@pytest.mark.parametrize("index", [0, 255, 256, 257, 511, 512, 599])
def test_a_change_at_the_edge_of_a_page_is_found_there(index: int) -> None:
    """The record at which two pages meet could be changed, or its neighbour would be blamed."""
    log = small_log(600)
    sealed = log.records[index].sealed
    changed = log.resealed(index, b"customer-file", b"customer-fill").verify()
    assert found(changed) == [("MODIFIED", index, "sealed")]
    spoiled = log.with_record(index, sealed=sealed[:-1] + b"]").verify()
    assert found(spoiled) == [("MODIFIED", index, "sealed")]


def test_the_root_is_that_of_the_head() -> None:
    """The report would name a root that nobody else computes."""
    tree = small_log(8)
    assert (tree.verify().root,) == tree.head.frontier


def test_rows_as_the_store_gives_them_are_verified_too() -> None:
    """A verification would depend on the form in which a driver gives ids."""
    rows = [
        StoredRecord(
            index=Index(row.index),
            sealed=row.sealed,
            leaf_hash=row.leaf_hash,
            stream=UUID(bytes=row.stream),
            version=row.version,
            kind=row.kind,
            event_id=UUID(bytes=row.event_id) if row.event_id else None,
            recorded_at_us=row.recorded_at_us,
            occurred_at_us=row.occurred_at_us,
            system=row.system,
        )
        for row in MIXED.records
    ]
    report = verify_log(ORIGIN, MIXED.head, rows, MIXED.disclosures, unlock)
    assert (report.outcome, report.findings) == ("valid", ())
    rows[3] = rows[3]._replace(stream=UUID(int=3))
    report = verify_log(ORIGIN, MIXED.head, rows, MIXED.disclosures, unlock)
    assert found(report) == [("MODIFIED", 3, "column stream")]


def test_progress_tells_the_records_checked() -> None:
    """Somebody who waits would not see how far it is."""
    told: list[int] = []
    log = small_log(PAGE_RECORDS + 3)
    verify_log(ORIGIN, log.head, log.records, (), None, told.append)
    assert told == [PAGE_RECORDS, PAGE_RECORDS + 3]


def test_a_body_that_is_no_event_has_no_copies() -> None:
    """What the eventsourcing library stores would be called broken, or get columns unseen."""
    assert MIXED.verify().outcome == "valid"
    report = MIXED.with_record(4, event_id=bytes(16), system="x", occurred_at_us=1).verify()
    places = ["column event_id", "column occurred_at_us", "column system"]
    assert found(report) == [("MODIFIED", 4, place) for place in places]


def test_a_history_rewritten_with_its_head_is_consistent() -> None:
    """The documented limit would be another: only a hash kept elsewhere shows such a rewrite."""
    rewritten = LOG.rewritten(3, b"customer-file", b"customer-fill")
    assert rewritten.verify().outcome == "valid"
    assert rewritten.head.last_leaf_hash != LOG.head.last_leaf_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"event_id":"0', b'"event_id":"x'),
        (b'"occurred_at":"2026', b'"occurred_at":"2O26'),
        (b'Z","resource"', b'","resource"'),
        (b'"_sd":["', b'"_sd":[1,"'),
        (b'"_sd":[', b'"_sd":7,"x":['),
    ],
)
def test_an_event_with_other_members_is_named(old: bytes, new: bytes) -> None:
    """A sealed event that no reader understands would pass as a body without copies."""
    report = LOG.rewritten(4, old, new).verify()
    assert found(report)[0] == ("MODIFIED", 4, "event bytes")


def test_a_body_of_another_kind_than_its_header_has_no_copies() -> None:
    """A record could say one thing in its header and another in its event."""
    report = LOG.rewritten(4, b'{"kind":"access.used.v1"', b'{"kind":"access.used.v2"').verify()
    assert ("MODIFIED", 4, "column event_id") in found(report)


def test_a_time_that_goes_back_is_named_at_its_record() -> None:
    """A record could be dated before one that was recorded earlier."""
    report = LOG.rewritten(6, b"T00:59:59.9", b"T00:59:58.9").verify()
    assert ("MODIFIED", 6, "recorded_at") in found(report)
    assert {finding.index for finding in report.findings} == {6}


def test_a_first_record_with_a_previous_one_is_named() -> None:
    """A log could begin in the middle of another one."""
    report = LOG.rewritten(0, b"\n" + b"A" * 43 + b"=\n", b"\nAQ" + b"A" * 41 + b"=\n").verify()
    assert found(report) == [("MODIFIED", 0, "previous")]


def test_a_record_of_another_log_is_named() -> None:
    """A record could be taken over from another log."""
    report = LOG.rewritten(8, b"log.example/zegel", b"log.example/other").verify()
    assert ("MODIFIED", 8, "origin of the log") in found(report)


def test_records_of_another_log_are_one_finding() -> None:
    """A name given wrongly would be reported a million times."""
    report = replace(LOG, origin="log.example/other").verify()
    assert found(report) == [
        ("MODIFIED", None, "origin of the log"),
        ("MODIFIED", None, "head.origin"),
    ]


def test_bytes_without_a_header_are_named() -> None:
    """Bytes that are no record at all could be committed to."""
    report = LOG.rewritten(8, b"zegel/record/v1", b"zegel/record/v2").verify()
    assert ("MODIFIED", 8, "sealed") in found(report)


@pytest.mark.parametrize(
    ("first", "count", "expected"),
    [
        (0, 1, [("MISSING", 0, None)]),
        (3, 1, [("MISSING", 3, None)]),
        (3, 4, [("MISSING", 3, 6)]),
        (8, 1, [("TRUNCATED", 8, 8)]),
        (5, 4, [("TRUNCATED", 5, 8)]),
        (0, 9, [("TRUNCATED", 0, 8)]),
    ],
)
def test_gaps_are_ranges(
    first: int, count: int, expected: list[tuple[str, int, int | None]]
) -> None:
    """A million lost records would be a million findings, or a gap would have wrong ends."""
    report = LOG.with_rows(*LOG.records[:first], *LOG.records[first + count :]).verify()
    assert [(gap.verdict, gap.index, gap.last_index) for gap in report.findings] == expected


def test_a_gap_too_large_to_fill_is_one_finding() -> None:
    """A changed size could make a verifier fill its memory."""
    far = LOG.records[8]._replace(index=2**40)
    log = LOG.with_head(size=Size(2**41), last_leaf_hash=OTHER_HASH)
    report = log.with_rows(*LOG.records[:8], far).verify()
    verdicts = [(one.verdict, one.index, one.last_index) for one in report.findings]
    assert ("MISSING", 8, 2**40 - 1) in verdicts
    assert ("TRUNCATED", 2**40 + 1, 2**41 - 1) in verdicts


def test_a_changed_size_is_told_from_lost_and_extra_records() -> None:
    """A changed head would be blamed on records that are all there."""
    for size in (0, 5, 8, 10, 10**12):
        report = LOG.with_head(size=Size(size)).verify()
        assert found(report) == [("MODIFIED", None, "head.size")]


def test_a_changed_record_below_a_changed_size_is_still_named() -> None:
    """A second change could hide behind that of the head."""
    spoiled = LOG.resealed(4, b"customer-file", b"customer-fill").with_head(size=Size(5))
    assert found(spoiled.verify()) == [("MODIFIED", 4, "sealed"), ("MODIFIED", None, "head.size")]


@pytest.mark.parametrize("count", [1, 3])
def test_a_frontier_of_another_length_is_named(count: int) -> None:
    """A frontier that lost or gained bytes would end in a crash."""
    report = LOG.with_head(frontier=(OTHER_HASH,) * count).verify()
    assert found(report) == [("MODIFIED", None, "head.frontier")]


def test_a_frontier_with_a_short_hash_is_named() -> None:
    """A frontier that lost its last byte would end in a crash."""
    *whole, last = LOG.head.frontier
    report = LOG.with_head(frontier=(*whole, Hash32(last[:-1]))).verify()
    assert found(report) == [("MODIFIED", None, "head.frontier[1]")]


def test_a_new_log_has_a_new_head() -> None:
    """The head of a log without records could hold anything."""
    log = small_log(0)
    assert log.head.last_leaf_hash == NO_PREVIOUS
    spoiled = log.with_head(last_leaf_hash=OTHER_HASH, last_recorded_at=LOG.head.last_recorded_at)
    assert found(spoiled.verify()) == [
        ("MODIFIED", None, "head.last_leaf_hash"),
        ("MODIFIED", None, "head.last_recorded_at"),
    ]


def test_records_without_a_head_are_inserted() -> None:
    """A log could be filled without its head."""
    report = LOG.with_head(size=Size(0), last_leaf_hash=NO_PREVIOUS, frontier=()).verify()
    assert [one[:2] for one in found(report)][:9] == [("INSERTED", index) for index in range(9)]


def test_a_long_run_of_changed_records_is_judged_in_bounded_memory() -> None:
    """A verifier would keep every record of a broken log, or name only some of them."""
    log = small_log(700)
    rows = [row._replace(sealed=row.sealed + b" ") for row in log.records[50:650]]
    report = log.with_rows(*log.records[:50], *rows, *log.records[650:]).verify()
    assert [one[1] for one in found(report)] == list(range(50, 650))
    assert {one[2] for one in found(report)} == {"sealed"}


def test_rows_of_damaged_types_are_findings() -> None:
    """A damaged database would end a verification instead of being reported."""
    spoiled = LOG.with_record(3, sealed="text", leaf_hash=None, stream=5, version="x")
    assert {one[:2] for one in found(spoiled.verify())} == {("MODIFIED", 3)}
    unplaced = LOG.records[3]._replace(index="three")  # type: ignore[arg-type]  # damaged
    report = LOG.with_rows(*LOG.records[:3], unplaced, *LOG.records[4:]).verify()
    assert found(report) == [("MISSING", 3, "sealed"), ("INSERTED", None, "column idx")]
    early = LOG.with_record(3, recorded_at_us=2**70).verify()
    assert found(early) == [("MODIFIED", 3, "column recorded_at_us")]


def test_the_same_bytes_under_another_type_are_a_finding() -> None:
    """A record that readers cannot read any more would be called whole."""
    text = LOG.records[3].sealed.decode("utf-8")
    assert found(LOG.with_record(3, sealed=text).verify()) == [("MODIFIED", 3, "column sealed")]


def test_a_row_before_the_first_is_inserted() -> None:
    """A record could stand where nobody looks."""
    report = LOG.with_rows(LOG.records[0]._replace(index=-1), *LOG.records).verify()
    assert [one[:2] for one in found(report)] == [("INSERTED", -1)]


def test_the_small_log_is_what_the_tests_think() -> None:
    """Every test above could pass on a log that has nothing to verify."""
    assert isinstance(LOG, SmallLog)
    assert len(LOG.disclosures) == 18
    assert [row.index for row in MIXED.records if row.event_id is None] == [0, 4, 8]


def test_extra_records_beyond_the_bound_are_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log with a million extra records would fill the memory, or they would go uncounted."""
    monkeypatch.setattr("ledger.verification.head_check.KEPT_STRAYS", 2)
    monkeypatch.setattr("ledger.verification.strays.KEPT_STRAYS", 2)
    extra = [LOG.records[4]._replace(index=10 + place) for place in range(5)]
    report = LOG.with_rows(*LOG.records, *extra).verify()
    assert [(one.verdict, one.index, one.last_index) for one in report.findings] == [
        *(("INSERTED", 10, None), ("INSERTED", 11, None), ("INSERTED", 12, 14)),
    ]
    changed = LOG
    for index in (1, 3, 5):
        changed = changed.resealed(index, b"customer-file", b"customer-fill")
    assert [one[:2] for one in found(changed.verify())] == [
        ("MODIFIED", index) for index in (1, 3, 5)
    ]


def test_a_leaf_that_nobody_can_tell_leaves_its_subtree_out() -> None:
    """What cannot be known would be reported as a changed head."""
    swapped = LOG.with_record(3, sealed=LOG.records[5].sealed, leaf_hash=LOG.records[5].leaf_hash)
    report = swapped.resealed(4, b"customer-file", b"customer-fill").verify()
    assert {one[1] for one in found(report)} == {3, 4}


def test_a_tree_with_a_gap_too_large_says_nothing_of_the_frontier() -> None:
    """A lost million of records would also be called a changed head."""
    size = 2**21
    far = LOG.records[8]._replace(index=size - 1)
    log = LOG.with_rows(*LOG.records[:8], far).with_head(size=Size(size))
    places = [one[2] for one in found(log.verify())]
    assert not [place for place in places if place.startswith("head.")]


@pytest.mark.parametrize("leaf", [b"", bytes(31), bytes(33)])
def test_a_head_with_a_hash_of_another_length_is_named(leaf: bytes) -> None:
    """A head that lost bytes would end in a crash."""
    spoiled = LOG.with_head(last_leaf_hash=leaf, frontier=(OTHER_HASH, OTHER_HASH))
    assert found(spoiled.verify()) == [
        ("MODIFIED", None, "head.last_leaf_hash"),
        ("MODIFIED", None, "head.frontier[0]"),
        ("MODIFIED", None, "head.frontier[1]"),
    ]
