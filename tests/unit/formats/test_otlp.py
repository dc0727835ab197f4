"""OTLP/JSON taken apart: forms of values, of identifiers, of requests."""

import json
from typing import Any

import pytest

from formats.otlp import spans_of
from ledger.errors import FormatError
from tests.unit.formats.traces import request_of, span_of


def value_of(value: object) -> object:
    span = span_of() | {"attributes": [{"key": "x", "value": value}]}
    (only,) = spans_of(request_of(span), "request")
    return only.attributes["x"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"stringValue": "a"}, "a"),
        ({"intValue": "42"}, 42),
        ({"intValue": -42}, -42),
        ({"intValue": str(2**63 - 1)}, str(2**63 - 1)),
        ({"intValue": "4x"}, "4x"),
        ({"boolValue": False}, False),
        ({"doubleValue": 1.5}, 1.5),
        ({"doubleValue": 2}, 2.0),
        ({"doubleValue": "NaN"}, '"NaN"'),
        ({"doubleValue": float("inf")}, "Infinity"),
        ({"doubleValue": True}, "true"),
        ({"doubleValue": 10**400}, str(10**400)),
        ({"intValue": 10**400}, str(10**400)),
        ({"bytesValue": "AAE="}, "AAE="),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}}, ["a", "1"]),
        ({"arrayValue": {}}, []),
        ({"kvlistValue": {"values": []}}, '{"values": []}'),
        ({}, None),
        (None, None),
        ("bare", None),
    ],
)
def test_values_are_kept_exact(sent: object, kept: object) -> None:
    """A value would change, or be lost, on its way into the vault."""
    assert value_of(sent) == kept
    assert type(value_of(sent)) is type(kept)


def test_tempo_exports_are_read() -> None:
    """A file of a common tool would give spans without identifiers."""
    request = request_of(
        span_of(traceId="IPVdsJyEbHkvdYsmy6Mk8A==", spanId="uXvTW/k51z4=", parentSpanId="")
    )
    (span,) = spans_of({"batches": request["resourceSpans"]}, "request")
    assert span.trace_id == bytes.fromhex("20f55db09c846c792f758b26cba324f0")
    assert span.span_id == bytes.fromhex("b97bd35bf939d73e")


def test_an_exception_event_belongs_to_its_span() -> None:
    """The fault of a processing would be lost."""
    attributes = [{"key": "exception.type", "value": {"stringValue": "KeyError"}}]
    events = [{"name": "retry"}, {"name": "exception", "attributes": attributes}]
    (span,) = spans_of(request_of(span_of(events=events)), "request")
    assert span.exception == {"exception.type": "KeyError"}


def test_a_span_goes_back_to_json_for_the_operator() -> None:
    """What was refused could not be repaired and sent again."""
    sent = span_of(name="naïef \ud800")
    (span,) = spans_of(request_of(sent), "request")
    assert json.loads(span.to_bytes()) == sent


@pytest.mark.parametrize(
    "request_",
    [
        [],
        "text",
        {"resource_spans": []},
        {"resourceSpans": {}},
        {"resourceSpans": ["x"]},
        {"resourceSpans": [{"scopeSpans": 1}]},
        {"resourceSpans": [{"scopeSpans": [{"spans": [1]}]}]},
    ],
)
def test_what_is_no_request_is_refused(request_: Any) -> None:  # noqa: ANN401 - anything at all
    """A misspelt request would pass for one without spans."""
    with pytest.raises(FormatError, match="expected"):
        list(spans_of(request_, "request 1"))


@pytest.mark.parametrize("request_", [{}, {"resourceSpans": []}, {"resourceSpans": [{}]}])
def test_an_empty_request_is_valid(request_: dict[str, Any]) -> None:
    """A sender with nothing to say would be told that it is wrong."""
    assert list(spans_of(request_, "request")) == []
