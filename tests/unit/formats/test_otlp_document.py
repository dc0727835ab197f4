"""OTLP requests as documents: what is refused, where, and which spellings are one."""

import json
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from formats.otlp_document import log_request, trace_request
from ledger.errors import FormatError
from tests.unit.formats.traces import request_of, span_of

SPAN = "resourceSpans[0].scopeSpans[0].spans[0]"


def read(request: object) -> dict[str, Any]:
    return trace_request(json.dumps(request).encode(), is_json=True)


def refusal(request: object) -> tuple[str, str, str]:
    with pytest.raises(FormatError) as caught:
        read(request)
    return caught.value.place, caught.value.expected, caught.value.found


def value_of(value: object) -> object:
    span = span_of() | {"attributes": [{"key": "x", "value": value}]}
    document = read(request_of(span))
    found = document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"][0]
    return found.get("value")


@pytest.mark.parametrize(
    ("changes", "place", "expected"),
    [
        ({"name": 5}, "name", "text"),
        ({"kind": "SPAN_KIND_SERVER"}, "kind", "the integer of an enumeration"),
        ({"status": {"code": "STATUS_CODE_OK"}}, "status.code", "the integer of an enumeration"),
        ({"status": {"code": True}}, "status.code", "the integer of an enumeration"),
        ({"status": 1}, "status", "an object"),
        ({"events": {}}, "events", "an array"),
        ({"events": [None]}, "events[0]", "an object"),
        ({"traceId": 7}, "traceId", "text"),
        ({"startTimeUnixNano": "soon"}, "startTimeUnixNano", f"an integer from 0 to {2**64 - 1}"),
        ({"startTimeUnixNano": -1}, "startTimeUnixNano", f"an integer from 0 to {2**64 - 1}"),
        ({"startTimeUnixNano": "1" * 21}, "startTimeUnixNano", "an integer from 0 to"),
        ({"startTimeUnixNano": "\u0663"}, "startTimeUnixNano", "an integer from 0 to"),
        ({"startTimeUnixNano": 1.5}, "startTimeUnixNano", "an integer from 0 to"),
        ({"flags": 2**32}, "flags", f"an integer from 0 to {2**32 - 1}"),
    ],
)
def test_a_wrong_type_is_refused_by_its_path(
    changes: dict[str, object], place: str, expected: str
) -> None:
    """A value would be lost in silence, or its sender not learn which one is wrong."""
    found = refusal(request_of(span_of(**changes)))
    assert found[0] == f"{SPAN}.{place}"
    assert found[1].startswith(expected)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("bare", ""),
        ({"stringValue": 1}, ".stringValue"),
        ({"boolValue": "true"}, ".boolValue"),
        ({"intValue": "4x"}, ".intValue"),
        ({"intValue": str(2**63)}, ".intValue"),
        ({"doubleValue": "much"}, ".doubleValue"),
        ({"doubleValue": True}, ".doubleValue"),
        ({"bytesValue": "*"}, ".bytesValue"),
        ({"arrayValue": {"values": {}}}, ".arrayValue.values"),
        ({"string_value": "x"}, ".string_value"),
        ({"stringValue": "x", "intValue": "1"}, ""),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_its_path(value: object, place: str) -> None:
    """An attribute would be recorded as something else than its sender meant."""
    span = span_of() | {"attributes": [{"key": "x", "value": value}]}
    assert refusal(request_of(span))[0] == f"{SPAN}.attributes[0].value{place}"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"intValue": 7}, {"intValue": "7"}),
        ({"intValue": "-0"}, {"intValue": "0"}),
        ({"doubleValue": 2}, {"doubleValue": 2.0}),
        ({"doubleValue": "2.5"}, {"doubleValue": 2.5}),
        ({"doubleValue": "NaN"}, {"doubleValue": "NaN"}),
        ({"bytesValue": "-_8"}, {"bytesValue": "+/8="}),
        ({"stringValue": "", "someday": 1}, {"stringValue": ""}),
        ({"arrayValue": {}}, {"arrayValue": {}}),
        ({}, {}),
        (None, None),
    ],
)
def test_spellings_of_one_value_are_one(sent: object, kept: object) -> None:
    """The same fact sent twice would be a conflict."""
    assert value_of(sent) == kept


