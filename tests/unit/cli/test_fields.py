"""Options follow from the vocabulary: every field of every kind can be given."""

import click
import msgspec
import pytest

from cli.fields import FieldValue, mapping_of, option_of
from formats.event_fields import EventField, fields_of
from ledger.events import KINDS, event_from_mapping
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


@pytest.mark.parametrize(
    ("path", "typed"),
    [("size_bytes", "4 Mb"), ("sender", "{"), ("occurred_at", "blah"), ("encrypted", "x")],
)
def test_what_is_no_such_value_names_expectation_and_finding(path: str, typed: str) -> None:
    """Somebody would be told that something is wrong, but not what."""
    with pytest.raises(click.BadParameter, match=r"expected .*found"):
        FieldValue(field_named(ExchangePerformed, path)).convert(typed, None, None)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2 March 2026", "--occurred-at 2 March 2026 is 2026-03-02 00:00:00+01\n"),
        ("2026-03-02", ""),
        ("2026-03-02 09:00", ""),
        ("2026-03-02T09:00:00Z", ""),
    ],
)
def test_a_time_that_was_worked_out_is_told(
    typed: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What happened would stand in the log on another day than was meant, and nobody would see."""
    FieldValue(field_named(ExchangePerformed, "occurred_at")).convert(typed, None, None)
    assert capsys.readouterr().err == told


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
