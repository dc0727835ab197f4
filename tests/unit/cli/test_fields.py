"""Options follow from the vocabulary: every field of every kind can be given."""

import click
import msgspec
import pytest

from cli.fields import EventField, FieldValue, fields_of, mapping_of, option_of
from ledger.events import KINDS, event_from_mapping
from ledger.events.access import AccessGranted
from ledger.events.exchange import ExchangePerformed


def field_named(event_class: type[msgspec.Struct], path: str) -> EventField:
    return next(field for field in fields_of(event_class) if field.path == path)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_has_one_option(kind: str) -> None:
    """A fact could not be recorded by hand, or two fields would share an option."""
    fields = fields_of(KINDS[kind])
    assert {field.path.partition(".")[0] for field in fields} == set(KINDS[kind].__struct_fields__)
    options = [option for field in fields for option in option_of(field).opts]
    assert len(options) == len(set(options))


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
    assert FieldValue(field_named(ExchangePerformed, path)).convert(typed, None, None) == value


@pytest.mark.parametrize(
    ("path", "typed"),
    [("size_bytes", "4 Mb"), ("sender", "{"), ("occurred_at", "blah"), ("encrypted", "x")],
)
def test_what_is_no_such_value_names_expectation_and_finding(path: str, typed: str) -> None:
    """Somebody would be told that something is wrong, but not what."""
    with pytest.raises(click.BadParameter, match=r"expected .*found"):
        FieldValue(field_named(ExchangePerformed, path)).convert(typed, None, None)


def test_given_options_make_an_event() -> None:
    """A fact would be recorded with a field in the wrong place."""
    fields = fields_of(ExchangePerformed)
    values = {
        "direction": "out",
        "exchange_kind": "sync",
        "content_classes": ("a", "b"),
        "recipient__role": "processor",
        "recipient__organisation": "intermax",
        "sender": None,
        "subjects": (),
    }
    mapping = mapping_of(fields, values)
    assert mapping == {
        "direction": "out",
        "exchange_kind": "sync",
        "content_classes": ["a", "b"],
        "recipient": {"role": "processor", "organisation": "intermax"},
    }
    given = {"kind": "exchange.performed", "occurred_at": "2026-01-01T00:00:00Z", **mapping}
    event = event_from_mapping(given)
    assert isinstance(event, ExchangePerformed)
    assert event.recipient is not None
    assert event.recipient.organisation == "intermax"


def test_attributes_are_given_as_names_with_values() -> None:
    """An attribute would have to be typed as JSON, or two would replace each other."""
    fields = fields_of(KINDS["processing.performed.v1"])
    field = next(each for each in fields if each.path == "attributes")
    value = FieldValue(field)
    typed = tuple(value.convert(each, None, None) for each in ("a=1", "b=x=y", '{"c": [1]}'))
    assert mapping_of(fields, {"attributes": typed}) == {
        "attributes": {"a": "1", "b": "x=y", "c": [1]}
    }
    with pytest.raises(click.BadParameter, match="NAME=VALUE"):
        value.convert("a", None, None)
