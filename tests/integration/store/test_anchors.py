"""Anchors in a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from ledger.anchors.anchor import Anchor
from ledger.errors import VerificationError
from ledger.store import SealedLog
from ledger.store.anchors import AnchorTable
from ledger.store.engine import writing
from ledger.units import Size

AT = datetime(2026, 3, 29, 1, 0, 0, 1, tzinfo=UTC)
TOKEN = Anchor("rfc3161", "first", Size(7), b"\x30\x00\xff", AT)
LINE = Anchor("witness", "one.example", Size(7), "— one.example AAAA\n".encode(), AT)


@pytest.fixture
def anchors(log: SealedLog) -> AnchorTable:
    return AnchorTable(log.engine, log.log_id)


def test_what_is_kept_comes_back(anchors: AnchorTable) -> None:
    """Evidence would be lost, or changed by a byte and worth nothing."""
    for anchor in (LINE, TOKEN):
        anchors.add(anchor)
    assert anchors.anchors_of(Size(7)) == [TOKEN, LINE]
    assert anchors.anchors_of(Size(8)) == []


def test_the_same_anchor_twice_is_one(anchors: AnchorTable) -> None:
    """A run that is repeated after a crash would fail."""
    anchors.add(TOKEN)
    anchors.add(TOKEN)
    assert anchors.anchors_of(Size(7)) == [TOKEN]


def test_the_newest_is_the_one_of_the_largest_size(anchors: AnchorTable) -> None:
    """A witness would be asked from a size that it left behind."""
    later = Anchor("witness", "one.example", Size(9), b"later", AT)
    again = Anchor("witness", "one.example", Size(9), b"again", AT + timedelta(seconds=1))
    for anchor in (again, LINE, later, TOKEN):
        anchors.add(anchor)
    assert anchors.newest("witness", "one.example") == again
    assert anchors.newest("rfc3161", "first") == TOKEN
    assert anchors.newest("rfc3161", "one.example") is None


def test_of_each_witness_the_last_word_comes_and_nothing_else(anchors: AnchorTable) -> None:
    """What a checkpoint costs to publish would grow while a log is idle."""
    said = [
        replace(LINE, authority=name, anchored_at=AT + timedelta(hours=hours))
        for name in ("b.example", "a.example")
        for hours in (2, 0, 1)
    ]
    for each in (TOKEN, *said, replace(LINE, authority="a.example", size=Size(8))):
        anchors.add(each)
    last = AT + timedelta(hours=2)
    assert anchors.newest_cosignatures(Size(7)) == [
        replace(LINE, authority="a.example", anchored_at=last),
        replace(LINE, authority="b.example", anchored_at=last),
    ]


def test_all_of_them_come_page_by_page(
    anchors: AnchorTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verification would skip anchors, or look at some twice."""
    monkeypatch.setattr("ledger.store.anchors.PAGE_ROWS", 2)
    kept = [
        replace(anchor, size=Size(size), anchored_at=AT + timedelta(seconds=second))
        for size in (7, 8, 9)
        for anchor in (TOKEN, LINE)
        for second in (0, 1)
    ]
    for anchor in kept[::-1]:
        anchors.add(anchor)
    assert list(anchors.scan()) == kept
    assert list(anchors.scan(8)) == kept[4:]


def test_anchors_of_another_log_are_not_ours(log: SealedLog, anchors: AnchorTable) -> None:
    """The word about one log would count for another in the same database."""
    AnchorTable(log.engine, log.log_id + 1).add(TOKEN)
    assert anchors.anchors_of(Size(7)) == []
    assert anchors.newest("rfc3161", "first") is None


@pytest.mark.parametrize("change", ["DELETE FROM zegel_anchor", "UPDATE zegel_anchor SET size = 8"])
def test_kept_anchors_cannot_be_changed(log: SealedLog, anchors: AnchorTable, change: str) -> None:
    """Evidence could be removed by an ordinary statement."""
    anchors.add(TOKEN)
    with pytest.raises(DatabaseError), log.engine.begin() as connection:
        connection.execute(text(change))
    assert anchors.anchors_of(Size(7)) == [TOKEN]


@pytest.mark.parametrize(("kind", "at_us"), [("oath", 0), ("witness", 2**62)])
def test_a_row_that_no_anchor_gave_is_named(
    log: SealedLog, anchors: AnchorTable, kind: str, at_us: int
) -> None:
    """A forged row would crash the program with a traceback."""
    with writing(log.engine) as connection:
        connection.execute(
            text(
                "INSERT INTO zegel_anchor (log, size, kind, authority, at_us, token)"
                " VALUES (:log, 7, :kind, 'me', :at_us, :token)"
            ),
            {"log": log.log_id, "kind": kind, "at_us": at_us, "token": b""},
        )
    with pytest.raises(VerificationError, match=r"MODIFIED: anchor of size 7"):
        anchors.anchors_of(Size(7))
