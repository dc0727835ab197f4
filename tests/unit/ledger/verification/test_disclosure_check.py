"""Disclosures beside sealed records: what opens, what is erased, what is missing or added."""

from collections.abc import Sequence
from typing import Final

import pytest

from ledger.errors import VerificationError
from ledger.stored import Head, RawRecord, StoredDisclosure, StoredTombstone
from ledger.units import Index
from ledger.verification.findings import Finding, Report
from ledger.verification.log_check import Erased, verify_log
from tests.sealed_logs import ORIGIN, erasures_of, lock, small_log, tombstone_of, unlock

LOG: Final = small_log(9)
MIXED: Final = small_log(9, foreign_every=4)


def found(report: Report) -> list[tuple[str, int | None, str]]:
    """Verdict, index and place of every finding."""
    return [(finding.verdict, finding.index, finding.place) for finding in report.findings]


def _verify(
    records: Sequence[RawRecord], head: Head, rows: Sequence[StoredDisclosure], *, opens: bool
) -> Report:
    return verify_log(ORIGIN, head, records, rows, unlock if opens else None)


def test_without_keys_disclosures_are_counted_only() -> None:
    """A verifier without keys could not verify, or would claim to have opened what it did not."""
    report = _verify(LOG.records, LOG.head, LOG.disclosures, opens=False)
    assert (report.outcome, report.disclosures_checked, report.disclosures_unopened) == (
        *("valid", 0),
        len(LOG.disclosures),
    )
    fewer = _verify(LOG.records, LOG.head, LOG.disclosures[1:], opens=False)
    assert found(fewer) == [("MISSING_PAYLOAD", 0, "_sd")]


def _erased(*gone: StoredTombstone, told_by: int = 12) -> Erased:
    return Erased(gone, erasures_of(11, told_by))


def _without(row: StoredDisclosure) -> list[StoredDisclosure]:
    return [each for each in LOG.disclosures if each is not row]


def _verify_erased(rows: Sequence[StoredDisclosure], erased: Erased, *, opens: bool) -> Report:
    opener = unlock if opens else None
    return verify_log(ORIGIN, LOG.head, LOG.records, rows, opener, erased=erased)


@pytest.mark.parametrize("opens", [True, False])
def test_a_tombstone_explains_its_digests(*, opens: bool) -> None:
    """An erasure as the law asks would be called a fault, or pass without a word."""
    gone = LOG.disclosures[9]
    report = _verify_erased(_without(gone), _erased(tombstone_of(gone, 11)), opens=opens)
    assert report.outcome == "valid"
    assert report.findings == (
        Finding(
            *("ERASED", 4, "disclosure note,subjects/0"),
            *("a disclosure", "erased by event 12"),
        ),
    )


def test_a_key_that_is_gone_explains_nothing() -> None:
    """Whoever empties the key of a person would have erased them without a trace."""

    def opener(row: StoredDisclosure, event_id: bytes | None, origin: str) -> list[bytes] | None:
        is_gone = row.index == 4 and "note" in row.fields
        return None if is_gone else unlock(row, event_id, origin)

    report = verify_log(ORIGIN, LOG.head, LOG.records, LOG.disclosures, opener)
    assert found(report) == [("MISSING_PAYLOAD", 4, "_sd")]


def test_a_tombstone_of_no_erasure_explains_nothing() -> None:
    """A row of five numbers would be enough to make a value disappear unseen."""
    gone = LOG.disclosures[9]
    report = _verify_erased(_without(gone), _erased(tombstone_of(gone, 10)), opens=True)
    assert found(report) == [("MISSING_PAYLOAD", 4, "disclosure note,subjects/0")]


def test_a_tombstone_of_fewer_digests_explains_only_those() -> None:
    """What was deleted besides would be explained by what was erased."""
    gone = LOG.disclosures[9]
    whole = tombstone_of(gone, 11)
    half = whole._replace(fields="note", digests=whole.digests[:32])
    report = _verify_erased(_without(gone), _erased(half), opens=True)
    assert found(report) == [("ERASED", 4, "disclosure note"), ("MISSING_PAYLOAD", 4, "_sd")]


def test_a_tombstone_of_what_opens_is_a_mismatch() -> None:
    """A value could come back, or be called erased, while it is still there."""
    report = _verify_erased(
        LOG.disclosures, _erased(tombstone_of(LOG.disclosures[9], 11)), opens=True
    )
    assert [one[:2] for one in found(report)] == [
        ("ERASED", 4),
        *[("DISCLOSURE_MISMATCH", 4)] * 2,
    ]


