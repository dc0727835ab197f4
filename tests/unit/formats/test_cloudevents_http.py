"""CloudEvents in binary mode: headers and body say what the JSON form says."""

from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.cloudevents import attributes_of
from formats.cloudevents_http import (
    decode_binary,
    decode_value,
    encode_binary,
    encode_headers,
    encode_value,
    is_binary,
)
from ledger.errors import FormatError
from ledger.events import Event
from tests.strategies import completed_events

TEXTS = st.text(st.characters(codec="utf-8"))
NAMES = st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True).filter(
    lambda name: name not in {"data", "datacontenttype"}
)


@given(TEXTS)
def test_a_value_that_was_encoded_is_read_again(text: str) -> None:
    """A source or subject in another script would become another one on its way."""
    encoded = encode_value(text)
    assert encoded.isascii()
    assert encoded.isprintable()
    assert not set(encoded) & set(' "')
    assert decode_value(encoded) == text


@given(st.dictionaries(NAMES, TEXTS, max_size=5))
def test_attributes_that_were_encoded_are_read_again(attributes: dict[str, str]) -> None:
    """An attribute would get lost between two services."""
    assert decode_binary(encode_headers(attributes).items(), b"") == attributes


@settings(max_examples=50, deadline=None)
@given(completed_events())
def test_an_event_that_was_encoded_is_read_again(event: Event) -> None:
    """A fact sent in binary mode would be another one than in structured mode."""
    headers, body = encode_binary(event)
    assert decode_binary(headers.items(), body) == attributes_of(event)


@given(st.dictionaries(NAMES, TEXTS.filter(bool), max_size=5))
def test_another_implementation_says_the_same(extensions: dict[str, str]) -> None:
    """What standard senders write would be read as something else."""
    known = {"specversion", "id", "source", "type", "time", "subject", "dataschema"}
    attributes: dict[str, Any] = {
        "id": "a b",
        "source": "https://example.nl/ë",
        "type": "access.used",
        "datacontenttype": "application/json",
    } | {name: value for name, value in extensions.items() if name not in known}
    sent = to_binary(CloudEvent(dict(attributes), {"resource": "dossier €"}), JSONFormat())
    read = decode_binary(((name.lower(), v) for name, v in sent.headers.items()), sent.body)
    assert {name: read[name] for name in attributes} == attributes
    assert read["data"] == {"resource": "dossier €"}
    ours = HTTPMessage(encode_headers({"specversion": "1.0", **attributes}), sent.body)
    back = from_binary(ours, JSONFormat())
    assert back.get_attributes()["source"] == attributes["source"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        ("%41%e2%82%ac", "A€"),
        ("with a blank", "with a blank"),
        ('"between \\"quotes\\" %25"', 'between "quotes" %'),
        ('/a"b c"d', "/ab cd"),
        ("", ""),
    ],
)
def test_what_other_senders_write_is_understood(value: str, text: str) -> None:
    """Senders of an older version would be refused, or misread."""
    assert decode_value(value) == text


@pytest.mark.parametrize("value", ["%C0%A0", "%ED%A0%80", "100%", "%4", "€", 'a"b', "\x7f", "a\tb"])
def test_what_encodes_no_text_is_refused(value: str) -> None:
    """Two readers would see two ids in the same header."""
    assert decode_value(value) is None
    with pytest.raises(FormatError, match="attribute id"):
        decode_binary([("ce-id", value)], b"")


@pytest.mark.parametrize(
    ("headers", "place"),
    [
        ([("ce-datacontenttype", "application/json")], "attribute datacontenttype"),
        ([("ce-data", "1")], "attribute data"),
        ([("ce-id", "1"), ("ce-id", "1")], "attribute id"),
    ],
)
def test_an_attribute_stands_once_and_in_its_place(
    headers: list[tuple[str, str]], place: str
) -> None:
    """The first of two ids would count for one reader, the second for another."""
    with pytest.raises(FormatError) as caught:
        decode_binary(headers, b"")
    assert caught.value.place == place


def test_only_ce_headers_make_it_binary() -> None:
    """A plain event of ours would be taken for a CloudEvent."""
    assert is_binary(["host", "ce-id"])
    assert not is_binary(["host", "content-type", "traceparent"])
