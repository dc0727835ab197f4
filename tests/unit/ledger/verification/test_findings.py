"""Findings and reports: what counts as broken, and what people read."""

from dataclasses import replace
from typing import Final

from ledger.merkle import EMPTY_ROOT
from ledger.units import Size
from ledger.verification.findings import KEPT_PER_VERDICT, Finding, FindingLog, Report, modified

REPORT: Final = Report("log.example", Size(3), EMPTY_ROOT, 3, 0, 0, (), {})
ERASED: Final = Finding("ERASED", 1, "disclosure actor", "a disclosure", "an erased key")
MISSING: Final = Finding("MISSING", 4, "sealed", "a record", "none", 6)


def test_a_log_without_records_is_no_evidence() -> None:
    """Somebody would call a log verified in which nothing was checked."""
    assert replace(REPORT, records_checked=0).outcome == "empty"
    assert REPORT.outcome == "valid"


def test_any_fault_breaks_the_evidence() -> None:
    """A fault would be listed below the word valid."""
    report = replace(REPORT, findings=(ERASED, MISSING), counts={"ERASED": 1, "MISSING": 1})
    assert report.outcome == "broken"
    assert report.first_fault == MISSING


def test_a_fault_breaks_an_empty_log_too() -> None:
    """A log could be emptied, and its verification would call it new."""
    report = replace(REPORT, records_checked=0, counts={"TRUNCATED": 1})
    assert report.outcome == "broken"


def test_an_erasure_is_no_fault() -> None:
    """Who erases a person as the law asks would be shown as a forger."""
    report = replace(REPORT, findings=(ERASED,), counts={"ERASED": 1})
    assert not ERASED.is_fault
    assert report.outcome == "valid"
    assert report.first_fault is None


def test_a_tail_that_waits_for_its_signature_is_no_fault() -> None:
    """Every log would be called broken for as long as its newest record is young."""
    tail = Finding("UNSIGNED_TAIL", 7, "checkpoint", "a signature", "none yet", 9)
    assert not tail.is_fault
    assert replace(REPORT, findings=(tail,), counts={"UNSIGNED_TAIL": 1}).outcome == "valid"


def test_findings_are_sentences() -> None:
    """An operator could not tell what is wrong, where."""
    assert str(MISSING) == "MISSING: records 4 to 6, sealed: expected a record, found none"
    assert str(modified(None, "head.size", 3, 4)) == "MODIFIED: head.size: expected 3, found 4"
    assert str(modified(2, "column system", None, b"\x01")) == (
        "MODIFIED: record 2, column system: expected nothing, found 01"
    )


def test_findings_are_kept_up_to_a_bound_and_counted_beyond_it() -> None:
    """A broken log of a million records would fill the memory, or erasures would hide a fault."""
    log = FindingLog()
    log.add_all(ERASED for _ in range(KEPT_PER_VERDICT + 5))
    log.add(MISSING)
    assert len(log.kept) == KEPT_PER_VERDICT + 1
    assert log.counts == {"ERASED": KEPT_PER_VERDICT + 5, "MISSING": 1}
    assert log.kept[-1] == MISSING


def test_findings_are_in_order_of_their_index() -> None:
    """The first fault named would not be the first one."""
    log = FindingLog()
    head, later, first = modified(None, "head.size", 1, 2), MISSING, modified(0, "a", 1, 2)
    log.add_all([head, later, first])
    assert log.in_order() == (first, later, head)
