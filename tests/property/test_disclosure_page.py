"""Disclosures judged by whole pages give what they give one by one."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from ledger.disclosure import base64url
from ledger.errors import VerificationError
from ledger.stored import RawDisclosure, StoredDisclosure
from ledger.verification.body_copies import SealedDigests
from ledger.verification.disclosure_check import PageOpener
from ledger.verification.disclosure_page import fits
from ledger.verification.findings import Report
from ledger.verification.log_check import verify_log
from tests.sealed_logs import ORIGIN, SmallLog, lock, small_log, unlock, uuid_of

_CHECK_BYTES: Final = len(lock(ORIGIN, None, uuid_of(1), b""))


class Unlocking:
    """Opens what `unlock` opens, also by pages."""

    def __init__(self) -> None:
        self.pages_opened = 0

    def __call__(
        self, disclosure: StoredDisclosure, event_id: bytes | None, origin: str, /
    ) -> list[bytes]:
        """One row."""
        return unlock(disclosure, event_id, origin)

    def open_page(
        self, rows: Sequence[RawDisclosure], event_ids: Sequence[bytes]
    ) -> list[bytes] | None:
        """All of them; `None` if one does not open."""
        try:
            opened = [
                b"~".join(unlock(StoredDisclosure._make(row), event_id, ORIGIN))
                for row, event_id in zip(rows, event_ids, strict=True)
            ]
        except VerificationError:
            return None
        self.pages_opened += 1
        return opened


@cache
def log_of(size: int) -> SmallLog:
    """The same log each time."""
    return small_log(size, foreign_every=5)


def reports(log: SmallLog) -> tuple[Report, Report]:
    """What the rows give one by one, and by pages."""
    return (
        verify_log(log.origin, log.head, log.records, log.disclosures, unlock),
        verify_log(log.origin, log.head, log.records, log.disclosures, Unlocking()),
    )


def changed_plain(row: StoredDisclosure, log: SmallLog, plain: bytes) -> StoredDisclosure:
    """The row with other texts inside, locked for the same record."""
    event_id = log.records[row.index].event_id
    return row._replace(ciphertext=lock(ORIGIN, event_id, row.subject_id, plain))


@st.composite
def damaged(draw: st.DrawFn) -> SmallLog:
    """A log with one or two of its disclosures changed, taken away, doubled or moved."""
    log = log_of(draw(st.sampled_from((2, 7, 300))))
    rows = list(log.disclosures)
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(rows) - 1))
        row, other = rows[place], rows[draw(st.integers(0, len(rows) - 1))]
        plain = row.ciphertext[_CHECK_BYTES:]
        flipped = draw(st.integers(0, len(plain) - 1))
        rows[place : place + 1] = draw(
            st.sampled_from(
                (
                    [],
                    [row, row],
                    [row._replace(fields=f"{row.fields},more")],
                    [row._replace(fields="other")],
                    [row._replace(ciphertext=row.ciphertext[:-1])],
                    [row._replace(subject_id=other.subject_id)],
                    [row._replace(ciphertext=other.ciphertext)],
                    [changed_plain(row, log, other.ciphertext[_CHECK_BYTES:])],
                    [changed_plain(row, log, plain + b"~" + plain)],
                    [changed_plain(row, log, plain + b"=")],
                    [changed_plain(row, log, plain + b"\n")],
                    [changed_plain(row, log, b"")],
                    [changed_plain(row, log, base64url(b'["salt","name","value","more"]'))],
                    [changed_plain(row, log, base64url(b'["salt","name"]'))],
                    [changed_plain(row, log, base64url(b'[1,"name","value"]'))],
                    [
                        changed_plain(
                            row,
                            log,
                            plain[:flipped] + bytes([plain[flipped] ^ 1]) + plain[flipped + 1 :],
                        )
                    ],
                )
            )
        )
    return log.with_disclosures(*rows)


@given(damaged())
def test_pages_and_single_rows_give_one_report(log: SmallLog) -> None:
    """A changed disclosure would pass because others were looked at with it, or be told twice."""
    one_by_one, by_pages = reports(log)
    assert by_pages == one_by_one


def test_a_sound_log_is_opened_by_pages() -> None:
    """Every row would be opened twice, or the law above compare single rows with single rows."""
    log, opener = log_of(300), Unlocking()
    report = verify_log(log.origin, log.head, log.records, log.disclosures, opener)
    assert (report.outcome, report.disclosures_checked) == ("valid", len(log.disclosures))
    assert opener.pages_opened > 0
    assert isinstance(opener, PageOpener)
    assert not isinstance(unlock, PageOpener)


def test_a_digest_that_is_sealed_twice_is_left_to_the_single_check() -> None:
    """One disclosure would explain two digests."""
    log = log_of(2)
    row = next(iter(log.disclosures))
    rows = [RawDisclosure._make(each) for each in log.disclosures if each.index == row.index]
    event_id = log.records[row.index].event_id
    opener = Unlocking()
    twice = SealedDigests([event_id], [["a", "a"]])
    assert not fits(opener.open_page, row.index, twice, rows)
    assert not fits(opener.open_page, row.index, twice, [])
    assert fits(opener.open_page, row.index, SealedDigests([event_id], [[]]), [])
