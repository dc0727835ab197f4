"""Fields follow from the vocabulary: every field of every kind can be given."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from formats.event_fields import EventField, fields_of, mapping_of, typed_value
from formats.typed_times import TimeReader
from ledger.errors import BadRequest
from ledger.events import KINDS
from ledger.events.access import AccessGranted
from ledger.events.blocking import IpBlocked
from ledger.events.breach import BreachAssessed, BreachSuspected
from ledger.events.exchange import ExchangePerformed

TIMES = TimeReader(datetime(2026, 11, 20, 12, tzinfo=UTC), ZoneInfo("Europe/Amsterdam"))


def field_named(event_class: type[msgspec.Struct], path: str) -> EventField:
    return next(field for field in fields_of(event_class) if field.path == path)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_is_found(kind: str) -> None:
    """A fact could not be given whole."""
    found = {field.path.partition(".")[0] for field in fields_of(KINDS[kind])}
    assert found == set(KINDS[kind].__struct_fields__)


def test_own_and_required_fields_come_first() -> None:
    """A reader of the help would look for what a kind needs among thirty fields of every event."""
    fields = fields_of(AccessGranted)
    assert [field.path for field in fields[:3]] == ["grant_id", "grantee", "resource"]
    assert not fields[-1].own


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("grant_id", "id of the grant"),
        ("grantee", "person:ACCOUNT"),
        ("resource", "name such as customer-file or ssh/labsz"),
        ("valid_until", "time"),
        ("origin", "ip:ADDRESS"),
        ("subject_count", "number"),
        ("clock_offset", "duration such as PT72H"),
        ("event_id", "UUID"),
        ("evidence", "JSON {sha256, media_type, uri}"),
    ],
)
def test_the_help_says_what_a_value_looks_like(path: str, words: str) -> None:
    """Somebody would have to guess how an address or a duration is written."""
    assert field_named(AccessGranted, path).words == words


def test_a_closed_list_says_its_words() -> None:
    """A form would let somebody type a risk that the vocabulary refuses."""
    assert field_named(BreachAssessed, "risk").choices == ("none", "risk", "high")
    assert field_named(BreachAssessed, "method").choices == ()


def test_what_names_a_person_says_so() -> None:
    """A form would treat a name like a public word."""
    assert field_named(AccessGranted, "grantee").namespace == "person"
    assert field_named(AccessGranted, "subjects").namespace == "data-subject"
    assert field_named(AccessGranted, "resource").namespace is None


def test_the_objects_of_a_list_say_their_fields() -> None:
    """Moments from which a clock could run would have to be written as JSON."""
    parts = field_named(BreachSuspected, "anchors").parts
    assert [(each.path, each.shape, each.required) for each in parts] == [
        ("anchor", "text", True),
        ("at", "instant", True),
        ("event_id", "text", False),
    ]
    assert "aware" in parts[0].choices


@pytest.mark.parametrize(
    ("path", "typed", "value"),
    [
        ("size_bytes", "812004", 812004),
        ("encrypted", "yes", True),
        ("occurred_at", "2026-11-20T14:00+01:00", "2026-11-20T13:00:00+00:00"),
        ("sender", '{"role": "user"}', {"role": "user"}),
        ("channel", "https", "https"),
    ],
)
def test_a_typed_value_becomes_what_the_field_takes(path: str, typed: str, value: object) -> None:
    """The vocabulary would refuse `812004` because it is a text."""
    assert typed_value(field_named(ExchangePerformed, path), typed, TIMES) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("203.0.113.9", "ip:203.0.113.9"),
        ("2001:db8::7", "ip:2001:db8::7"),
        ("ip:203.0.113.9", "ip:203.0.113.9"),
        ("203.0.113.900", "203.0.113.900"),
    ],
)
def test_an_address_is_typed_with_or_without_its_word(typed: str, value: str) -> None:
    """Somebody who types an address where only an address fits would be told to type one."""
    assert typed_value(field_named(IpBlocked, "ip"), typed, TIMES) == value


@pytest.mark.parametrize(
    ("path", "typed"),
    [("size_bytes", "4 Mb"), ("sender", "{"), ("occurred_at", "blah"), ("encrypted", "x")],
)
def test_what_is_no_such_value_names_expectation_and_finding(path: str, typed: str) -> None:
    """Somebody would be told that something is wrong, but not what."""
    with pytest.raises(BadRequest, match=r"expected .*found"):
        typed_value(field_named(ExchangePerformed, path), typed, TIMES)


def test_a_time_without_a_zone_is_local() -> None:
    """The 72 hours would begin an hour off."""
    found = typed_value(field_named(AccessGranted, "occurred_at"), "2026-11-20T14:00", TIMES)
    assert found == "2026-11-20T13:00:00+00:00"


def test_attributes_are_given_as_names_with_values() -> None:
    """An attribute would have to be typed as JSON, or two would replace each other."""
    fields = fields_of(KINDS["processing.performed.v1"])
    field = next(each for each in fields if each.path == "attributes")
    typed = tuple(typed_value(field, each, TIMES) for each in ("a=1", "b=x=y", '{"c": [1]}'))
    assert mapping_of(fields, {"attributes": typed}) == {
        "attributes": {"a": "1", "b": "x=y", "c": [1]}
    }
    with pytest.raises(BadRequest, match="NAME=VALUE"):
        typed_value(field, "a", TIMES)
