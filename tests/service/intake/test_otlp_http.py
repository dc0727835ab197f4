"""OTLP over HTTP: what each request is answered, and what of it is in the log then."""

import gzip
import json
from pathlib import Path

import pytest
from google.protobuf.json_format import MessageToDict
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.testclient import TestClient

from ledger.errors import StoreUnavailable
from ledger.events.log_integrity import LogConflictRecorded, LogIntakeRefused
from ledger.events.processing import ProcessingPerformed
from service.context import Context
from service.intake.otlp_http import TRACES_PATH
from service.intake.otlp_openapi import JSON, PROTOBUF
from tests.otlp_messages import trace_bytes, trace_message
from tests.served import client_of, served_context
from tests.served_otlp import posted, recorded
from tests.unit.formats.traces import SUBJECT, request_of, span_of


@pytest.fixture
def client(context: Context) -> TestClient:
    return client_of(context, "recorder")


def test_a_request_in_json_is_answered_in_json(context: Context, client: TestClient) -> None:
    """A sender of JSON could not read whether its lines are durable."""
    assert posted(client, request_of(span_of())) == (200, {})
    (line,) = recorded(context, ProcessingPerformed)
    assert (line.system, line.name) == ("customer-desk", "Customer file opened")


def test_a_request_in_protobuf_is_answered_in_protobuf(
    context: Context, client: TestClient
) -> None:
    """Most exporters send protobuf, and could not read whether their lines are durable."""
    answer = client.post(
        TRACES_PATH, content=trace_message(span_of()), headers={"Content-Type": PROTOBUF}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, PROTOBUF)
    assert ExportTraceServiceResponse.FromString(answer.content) == ExportTraceServiceResponse()
    assert len(recorded(context, ProcessingPerformed)) == 1


def test_both_encodings_and_compression_say_the_same_line(
    context: Context, client: TestClient
) -> None:
    """The same line would be a conflict, or be recorded once for each encoding."""
    request = request_of(span_of(name="Gelezen door een collega \u00e9", flags=256))
    size = context.ledger.head().size
    assert posted(client, request) == (200, {})
    assert posted(client, gzip.compress(json.dumps(request).encode()), Content_Encoding="gzip") == (
        200,
        {},
    )
    for body, coding in (
        (trace_bytes(request), "identity"),
        (gzip.compress(trace_bytes(request)), "gzip"),
    ):
        headers = {"Content-Type": PROTOBUF, "Content-Encoding": coding}
        answer = client.post(TRACES_PATH, content=body, headers=headers)
        assert (answer.status_code, answer.content) == (200, b"")
    assert context.ledger.head().size == size + 1


@pytest.mark.parametrize(
    ("body", "media_type"), [(b"{}", JSON), (b'{"resourceSpans":[]}', JSON), (b"", PROTOBUF)]
)
def test_an_empty_request_succeeds(
    context: Context, client: TestClient, body: bytes, media_type: str
) -> None:
    """A sender with nothing to say would be told that it is wrong."""
    size = context.ledger.head().size
    answer = client.post(TRACES_PATH, content=body, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.content) == (200, b"{}" if media_type == JSON else b"")
    assert context.ledger.head().size == size


def test_a_bad_line_keeps_the_whole_request_out(context: Context, client: TestClient) -> None:
    """Half of a request would be recorded, and its sender count all of it as lost."""
    bad = [span_of(spanId="b" * 16, name=7), span_of(spanId="c" * 16)]
    status, told = posted(client, request_of(span_of(), *bad))
    assert (status, told["code"]) == (400, 3)
    assert "resourceSpans[0].scopeSpans[0].spans[1].name: expected text" in told["message"]
    assert recorded(context, ProcessingPerformed) == []
    (refused,) = recorded(context, LogIntakeRefused)
    assert (refused.payload_format, refused.faults) == ("otlp-traces", 1)
    assert refused.reasons == (
        "resourceSpans[0].scopeSpans[0].spans[1].name: expected text, found a number"
    )


def test_a_refusal_of_protobuf_is_a_status_in_protobuf(client: TestClient) -> None:
    """Exporters would log an unreadable refusal."""
    body = trace_message(span_of(**{f"{SUBJECT}_type": None}))
    answer = client.post(TRACES_PATH, content=body, headers={"Content-Type": PROTOBUF})
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROTOBUF)
    status = MessageToDict(Status.FromString(answer.content))
    assert status["code"] == 3
    assert status["details"] == [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [
                {
                    "field": "span b97bd35bf939d73e",
                    "description": "ldv-1.0.0: subject-type: expected "
                    "dpl.core.data_subject_id_type with a data subject",
                }
            ],
        }
    ]