@pytest.mark.parametrize("index", [-1, 9])
def test_a_tombstone_without_a_record_is_a_mismatch(index: int) -> None:
    """An erasure could claim to have erased what never was."""
    stray = tombstone_of(LOG.disclosures[0], 11)._replace(index=index)
    report = _verify_erased(LOG.disclosures, _erased(stray), opens=True)
    assert found(report) == [("DISCLOSURE_MISMATCH", index, "tombstone actor")]


@pytest.mark.parametrize("digests", ["text", b"short", b"x" * 65, None])
def test_damaged_digests_of_a_tombstone_are_found(digests: object) -> None:
    """A damaged column would end the verification, or pass for an erasure."""
    gone = LOG.disclosures[0]
    damaged = tombstone_of(gone, 11)._replace(digests=digests)  # type: ignore[arg-type]  # damage
    report = _verify_erased(_without(gone), _erased(damaged), opens=True)
    assert report.outcome == "broken"
    assert {one[1] for one in found(report)} == {0}


def test_a_disclosure_of_no_digest_is_a_mismatch() -> None:
    """A value could be added to an event afterwards."""
    extra = LOG.disclosures[0]._replace(index=Index(2))
    event_id = LOG.records[2].event_id
    plain = unlock(LOG.disclosures[0], LOG.records[0].event_id, ORIGIN)
    relocked = extra._replace(ciphertext=lock(ORIGIN, event_id, extra.subject_id, plain[0]))
    report = LOG.with_disclosures(*LOG.disclosures, relocked).verify()
    assert found(report) == [("DISCLOSURE_MISMATCH", 2, "disclosure actor")]


def test_a_disclosure_stored_twice_is_a_mismatch() -> None:
    """A second copy of a personal value could survive its erasure."""
    report = LOG.with_disclosures(LOG.disclosures[0], *LOG.disclosures).verify()
    assert found(report) == [("DISCLOSURE_MISMATCH", 0, "disclosure actor")]


def test_disclosures_beside_a_body_without_digests_are_a_mismatch() -> None:
    """A value could be attached to a record that never had one."""
    row = MIXED.disclosures[0]._replace(index=Index(4))
    plain = unlock(MIXED.disclosures[0], MIXED.records[1].event_id, ORIGIN)
    relocked = row._replace(ciphertext=lock(ORIGIN, None, row.subject_id, plain[0]))
    report = MIXED.with_disclosures(*MIXED.disclosures, relocked).verify()
    assert found(report) == [("DISCLOSURE_MISMATCH", 4, "disclosure actor")]


def test_disclosures_of_a_lost_record_are_not_blamed() -> None:
    """What was left behind would be named instead of what is gone."""
    report = LOG.with_rows(*LOG.records[:4], *LOG.records[5:]).verify()
    assert found(report) == [("MISSING", 4, "sealed")]
    assert (report.disclosures_checked, report.disclosures_unopened) == (16, 2)


@pytest.mark.parametrize("index", [-1, 9])
def test_a_disclosure_without_a_record_is_a_mismatch(index: int) -> None:
    """Personal values could be kept where nobody looks for them."""
    stray = LOG.disclosures[0]._replace(index=Index(index))
    report = LOG.with_disclosures(*LOG.disclosures, stray).verify()
    assert [one[:2] for one in found(report)] == [("DISCLOSURE_MISMATCH", index)]


def test_an_opener_that_fails_is_a_finding() -> None:
    """One key that does not fit would end the verification."""

    def opener(row: StoredDisclosure, event_id: bytes | None, origin: str) -> list[bytes]:
        if row.index == 5:
            raise VerificationError("DISCLOSURE_MISMATCH", None, "wrong key")
        return unlock(row, event_id, origin)

    report = verify_log(ORIGIN, LOG.head, LOG.records, LOG.disclosures, opener)
    assert [one[:2] for one in found(report)] == [("DISCLOSURE_MISMATCH", 5)] * 2


def test_what_opens_but_is_no_disclosure_is_a_mismatch() -> None:
    """Whoever holds the keys could store other bytes in place of a disclosure."""
    row = LOG.disclosures[0]
    event_id = LOG.records[0].event_id
    junk = row._replace(ciphertext=lock(ORIGIN, event_id, row.subject_id, b"junk!"))
    report = LOG.with_disclosures(junk, *LOG.disclosures[1:]).verify()
    assert found(report) == [("DISCLOSURE_MISMATCH", 0, "disclosure actor")]
