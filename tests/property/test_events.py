"""Laws of the vocabulary that hold for every event of every kind.

Events are compared in lists, here and elsewhere: mypy would ask for `==` of every pair of kinds.
"""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.body import DIGESTS_KEY, SplitEvent, join_body, sealed_body, split_event
from ledger.errors import MalformedEvent
from ledger.events import (
    KINDS,
    PLANS,
    Event,
    complete_event,
    decode_event,
    encode_event,
    event_from_mapping,
    kind_of,
)
from ledger.personal import normalised_identity
from tests.strategies import addresses, completed_events, data_subjects, events, people


def _never() -> uuid.UUID:
    raise AssertionError("the event has an id already")


def _refusal(data: bytes) -> MalformedEvent | None:
    try:
        decode_event(data)
    except MalformedEvent as error:
        return error
    return None


def _opened(split: SplitEvent) -> dict[str, Any]:
    return {value.path: value.value for value in (*split.subjects, *split.cases, *split.texts)}


def _instants(value: object) -> list[datetime]:
    """Every instant in an event, however deep."""
    if isinstance(value, datetime):
        return [value]
    if isinstance(value, msgspec.Struct):
        value = tuple(msgspec.structs.asdict(value).values())
    if isinstance(value, tuple):
        return [instant for item in value for instant in _instants(item)]
    return []


@given(events())
def test_decoding_gives_the_encoded_event(event: Event) -> None:
    """What a source sends would not be what is stored."""
    assert [decode_event(encode_event(event))] == [event]


@given(events())
def test_plain_values_give_the_event(event: Event) -> None:
    """An event typed as fields would differ from the same event sent as JSON."""
    named = json.loads(encode_event(event))
    assert [event_from_mapping(named)] == [event]
    named["kind"] = named["kind"].rpartition(".")[0]
    assert [event_from_mapping(named)] == [event]


@given(events(), st.uuids())
def test_completion_settles_id_and_zone_and_is_final(event: Event, new_id: uuid.UUID) -> None:
    """An event would be sealed without an id, in local time, or otherwise than at a second try."""
    completed = complete_event(event, new_id=lambda: new_id)
    assert completed.event_id == (event.event_id or new_id)
    assert {instant.tzinfo for instant in _instants(completed)} == {UTC}
    assert _instants(completed) == _instants(event)
    assert [complete_event(completed, new_id=_never)] == [completed]


@given(events())
def test_completion_keeps_the_offset_in_which_the_source_counted(event: Event) -> None:
    """The local day of an event, on which terms run, would be lost."""
    completed = complete_event(event, new_id=uuid.uuid4)
    offset = event.occurred_at.utcoffset()
    if event.occurred_zone is not None or not offset:
        assert completed.occurred_zone == event.occurred_zone
    else:
        sign = -1 if (completed.occurred_zone or "")[0] == "-" else 1
        hours, minutes = (completed.occurred_zone or "")[1:].split(":")
        assert sign * timedelta(hours=int(hours), minutes=int(minutes)) == offset


@given(completed_events())
def test_split_and_joined_with_all_values_is_the_event(event: Event) -> None:
    """A reader with every key would see another event than the one recorded."""
    split = split_event(event)
    assert [join_body(sealed_body(split.public, []), _opened(split))] == [event]


@given(completed_events())
def test_the_sealed_body_has_no_personal_field(event: Event) -> None:
    """A name would be sealed where it can never be erased."""
    split = split_event(event)
    body = sealed_body(split.public, [])
    assert not set(json.loads(body)) & {field.name for field in PLANS[kind_of(event)].fields}
    assert body.isascii()  # public types hold ASCII only, what people type does not


@given(completed_events(), st.data())
def test_withheld_values_leave_a_readable_event(event: Event, data: st.DataObject) -> None:
    """After an erasure the rest of a record could not be shown."""
    split = split_event(event)
    opened = _opened(split)
    kept = data.draw(st.sets(st.sampled_from(sorted(opened)))) if opened else set()
    body = sealed_body(split.public, ["x" * 43])
    joined = join_body(body, {path: opened[path] for path in kept})
    assert joined.event_id == event.event_id
    assert joined.occurred_at == event.occurred_at
    assert DIGESTS_KEY not in json.loads(encode_event(joined))


@given(st.one_of(people(), addresses(), data_subjects()))
def test_an_identity_has_one_spelling(identity: str) -> None:
    """One person would get two keys, and an erasure would miss one."""
    once = normalised_identity(identity)
    assert normalised_identity(once) == once


@given(events(), st.binary(max_size=12), st.data())
def test_damaged_bytes_are_refused_as_malformed_events(
    event: Event, noise: bytes, data: st.DataObject
) -> None:
    """Hostile input would raise what nobody catches."""
    whole = encode_event(event)
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, len(whole)))
    damaged = whole[:start] + noise + whole[stop:]
    error = _refusal(damaged)
    if error is None:
        assert kind_of(decode_event(damaged)) in KINDS
    else:
        assert all((error.kind, error.field, error.expected, error.found))


@given(events(), st.data())
def test_a_wrong_value_is_named_with_its_field(event: Event, data: st.DataObject) -> None:
    """The sender would not know which field to correct."""
    named = json.loads(encode_event(event))
    field = data.draw(st.sampled_from(sorted(set(named) - {"kind"})))
    named[field] = [[]]
    with pytest.raises(MalformedEvent) as raised:
        event_from_mapping(named)
    assert raised.value.kind == kind_of(event)
    assert raised.value.field.split("/")[0] == field
    assert raised.value.found.startswith("a list of ")
    assert "regex" not in raised.value.expected


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_survives_the_whole_way(kind: str) -> None:
    """One kind would be recorded and could not be read again."""

    @settings(max_examples=8)
    @given(completed_events([kind]))
    def survives(event: Event) -> None:
        split = split_event(decode_event(encode_event(event)))
        assert kind_of(event) == split.kind == kind
        assert [join_body(sealed_body(split.public, []), _opened(split))] == [event]

    survives()