def test_a_line_with_other_content_is_refused_and_kept_once(
    context: Context, client: TestClient
) -> None:
    """A line could be rewritten, or a sender that insists fill the log with evidence."""
    posted(client, request_of(span_of()))
    fresh = span_of(spanId="d" * 16)
    for _ in range(2):
        status, told = posted(client, request_of(fresh, span_of(name="Other")))
        assert (status, told["code"]) == (400, 3)
        assert "expected the content recorded at index" in told["message"]
    assert [line.name for line in recorded(context, ProcessingPerformed)] == [
        "Customer file opened"
    ]
    assert len(recorded(context, LogConflictRecorded)) == 1
    assert len(recorded(context, LogIntakeRefused)) == 1


def test_one_line_with_two_contents_in_one_request_is_refused(
    context: Context, client: TestClient
) -> None:
    """Which of the two is true would depend on their order."""
    status, told = posted(client, request_of(span_of(), span_of(name="Other")))
    assert (status, told["code"]) == (400, 3)
    assert recorded(context, ProcessingPerformed) == []
    assert len(recorded(context, LogIntakeRefused)) == 1


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b'{"resourceSpans":[],"resourceSpans":[]}', {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"{}", {"Content_Encoding": "gzip"}, 400),
        (gzip.compress(b"{}", mtime=0)[:-4], {"Content_Encoding": "gzip"}, 400),
        (b"{}", {"Content_Encoding": "br"}, 415),
        (b"{}", {"Content_Type": "application/json; charset=utf-16"}, 415),
        (b"{}", {"Content_Type": "text/plain"}, 415),
        (b"{}", {"Content_Type": "application/protobuf"}, 415),
    ],
)
def test_what_cannot_be_read_changes_nothing(
    context: Context,
    client: TestClient,
    body: bytes,
    headers: dict[str, str],
    status: int,
) -> None:
    """A broken request would be a fault of the service, or be half recorded."""
    found, told = posted(client, body, **headers)
    assert (found, told["code"]) == (status, 3)
    assert told["message"]
    assert recorded(context, ProcessingPerformed) == []


def test_who_may_not_record_is_refused_in_the_form_of_the_interface(context: Context) -> None:
    """Exporters could not read why, or anybody could write."""
    request = request_of(span_of())
    assert posted(client_of(context), request)[0] == 401
    status, told = posted(client_of(context, "reader"), request)
    assert (status, told["code"]) == (403, 7)
    answer = client_of(context).post(
        TRACES_PATH, content=b"\xff", headers={"Content-Type": PROTOBUF}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROTOBUF)
    assert Status.FromString(answer.content).code == 16
    assert recorded(context, ProcessingPerformed) == []


def test_what_is_too_large_is_refused_also_after_decompression(tmp_path: Path) -> None:
    """A few bytes could take all memory."""
    with served_context(tmp_path, most_body_bytes=10_000) as context:
        client = client_of(context, "recorder")
        large = json.dumps({"someday": "x" * 10_000}).encode()
        for body, coding in ((large, "identity"), (gzip.compress(large, mtime=0), "gzip")):
            status, told = posted(client, body, Content_Encoding=coding)
            assert (status, told["code"]) == (413, 8)


def test_who_asks_too_often_is_told_when_to_ask_again(tmp_path: Path) -> None:
    """An exporter would drop its lines, or never stop."""
    with served_context(tmp_path, requests_per_minute=1) as context:
        client = client_of(context, "recorder")
        assert posted(client, {})[0] == 200
        answer = client.post(TRACES_PATH, content=b"", headers={"Content-Type": PROTOBUF})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
        status = MessageToDict(Status.FromString(answer.content))
        assert status["code"] == 14
        assert status["details"][0]["@type"].endswith("google.rpc.RetryInfo")


def test_another_method_is_refused_in_the_form_of_the_interface(client: TestClient) -> None:
    """A client could not read what it did wrong."""
    answer = client.get(TRACES_PATH)
    assert answer.status_code == 405
    assert answer.json()["code"] == 3


def test_who_must_wait_is_told_how_long(
    context: Context, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exporter would drop lines because the database was away for a moment."""

    def unavailable(*_: object, **__: object) -> None:
        raise StoreUnavailable("expected a database, found none")

    monkeypatch.setattr(context.ledger.vault, "drafts", unavailable)
    answer = client.post(TRACES_PATH, json=request_of(span_of()), headers={"Content-Type": JSON})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == 14


def test_nothing_is_acknowledged_whose_refusal_cannot_be_recorded(
    context: Context, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender would drop lines of which no trace is left anywhere."""

    def unavailable(*_: object, **__: object) -> None:
        raise StoreUnavailable("expected a database, found none")

    monkeypatch.setattr(context.ledger, "record_own_once", unavailable)
    status, told = posted(client, request_of(span_of(traceId="")))
    assert (status, told["code"]) == (503, 14)
