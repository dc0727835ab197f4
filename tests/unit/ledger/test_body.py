"""Events in two parts: what is sealed in clear, and what is not."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import pytest

from ledger.body import PersonalValue, body_digests, join_body, read_body, sealed_body, split_event
from ledger.errors import MalformedRecord
from ledger.events import Event, event_from_mapping
from ledger.personal import WITHHELD

EVENT: Final[Event] = event_from_mapping(
    {
        "kind": "access.granted.v1",
        "event_id": "0195e3a0-0000-7000-8000-000000000001",
        "occurred_at": "2026-03-29T01:00:00Z",
        "grant_id": "G-17",
        "grantee": "person:j.jansen",
        "resource": "customer-file",
        "subjects": ["data-subject:customer:4711", "data-subject:customer:4712"],
        "justification": "asked by phone",
    }
)
OPENED: Final = {
    "grant_id": "G-17",
    "grantee": "person:j.jansen",
    "subjects/0": "data-subject:customer:4711",
    "subjects/1": "data-subject:customer:4712",
    "justification": "asked by phone",
}


def test_personal_values_leave_the_public_part() -> None:
    """A personal value would be sealed in clear, for ever."""
    split = split_event(EVENT)
    assert split.public == {
        "kind": "access.granted.v1",
        "event_id": "0195e3a0-0000-7000-8000-000000000001",
        "occurred_at": "2026-03-29T01:00:00Z",
        "resource": "customer-file",
    }
    assert [(value.path, value.value) for value in split.subjects] == [
        ("subjects/0", "data-subject:customer:4711"),
        ("subjects/1", "data-subject:customer:4712"),
        ("grantee", "person:j.jansen"),
    ]
    assert split.cases == [PersonalValue("grant_id", "grant", "G-17")]
    assert [value.path for value in split.texts] == ["justification"]
    assert split.stream_key == ("grant", "G-17")


def test_digests_stand_sorted_in_the_body() -> None:
    """The order of the digests would tell which field is which."""
    body = sealed_body({"kind": "a.b.v1"}, ["b", "a"])
    assert body == b'{"kind":"a.b.v1","_sd":["a","b"]}'
    assert body_digests(body) == ["a", "b"]


def test_a_body_without_personal_fields_has_no_digests() -> None:
    """A reader would look for disclosures that never were."""
    assert sealed_body({"kind": "a.b.v1"}, []) == b'{"kind":"a.b.v1"}'
    assert body_digests(b'{"kind":"a.b.v1"}') == []


def test_an_event_comes_back_with_all_its_values() -> None:
    """What was recorded could not be shown again."""
    body = sealed_body(split_event(EVENT).public, ["x"])
    assert [join_body(body, OPENED)] == [EVENT]


def test_what_cannot_be_opened_is_withheld() -> None:
    """After an erasure the rest of the event would be lost too."""
    body = sealed_body({**split_event(EVENT).public, "grant_id": "stream"}, ["x"])
    found = join_body(body, {"subjects/1": "data-subject:customer:4712"})
    assert getattr(found, "grantee", None) == WITHHELD
    assert getattr(found, "grant_id", None) == "stream"
    assert getattr(found, "justification", "absent") is None
    assert found.subjects == (WITHHELD, "data-subject:customer:4712")


@pytest.mark.parametrize("path", ["subjects/", "subjects/-1", "subjects/01", "subjects/99999999"])
def test_a_place_that_no_tuple_has_is_refused(path: str) -> None:
    """A changed column could make a reader fill its memory."""
    body = sealed_body(split_event(EVENT).public, ["x"])
    with pytest.raises(MalformedRecord, match="expected a place such as subjects/0"):
        join_body(body, {path: "data-subject:customer:4712"})


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b"[]",
        b'{"a":',
        b'{"a":"\xff"}',
        b"[" * 100_000,
        b'{"kind":"access.granted.v1"}',
        b'{"kind":"no.such_kind.v1"}',
        b'{"kind":7}',
        b"{}",
    ],
)
def test_bytes_that_are_no_event_are_refused(body: bytes) -> None:
    """Hostile bytes would crash a reader, or be shown as an event."""
    with pytest.raises(MalformedRecord):
        join_body(body, {})


@pytest.mark.parametrize(
    "body", [b"\x00", b'"text"', b'{"_sd":7}', b'{"_sd":[7]}', b'{"_sd":null}']
)
def test_digests_of_another_form_are_refused(body: bytes) -> None:
    """A verifier would crash on a body that commits to nonsense."""
    with pytest.raises(MalformedRecord):
        body_digests(body)


def test_any_json_object_can_be_read() -> None:
    """A record of a newer version could not be shown raw."""
    assert read_body(b'{"kind":"new.kind.v9","x":[1]}') == {"kind": "new.kind.v9", "x": [1]}


def test_the_example_has_the_time_that_the_test_thinks() -> None:
    """The other tests would compare with an event that they do not describe."""
    assert EVENT.occurred_at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert EVENT.event_id == UUID("0195e3a0-0000-7000-8000-000000000001")
