"""Laws of the whole way in and out: vault, body, sealed record, store and back."""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from ledger.draft import Receipt
from ledger.events import Event, encode_event
from ledger.ledger import Ledger
from ledger.personal import WITHHELD
from ledger.query import shown_json
from tests.opened import opened_records
from tests.strategies import completed_events


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder = tmp_path_factory.mktemp("home")
    made = Ledger.create(
        database=f"sqlite:///{folder / 'zegel.db'}",
        key_file=folder / "key",
        origin="log.example/properties",
    )
    yield made
    made.close()


def _recorded(ledger: Ledger, events: list[Event]) -> tuple[list[Event], list[Receipt]]:
    """The events with ids that no other example used, and their receipts."""
    fresh = [msgspec.structs.replace(event, event_id=uuid7()) for event in events]
    outcomes = ledger.record_many(fresh)
    receipts = [outcome for outcome in outcomes if isinstance(outcome, Receipt)]
    assert len(receipts) == len(events)
    return fresh, receipts


@given(st.lists(completed_events(), min_size=1, max_size=4))
def test_what_is_recorded_is_read_back_with_identities(ledger: Ledger, events: list[Event]) -> None:
    """A value would be lost, changed or shown under another field on its way through the vault."""
    recorded, receipts = _recorded(ledger, events)
    rows = list(ledger.log.scan(receipts[0].index))
    opened = list(opened_records(ledger, rows))
    assert [each.event for each in opened] == recorded
    assert all(set(each.personal.values()) <= {"open"} for each in opened)


@given(completed_events())
def test_nothing_personal_is_shown_without_identities(ledger: Ledger, event: Event) -> None:
    """A reader without the right to see identities would see one, or a value be left unmarked."""
    _, (receipt,) = _recorded(ledger, [event])
    (shown,) = ledger.open_records(ledger.log.scan(receipt.index))
    (revealed,) = opened_records(ledger, ledger.log.scan(receipt.index))
    assert shown.event is not None
    assert shown.personal.keys() == revealed.personal.keys()
    assert set(shown.personal.values()) <= {"token", "withheld"}
    for path, state in shown.personal.items():
        name, _, place = path.partition("/")
        value = getattr(shown.event, name)
        if state == "withheld":
            assert (value[int(place)] if place else value) in {WITHHELD, None} or value == {}
    text = shown_json(shown)
    assert "person:" not in text
    assert "ip:" not in text.replace("zip:", "")


@given(completed_events())
def test_recording_twice_gives_the_first_receipt_again(ledger: Ledger, event: Event) -> None:
    """A source that repeats itself after a lost answer would be counted twice."""
    (recorded,), (receipt,) = _recorded(ledger, [event])
    size = ledger.head().size
    again = ledger.record(recorded)
    assert msgspec.structs.replace(again, duplicate=False) == receipt
    assert again.duplicate
    assert ledger.head().size == size


@given(st.lists(completed_events(), min_size=2, max_size=2))
def test_sameness_is_equality(ledger: Ledger, events: list[Event]) -> None:
    """Two facts would be taken for one, or one fact for two."""
    first, second = events
    same = ledger.vault.sameness(first) == ledger.vault.sameness(second)
    assert same == (encode_event(first) == encode_event(second))
