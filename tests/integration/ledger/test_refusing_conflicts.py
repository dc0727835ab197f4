"""Events that are stored together or not at all, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from ledger.draft import Receipt
from ledger.errors import BatchRefused, EventIdReused
from ledger.events.log_integrity import LogConflictRecorded
from ledger.ledger import Ledger
from ledger.query import EventQuery
from tests.grants import grant


def _kinds(ledger: Ledger) -> list[str]:
    return [row.kind for row in ledger.log.scan()]


def test_one_conflict_undoes_the_others_and_stays_as_evidence(ledger: Ledger) -> None:
    """Half a request would be stored, or nobody would learn that two facts contradict."""
    first, second = str(uuid7()), str(uuid7())
    ledger.record_many([grant(event_id=first), grant(event_id=second)])
    batch = [
        grant(grant_id="G-18"),
        grant(event_id=first, resource="staff-file"),
        grant(event_id=second),
        grant(event_id=second, resource="pay-file"),
    ]
    with pytest.raises(EventIdReused):
        ledger.record_many(batch, refuse_conflicts=True)
    with pytest.raises(EventIdReused) as caught:
        ledger.record_many(batch, refuse_conflicts=True)
    assert _kinds(ledger) == ["access.granted.v1"] * 2 + ["log.conflict_recorded.v1"] * 2
    error = caught.value
    assert (error.event_id, error.index, error.conflict_index) == (UUID(first), 0, 2)
    assert [(each.place, each.index, each.conflict_index) for each in error.conflicts] == [
        (1, 0, 2),
        (3, 1, 3),
    ]
    evidence = [each.event for each in ledger.read(EventQuery(kinds=("log.conflict_recorded",)))]
    assert [
        str(each.reused_event_id) for each in evidence if isinstance(each, LogConflictRecorded)
    ] == [first, second]


def test_events_that_were_stored_before_are_no_conflict(ledger: Ledger) -> None:
    """Whoever sends a request again after a lost answer would be refused."""
    batch = [grant(event_id=str(uuid7())), grant(event_id=str(uuid7()), grant_id="G-18")]
    ledger.record_many(batch, refuse_conflicts=True)
    again = ledger.record_many([*batch, grant(grant_id="G-19")], refuse_conflicts=True)
    assert [each.duplicate for each in again if isinstance(each, Receipt)] == [True, True, False]
    assert ledger.head().size == 3


def test_an_id_that_stands_twice_in_a_request_is_refused_without_evidence(ledger: Ledger) -> None:
    """The evidence would name a record that was never stored."""
    event_id = str(uuid7())
    batch = [grant(event_id=event_id), grant(event_id=event_id, resource="staff-file")]
    with pytest.raises(BatchRefused) as caught:
        ledger.record_many(batch, refuse_conflicts=True)
    assert [fault.pointer for fault in caught.value.faults] == ["/1"]
    assert ledger.head().size == 0


def test_a_refused_request_hurts_no_other_of_its_group(ledger: Ledger) -> None:
    """Whoever shares a transaction with a conflict would lose an event or get a wrong place."""
    event_id = str(uuid7())
    ledger.record(grant(event_id=event_id))
    contradiction = grant(event_id=event_id, resource="staff-file")

    def send(number: int) -> bool:
        own = grant(event_id=str(uuid7()), grant_id=f"G-{number}")
        try:
            batch = [own, contradiction] if number % 4 == 0 else [own]
            (receipt, *_) = ledger.record_many(batch, refuse_conflicts=True)
        except EventIdReused:
            return False
        assert isinstance(receipt, Receipt)
        stored = ledger.log.record_at(receipt.index)
        assert stored is not None
        return stored.event_id == own.event_id

    with ThreadPoolExecutor(16) as pool:
        kept = list(pool.map(send, range(64)))
    assert kept == [number % 4 != 0 for number in range(64)]
    assert _kinds(ledger).count("access.granted.v1") == 1 + 48
    assert _kinds(ledger).count("log.conflict_recorded.v1") == 1
    assert ledger.verify().findings == ()


def test_what_may_come_again_at_another_time_is_noted_once(ledger: Ledger) -> None:
    """The log would fill with the same note, or with evidence against itself."""
    event_id = uuid7()
    first = LogConflictRecorded(
        event_id=event_id, occurred_at=ledger.clock(), reused_event_id=uuid7(), first_index=0
    )
    later = LogConflictRecorded(
        event_id=event_id, occurred_at=ledger.clock(), reused_event_id=uuid7(), first_index=3
    )
    assert (ledger.record_own_once(first), ledger.record_own_once(later)) == (0, 0)
    assert ledger.head().size == 1
