"""Laws of OTLP: both encodings of a request say the same."""

import json
from typing import Any, Final

from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from formats.ldv import place_of, translate_span
from formats.otlp import spans_of
from formats.otlp_document import checked_document, document_of, log_request, trace_request
from formats.otlp_logs import log_records_of, translate_record
from formats.reading import Outcome, Translated
from tests.unit.formats.sources import context_of

_TEXTS: Final = st.text(st.characters(codec="utf-8"), max_size=8)
_NANOSECONDS: Final = st.integers(0, 2**64 - 1)
_LEAVES: Final[st.SearchStrategy[AnyValue]] = st.one_of(
    st.builds(lambda text: AnyValue(string_value=text), _TEXTS),
    st.builds(lambda yes: AnyValue(bool_value=yes), st.booleans()),
    st.builds(lambda number: AnyValue(int_value=number), st.integers(-(2**63), 2**63 - 1)),
    st.builds(lambda number: AnyValue(double_value=number), st.floats()),
    st.builds(lambda raw: AnyValue(bytes_value=raw), st.binary(max_size=8)),
    st.builds(AnyValue),
)


def _pairs(values: st.SearchStrategy[AnyValue]) -> st.SearchStrategy[KeyValue]:
    return st.builds(lambda key, value: KeyValue(key=key, value=value), _TEXTS, values)


_VALUES: Final = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(lambda each: AnyValue(array_value=ArrayValue(values=each))),
        st.lists(_pairs(inner), max_size=2).map(
            lambda each: AnyValue(kvlist_value=KeyValueList(values=each))
        ),
    ),
    max_leaves=4,
)
_NAMES: Final = st.sampled_from(
    [
        "dpl.core.processing_activity_id",
        "dpl.core.data_subject_id",
        "dpl.core.data_subject_id_type",
        "dpl.objects.dataset",
        "actor",
        "note",
    ]
)
_ATTRIBUTES: Final = st.lists(
    st.builds(
        lambda key, value: KeyValue(key=key, value=value), st.one_of(_NAMES, _TEXTS), _VALUES
    ),
    max_size=3,
)
_IDS: Final = st.sampled_from([b"", b"\0" * 16, b"\x01" * 16, b"\x02" * 8, b"\x03" * 7])
_SPANS: Final = st.builds(
    Span,
    trace_id=_IDS,
    span_id=_IDS,
    parent_span_id=_IDS,
    name=_TEXTS,
    flags=st.sampled_from([0, 256, 768]),
    kind=st.integers(-1, 7),
    start_time_unix_nano=_NANOSECONDS,
    end_time_unix_nano=_NANOSECONDS,
    attributes=_ATTRIBUTES,
    dropped_attributes_count=st.integers(0, 2),
    events=st.lists(
        st.builds(Span.Event, name=st.just("exception"), attributes=_ATTRIBUTES), max_size=1
    ),
    status=st.one_of(st.none(), st.builds(Status, code=st.integers(-1, 4), message=_TEXTS)),
)
_RECORDS: Final = st.builds(
    LogRecord,
    time_unix_nano=_NANOSECONDS,
    observed_time_unix_nano=_NANOSECONDS,
    severity_number=st.integers(0, 30),
    body=st.one_of(st.none(), _VALUES),
    attributes=_ATTRIBUTES,
    trace_id=_IDS,
    span_id=_IDS,
    event_name=st.sampled_from(["", "access.used", "log.read", "other"]),
)
_RESOURCES: Final = st.one_of(st.none(), st.builds(Resource, attributes=_ATTRIBUTES))
_TRACES: Final = st.lists(
    st.builds(
        lambda resource, spans: ResourceSpans(
            resource=resource, scope_spans=[ScopeSpans(spans=spans)]
        ),
        _RESOURCES,
        st.lists(_SPANS, max_size=2),
    ),
    max_size=2,
).map(lambda groups: ExportTraceServiceRequest(resource_spans=groups))
_LOGS: Final = st.lists(
    st.builds(
        lambda resource, records: ResourceLogs(
            resource=resource, scope_logs=[ScopeLogs(log_records=records)]
        ),
        _RESOURCES,
        st.lists(_RECORDS, max_size=2),
    ),
    max_size=2,
).map(lambda groups: ExportLogsServiceRequest(resource_logs=groups))


def told(outcome: Outcome) -> object:
    """An outcome as plain values; the log's own kinds have no dictionary that compares NaN."""
    if isinstance(outcome, Translated):
        return (outcome.place, repr(asdict(outcome.event)), outcome.warnings)
    return repr(outcome)


def of_traces(document: dict[str, Any]) -> list[object]:
    return [
        told(translate_span(span, place_of(span, number), 0, context_of()))
        for number, span in enumerate(spans_of(document, "request"), start=1)
    ]


def of_logs(document: dict[str, Any]) -> list[object]:
    return [
        told(translate_record(record, "log record", context_of()))
        for record in log_records_of(document)
    ]


def spelled_otherwise(value: object) -> object:
    """The same JSON as other senders write it: numbers, capitals, nulls, unknown names."""
    if isinstance(value, list):
        return [spelled_otherwise(item) for item in value]
    if not isinstance(value, dict):
        return value
    other = {name: spelled_otherwise(item) for name, item in value.items()}
    for name in ("startTimeUnixNano", "endTimeUnixNano", "timeUnixNano", "intValue"):
        if name in other:
            other[name] = int(str(other[name]))
    for name in ("traceId", "spanId", "parentSpanId"):
        if name in other:
            other[name] = str(other[name]).upper()
    return {"someday": {"x": [1]}, **other, "schemaUrl": None}


@given(_TRACES)
def test_a_trace_request_says_the_same_in_both_encodings(message: Message) -> None:
    """A sender's choice of encoding would change what is recorded of its spans."""
    document = document_of(message)
    assert checked_document(spelled_otherwise(document), ExportTraceServiceRequest) == document
    in_protobuf = trace_request(message.SerializeToString(), is_json=False)
    in_json = trace_request(json.dumps(document).encode(), is_json=True)
    assert in_protobuf == in_json == document
    assert of_traces(in_protobuf) == of_traces(in_json)


@given(_LOGS)
def test_a_log_request_says_the_same_in_both_encodings(message: Message) -> None:
    """A sender's choice of encoding would change what is recorded of its log records."""
    document = document_of(message)
    assert checked_document(spelled_otherwise(document), ExportLogsServiceRequest) == document
    in_protobuf = log_request(message.SerializeToString(), is_json=False)
    in_json = log_request(json.dumps(document).encode(), is_json=True)
    assert in_protobuf == in_json == document
    assert of_logs(in_protobuf) == of_logs(in_json)
