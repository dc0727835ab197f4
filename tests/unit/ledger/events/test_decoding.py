"""A wrong event is refused with its kind, field, expectation and finding."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ledger.errors import MalformedEvent
from ledger.events import decode_event, encode_event, event_from_mapping
from ledger.events.access import AccessGranted

KIND = "access.granted.v1"
GRANT: dict[str, Any] = {
    "kind": KIND,
    "occurred_at": "2026-11-22T09:30:00Z",
    "grant_id": "G-1",
    "grantee": "person:j.jansen@example.nl",
    "resource": "customer-file",
}
INSTANT = "an instant with an offset, such as 2026-11-22T09:30:00Z"
WORD = "lower-case letters and digits, parted by . _ -, such as application-access"


@pytest.mark.parametrize(
    ("changes", "field", "expected", "found"),
    [
        ({"occurred_at": "2026-11-22"}, "occurred_at", INSTANT, "'2026-11-22'"),
        ({"occurred_at": "2026-11-22T09:30:00"}, "occurred_at", INSTANT, "'2026-11-22T09:30:00'"),
        ({"occurred_at": 5}, "occurred_at", INSTANT, "5"),
        ({"acts": ["read", "Write it"]}, "acts/1", WORD, "'Write it'"),
        ({"acts": ["read\n"]}, "acts/0", WORD, "'read\\n'"),
        ({"acts": "read"}, "acts", f"a list, each item {WORD}", "'read'"),
        ({"subject_count": -1}, "subject_count", "a whole number, 0 or more", "-1"),
        ({"subject_count": True}, "subject_count", "a whole number, 0 or more", "true"),
        ({"subject_count": "3"}, "subject_count", "a whole number, 0 or more", "'3'"),
        ({"outcome": "fine"}, "outcome", "one of denied, failure, success", "'fine'"),
        ({"origin": "person:x"}, "origin", "an IPv4 or IPv6 address such as ip:203.0.113.7", None),
        ({"clock_offset": "1h"}, "clock_offset", "a duration in ISO 8601, such as PT72H", "'1h'"),
        ({"evidence": [{"sha256": "AB"}]}, "evidence/0/sha256", None, "'AB'"),
        ({"evidence": [{}]}, "evidence/0/sha256", None, "nothing"),
        ({"evidence": [{"size": 1}]}, "evidence/0/size", "a field of evidence/0", None),
        ({"recource": "x"}, "recource", "a field of this kind (did you mean resource?)", None),
        ({"grant_id": ""}, "grant_id", "the id of a grant, 1 to 400 characters", "''"),
        ({"grantee": None}, "grantee", None, "null"),
        ({"note": "a" * 9000}, "note", "a text of at most 8192 characters", None),
    ],
)
def test_a_wrong_field_is_named(
    changes: dict[str, Any], field: str, expected: str | None, found: str | None
) -> None:
    """The sender would not know what to correct, or a wrong value would be sealed."""
    wrong = GRANT | changes
    with pytest.raises(MalformedEvent) as from_json:
        decode_event(json.dumps(wrong).encode())
    with pytest.raises(MalformedEvent) as from_mapping:
        event_from_mapping(wrong)
    assert str(from_json.value) == str(from_mapping.value)
    assert (from_json.value.kind, from_json.value.field) == (KIND, field)
    assert from_json.value.expected == expected or expected is None
    assert from_json.value.found == found or found is None
    assert len(str(from_json.value)) < 400


@pytest.mark.parametrize("field", ["occurred_at", "grant_id", "grantee", "resource"])
def test_a_missing_field_is_named(field: str) -> None:
    """The sender would have to guess which field a kind demands."""
    wrong = {name: value for name, value in GRANT.items() if name != field}
    with pytest.raises(MalformedEvent) as raised:
        decode_event(json.dumps(wrong).encode())
    assert (raised.value.kind, raised.value.field) == (KIND, field)
    assert raised.value.found == "nothing"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "(whole)"),
        (b"not json", "(whole)"),
        (b"[]", "(whole)"),
        (b"\xff\xfe", "(whole)"),
        (b"[" * 100_000, "(whole)"),
        (b'{"note": "\xff"}', "(whole)"),
        (b"{}", "kind"),
        (b'{"kind": 3}', "kind"),
        (b'{"kind": "access.granted"}', "kind"),
        (b'{"kind": "acces.granted.v1"}', "kind"),
    ],
)
def test_what_is_no_event_is_refused(data: bytes, field: str) -> None:
    """Bytes of any content would bring a reader down."""
    with pytest.raises(MalformedEvent) as raised:
        decode_event(data)
    assert (raised.value.kind, raised.value.field) == ("event", field)


def test_an_unknown_kind_offers_close_ones() -> None:
    """A mistyped kind would leave its author searching the reference."""
    with pytest.raises(MalformedEvent, match=r"did you mean access\.granted"):
        event_from_mapping(GRANT | {"kind": "acces.grantd"})


def test_plain_values_may_be_python_objects_and_texts() -> None:
    """A reader of a foreign format, or a person at a terminal, would have to write JSON."""
    event = event_from_mapping(
        GRANT | {"kind": "access.granted", "occurred_at": datetime(2026, 11, 22, 9, tzinfo=UTC)}
    )
    assert isinstance(event, AccessGranted)
    assert event.occurred_at == datetime(2026, 11, 22, 9, tzinfo=UTC)
    typed = event_from_mapping(GRANT | {"subject_count": "3"}, strict=False)
    assert typed.subject_count == 3


def test_the_encoded_event_begins_with_its_kind_and_leaves_defaults_out() -> None:
    """The bytes of an event would not be what the reference says."""
    event = decode_event(json.dumps(GRANT).encode())
    assert json.loads(encode_event(event)) == GRANT
    assert encode_event(event).startswith(b'{"kind":"access.granted.v1",')


def test_an_event_that_json_cannot_hold_is_refused() -> None:
    """A lone surrogate would raise what nobody catches."""
    event = event_from_mapping(GRANT | {"note": "\ud800"})
    with pytest.raises(MalformedEvent, match="values that JSON can hold"):
        encode_event(event)