@pytest.mark.parametrize(
    "request_",
    [
        [request_of(span_of())],
        {"batches": request_of(span_of())["resourceSpans"]},
        {"resource_spans": request_of(span_of())["resourceSpans"]},
        {"resourceSpans": [{"scope_spans": []}]},
        {"resourceLogs": []},
        "text",
        None,
    ],
)
def test_what_is_no_request_is_refused(request_: object) -> None:
    """Lines that their sender counts as recorded would be nowhere."""
    assert refusal(request_)


@pytest.mark.parametrize("body", [b"{}", b'{"resourceSpans": []}', b'{"resourceSpans":null}'])
def test_an_empty_request_is_valid(body: bytes) -> None:
    """A sender with nothing to say would be told that it is wrong."""
    assert trace_request(body, is_json=True) == {}
    assert trace_request(b"", is_json=False) == {}


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"resourceSpans"', b"\xff", b"[" * 5000, b'{"a":"\\ud800"}']
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    """A broken request would be answered as a fault of the service, or as success."""
    with pytest.raises(FormatError):
        trace_request(body, is_json=True)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b"not protobuf",
        b"\x0a\x05ab",
        b"\x12\x00",  # a field that no request has
        b"\x0a\x02\x12\x01",
    ],
)
def test_what_is_no_protobuf_is_refused(body: bytes) -> None:
    """A broken request would be answered as a fault of the service, or as success."""
    with pytest.raises(FormatError) as caught:
        trace_request(body, is_json=False)
    assert caught.value.place == "request"


def test_each_sort_of_request_has_its_own_message() -> None:
    """Log records sent to the wrong address would be acknowledged and lost."""
    traces = ExportTraceServiceRequest(resource_spans=[ResourceSpans(scope_spans=[ScopeSpans()])])
    assert list(trace_request(traces.SerializeToString(), is_json=False)) == ["resourceSpans"]
    with pytest.raises(FormatError):
        log_request(json.dumps(request_of(span_of())).encode(), is_json=True)
    assert log_request(ExportLogsServiceRequest().SerializeToString(), is_json=False) == {}


def test_identifiers_of_any_length_reach_the_profile() -> None:
    """A sender would not learn every fault of a line at once."""
    span = Span(trace_id=b"\x01" * 15, span_id=b"\xab" * 8)
    request = ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=[span])])]
    )
    document = trace_request(request.SerializeToString(), is_json=False)
    assert document["resourceSpans"][0]["scopeSpans"][0]["spans"] == [
        {"traceId": "01" * 15, "spanId": "ab" * 8}
    ]


@pytest.mark.parametrize("depth", [20, 250, 400])
def test_values_inside_each_other_are_read_or_refused(depth: int) -> None:
    """A value that nests deeply would stop the reader."""
    opened, closed = '{"arrayValue":{"values":[' * depth, "]}}" * depth
    span = json.dumps(span_of() | {"attributes": [{"key": "x", "value": "VALUE"}]})
    request = json.dumps(request_of({"SPAN": 1})).replace('{"SPAN": 1}', span)
    body = request.replace('"VALUE"', f'{opened}{{"stringValue":"x"}}{closed}').encode()
    if depth > 100:
        with pytest.raises(FormatError, match=r"fewer values|too deep a nesting"):
            trace_request(body, is_json=True, most_depth=5000)
    else:
        assert trace_request(body, is_json=True, most_depth=500)["resourceSpans"]
        with pytest.raises(FormatError, match="at most 64 levels"):
            trace_request(body, is_json=True)
