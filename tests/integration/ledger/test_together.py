"""Requests that are recorded together: one transaction, and to each its own outcome."""

from collections.abc import Sequence

import pytest
from sqlalchemy import event as engine_event
from uuid_utils.compat import uuid7

from ledger.draft import Draft, Receipt
from ledger.erased_meanwhile import ATTEMPTS
from ledger.errors import MalformedEvent, StoreUnavailable
from ledger.events import Event
from ledger.ledger import Ledger
from ledger.own_records import ADMINISTRATION
from ledger.store.requests import StaleVault
from ledger.together import Outcome, record_together
from ledger.undoing import Undone
from tests.grants import grant


def fresh(number: int, **values: object) -> Event:
    return grant(event_id=str(uuid7()), grant_id=f"G-{number}", **values)


def indexes(outcome: Outcome) -> list[int]:
    assert isinstance(outcome, list)
    return [int(receipt.index) for receipt in outcome]


def test_requests_share_one_commit_and_get_their_receipts_in_order(ledger: Ledger) -> None:
    """Each sender would pay for its own commit, or hold the receipt of another one's fact."""
    people = [fresh(number, grantee="person:jan@example.nl") for number in range(7)]
    record_together(ledger, [people[:1]])  # new people and cases have transactions of their own
    ledger.record_many([fresh(number) for number in range(1, 7)])
    commits: list[object] = []
    engine_event.listen(ledger.log.engine, "commit", commits.append)
    found = record_together(ledger, [people[1:3], people[3:4], people[:1], people[4:]])
    assert [indexes(each) for each in found] == [[7, 8], [9], [0], [10, 11, 12]]
    assert len(commits) == 1
    for request, outcome in zip((people[1:3], people[3:4]), found, strict=False):
        assert isinstance(outcome, list)
        assert [each.event_id for each in outcome] == [each.event_id for each in request]
    assert isinstance(found[2], list)
    assert found[2][0].duplicate
    assert ledger.verify().findings == ()


def test_nothing_of_one_request_touches_another(ledger: Ledger) -> None:
    """A careless sender would lose facts for strangers, or get its own stored in part."""
    known = fresh(0)
    ledger.record(known)
    own = fresh(1, system=ADMINISTRATION)
    malformed = fresh(2, resource="file-111222333")  # a citizen number
    conflict = grant(event_id=str(known.event_id), resource="staff-file")
    twice = fresh(3)
    requests = [
        [fresh(4), fresh(5)],
        [fresh(6), own],
        [fresh(7), malformed],
        [fresh(8), conflict],
        [fresh(9)],
        [twice, grant(event_id=str(twice.event_id), resource="other-file")],
        [],
        [fresh(10)],
    ]
    found = record_together(ledger, requests)
    assert [type(each) for each in found] == [
        list,
        MalformedEvent,
        MalformedEvent,
        Undone,
        list,
        Undone,
        list,
        list,
    ]
    assert [getattr(each, "place", None) for each in found[1:3]] == [1, 1]
    assert [indexes(found[at]) for at in (0, 4, 6, 7)] == [[1, 2], [3], [], [4]]
    assert ledger.head().size == 5
    stored = {row.event_id for row in ledger.log.scan()}
    assert stored == {known.event_id, *(each.event_id for at in (0, 4, 7) for each in requests[at])}
    assert ledger.verify().findings == ()


def test_keys_that_change_meanwhile_are_read_anew(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fact would be sealed under a key that was destroyed, or its sender refused for nothing."""
    drafts = ledger.vault.drafts
    calls: list[int] = []

    def from_before(events: Sequence[Event]) -> list[Draft]:
        made = drafts(events)
        if not calls:
            ledger.vault.generation -= 1  # as if an erasure ended just then
        calls.append(len(events))
        return made

    ledger.vault.generation -= 1
    monkeypatch.setattr(ledger.vault, "drafts", from_before)
    found = record_together(ledger, [[fresh(0)], [fresh(1)]])
    assert [indexes(each) for each in found] == [[0], [1]]
    assert ledger.verify().findings == ()


def test_keys_that_change_all_the_time_are_an_error(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread for all senders would never come to an end."""
    calls: list[int] = []

    def stale(events: Sequence[Event]) -> list[Draft]:
        calls.append(len(events))
        raise StaleVault(0, 1)

    monkeypatch.setattr(ledger.vault, "drafts", stale)
    (found,) = record_together(ledger, [[fresh(0)]])
    assert isinstance(found, StoreUnavailable)
    assert "nothing was stored" in str(found)
    assert len(calls) == ATTEMPTS


def test_a_database_that_is_away_is_told_to_each(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread of all senders would end with the first trouble."""

    def away(_events: Sequence[Event]) -> list[Draft]:
        raise StoreUnavailable("away")

    monkeypatch.setattr(ledger.vault, "drafts", away)
    found = record_together(ledger, [[fresh(0)], [fresh(1)]])
    assert [type(each) for each in found] == [StoreUnavailable] * 2
    monkeypatch.undo()
    (outcome,) = record_together(ledger, [[fresh(2)]])
    assert isinstance(outcome, list)
    assert isinstance(outcome[0], Receipt)


def test_a_log_of_checkpoints_takes_no_facts_this_way_either(ledger: Ledger) -> None:
    """The service would store facts about people where only checkpoints belong."""
    ledger.of_checkpoints = True
    found = record_together(ledger, [[fresh(0)], []])
    assert [type(each) for each in found] == [MalformedEvent, list]
    assert "--log" in str(found[0])
    assert ledger.head().size == 0
