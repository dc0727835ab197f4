"""OTLP over HTTP: what each request is answered, and what of it is in the log then."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from google.protobuf.json_format import MessageToDict
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.testclient import TestClient

from ledger.errors import StoreUnavailable
from ledger.events.access import AccessUsed
from ledger.events.log_integrity import LogConflictRecorded, LogIntakeRefused
from ledger.events.processing import ProcessingPerformed
from service.access.caller import Caller
from service.context import Context
from service.intake.otlp_http import LOGS_PATH, TRACES_PATH
from service.intake.otlp_openapi import JSON, PROTOBUF
from tests.otlp_messages import trace_bytes, trace_message
from tests.served import client_of, served_context
from tests.served_otlp import recorded
from tests.shared_data import shared
from tests.unit.formats.traces import ACTIVITY, SUBJECT, attribute, request_of, span_of

NOT_LDV: Final = {ACTIVITY: None, SUBJECT: None, f"{SUBJECT}_type": None}


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with served_context(tmp_path) as made:
        yield made


@pytest.fixture
def client(context: Context) -> TestClient:
    return client_of(context, "recorder")


def post(
    client: TestClient, body: object, *, path: str = TRACES_PATH, **headers: str
) -> tuple[int, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.post(path, content=content, headers={"Content-Type": JSON} | given)
    assert answer.headers["content-type"] == JSON
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def published(name: str) -> Any:  # noqa: ANN401 - JSON of any shape
    return json.loads(shared(f"vectors/otlp-ldv/{name}").read_bytes())


def lines(context: Context) -> list[ProcessingPerformed]:
    return recorded(context, ProcessingPerformed)


def test_a_request_in_json_is_answered_in_json(context: Context, client: TestClient) -> None:
    """A sender of JSON could not read whether its lines are durable."""
    assert post(client, request_of(span_of())) == (200, {})
    (line,) = lines(context)
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
    assert len(lines(context)) == 1


def test_both_encodings_and_compression_say_the_same_line(
    context: Context, client: TestClient
) -> None:
    """The same line would be a conflict, or be recorded once for each encoding."""
    request = request_of(span_of(name="Gelezen door een collega \u00e9", flags=256))
    size = context.ledger.head().size
    assert post(client, request) == (200, {})
    assert post(client, gzip.compress(json.dumps(request).encode()), Content_Encoding="gzip") == (
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
    status, told = post(client, request_of(span_of(), *bad))
    assert (status, told["code"]) == (400, 3)
    assert "resourceSpans[0].scopeSpans[0].spans[1].name: expected text" in told["message"]
    assert lines(context) == []
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
    post(client, request_of(span_of()))
    fresh = span_of(spanId="d" * 16)
    for _ in range(2):
        status, told = post(client, request_of(fresh, span_of(name="Other")))
        assert (status, told["code"]) == (400, 3)
        assert "expected the content recorded at index" in told["message"]
    assert [line.name for line in lines(context)] == ["Customer file opened"]
    assert len(recorded(context, LogConflictRecorded)) == 1
    assert len(recorded(context, LogIntakeRefused)) == 1


def test_one_line_with_two_contents_in_one_request_is_refused(
    context: Context, client: TestClient
) -> None:
    """Which of the two is true would depend on their order."""
    status, told = post(client, request_of(span_of(), span_of(name="Other")))
    assert (status, told["code"]) == (400, 3)
    assert lines(context) == []
    assert len(recorded(context, LogIntakeRefused)) == 1


def test_children_may_come_before_their_parents(context: Context, client: TestClient) -> None:
    """Senders that export spans as they end could record no nested act."""
    child = span_of(spanId="1" * 16, parentSpanId="2" * 16)
    assert post(client, request_of(child)) == (200, {})
    assert post(client, request_of(span_of(spanId="2" * 16))) == (200, {})
    assert [line.parent_span_id for line in lines(context)] == ["2" * 16, None]


def test_the_standard_recipe_is_taken_with_a_warning(context: Context, client: TestClient) -> None:
    """The published example of the standard, with a plain BSN, would be refused."""
    changes = {SUBJECT: "999990342", f"{SUBJECT}_type": "BSN"}
    parent = span_of(spanId="3" * 16, **NOT_LDV | {ACTIVITY: "urn:ldv:activity:1407"})
    child = span_of(spanId="4" * 16, parentSpanId="3" * 16, **changes)
    status, told = post(client, request_of(child, parent))
    assert (status, told) == (
        200,
        {
            "partialSuccess": {
                "errorMessage": "ldv-1.0.0: subject-id: a plain BSN, kept in the vault only "
                "(1 span)"
            }
        },
    )
    assert [line.subject for line in lines(context)] == ["data-subject:BSN:999990342", None]
    sealed = b"".join(row.sealed for row in context.ledger.log.scan())
    assert b"999990342" not in sealed


def test_spans_outside_the_standard_are_refused_unless_allowed(
    context: Context, client: TestClient
) -> None:
    """Lines would be mixed with spans of any library, or be lost unsaid."""
    request = request_of(span_of(), span_of(spanId="5" * 16, **NOT_LDV))
    status, told = post(client, request)
    assert (status, "a span without dpl attributes" in told["message"]) == (400, True)
    assert lines(context) == []
    skipping = replace(context, settings=replace(context.settings, skip_spans_without_ldv=True))
    status, told = post(client_of(skipping, "recorder"), request)
    assert (status, told) == (
        200,
        {
            "partialSuccess": {
                "rejectedSpans": "1",
                "errorMessage": "a span without dpl attributes (1 span)",
            }
        },
    )
    assert [line.span_id for line in lines(context)] == ["b97bd35bf939d73e"]


def test_the_published_arrays_are_no_requests(context: Context, client: TestClient) -> None:
    """An endpoint that takes files would take what no exporter sends."""
    for name in (
        "codesprint-resultaten_trace-imagem.json",
        "codesprint-resultaten_trace-nelen_schuurmans.json",
    ):
        status, told = post(client, published(name))
        assert (status, told["code"]) == (400, 3)
        assert "request: expected an object, found an array" in told["message"]
    assert lines(context) == []


def test_the_published_pilots_are_judged_as_expected(context: Context, client: TestClient) -> None:
    """Lines of real pilots would be misjudged."""
    skipping = replace(context, settings=replace(context.settings, skip_spans_without_ldv=True))
    lenient = client_of(skipping, "recorder")
    first, second = published("codesprint-resultaten_trace-imagem.json")
    found = [post(lenient, first), post(lenient, second)]
    assert sorted(status for status, _ in found) == [200, 400]
    messages = " ".join(str(told) for _, told in found)
    assert "subject-type: expected dpl.core.data_subject_id_type" in messages
    assert "activity: expected dpl.core.processing_activity_id" in messages
    before = len(lines(context))
    for request in published("codesprint-resultaten_trace-nelen_schuurmans.json"):
        status, told = post(client, request)
        assert status == 200
        assert told["partialSuccess"] == {
            "errorMessage": "ldv-1.0.0: namespace: dpl.objects is not adopted; kept as sent "
            "(1 span)"
        }
    assert len(lines(context)) == before + 12


def test_the_published_bad_line_is_refused_with_all_three_findings(
    context: Context, client: TestClient
) -> None:
    """A name would be recorded as a code, or its sender not learn all that is wrong."""
    status, told = post(client, published("prov-o_mapping_trace.json"))
    assert status == 400
    for rule in ("subject-id: expected a code", "subject-type: expected", "activity: expected"):
        assert rule in told["message"]
    assert "Eik" not in json.dumps(told)
    assert lines(context) == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b'{"resourceSpans":[],"resourceSpans":[]}', {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"{}", {"Content_Encoding": "gzip"}, 400),
        (gzip.compress(b"{}")[:-4], {"Content_Encoding": "gzip"}, 400),
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
    found, told = post(client, body, **headers)
    assert (found, told["code"]) == (status, 3)
    assert told["message"]
    assert lines(context) == []


def test_who_may_not_record_is_refused_in_the_form_of_the_interface(context: Context) -> None:
    """Exporters could not read why, or anybody could write."""
    request = request_of(span_of())
    assert post(client_of(context), request)[0] == 401
    status, told = post(client_of(context, "reader"), request)
    assert (status, told["code"]) == (403, 7)
    answer = client_of(context).post(
        TRACES_PATH, content=b"\xff", headers={"Content-Type": PROTOBUF}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROTOBUF)
    assert Status.FromString(answer.content).code == 16
    assert lines(context) == []


def test_what_is_too_large_is_refused_also_after_decompression(tmp_path: Path) -> None:
    """A few bytes could take all memory."""
    with served_context(tmp_path, most_body_bytes=10_000) as context:
        client = client_of(context, "recorder")
        large = json.dumps({"someday": "x" * 10_000}).encode()
        for body, coding in ((large, "identity"), (gzip.compress(large), "gzip")):
            status, told = post(client, body, Content_Encoding=coding)
            assert (status, told["code"]) == (413, 8)


def test_who_asks_too_often_is_told_when_to_ask_again(tmp_path: Path) -> None:
    """An exporter would drop its lines, or never stop."""
    with served_context(tmp_path, requests_per_minute=1) as context:
        client = client_of(context, "recorder")
        assert post(client, {})[0] == 200
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

    monkeypatch.setattr(context.ledger, "record_many", unavailable)
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
    status, told = post(client, request_of(span_of(traceId="")))
    assert (status, told["code"]) == (503, 14)


@pytest.mark.parametrize(
    ("systems", "service", "expected"),
    [
        (None, "customer-desk", "customer-desk"),
        (None, "Customer Desk", None),
        (None, "999990342", None),
        ({"web-1"}, "customer-desk", "web-1"),
        ({"web-1", "customer-desk"}, "customer-desk", "customer-desk"),
    ],
)
def test_the_system_is_what_the_caller_may_speak_for(
    context: Context, systems: set[str] | None, service: str, expected: str | None
) -> None:
    """A program could report in the name of another one."""
    bound = _bound(context, systems)
    assert post(client_of(bound, "recorder"), request_of(span_of(), service=service))[0] == 200
    (line,) = lines(context)
    assert line.system == expected
    assert line.resource == {"service.name": service}


@pytest.mark.parametrize(("service", "status"), [("other", 403), ("Customer Desk", 400)])
def test_a_system_of_somebody_else_is_refused(context: Context, service: str, status: int) -> None:
    """A program could report in the name of another one."""
    bound = _bound(context, {"web-1", "web-2"})
    assert post(client_of(bound, "recorder"), request_of(span_of(), service=service))[0] == status
    assert lines(context) == []


def _bound(context: Context, systems: set[str] | None) -> Context:
    def authenticate(headers: Mapping[str, str]) -> Caller:
        caller = context.authenticate(headers)
        return replace(caller, systems=None if systems is None else frozenset(systems))

    return replace(context, authenticate=authenticate)


def log_request_of(*records: dict[str, Any]) -> dict[str, Any]:
    resource = {"attributes": [attribute("service.name", "customer-desk")]}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": records}]}]}


def record_of(**changes: object) -> dict[str, Any]:
    attributes = [attribute("actor", "person:m.devries"), attribute("resource", "customer-file")]
    given = {
        "timeUnixNano": "1747898351626000123",
        "eventName": "access.used",
        "attributes": attributes,
    }
    return given | changes


def test_log_records_become_the_events_that_they_name(context: Context, client: TestClient) -> None:
    """Applications that log events could not report them as they log."""
    request = log_request_of(record_of(), record_of(timeUnixNano="1747898351626000999"))
    for _ in range(2):
        assert post(client, request, path=LOGS_PATH) == (200, {})
    found = recorded(context, AccessUsed)
    assert [(event.actor, event.system) for event in found] == [
        ("person:m.devries", "customer-desk")
    ] * 2


def test_log_records_without_a_kind_are_refused_unless_allowed(
    context: Context, client: TestClient
) -> None:
    """Ordinary log lines would count as recorded facts."""
    request = log_request_of(record_of(), {"body": {"stringValue": "started"}})
    status, told = post(client, request, path=LOGS_PATH)
    assert status == 400
    assert "log record 2: a log record that names no kind of event" in told["message"]
    skipping = replace(context, settings=replace(context.settings, skip_logs_without_kind=True))
    status, told = post(client_of(skipping, "recorder"), request, path=LOGS_PATH)
    assert (status, told["partialSuccess"]["rejectedLogRecords"]) == (200, "1")
    assert len(recorded(context, AccessUsed)) == 1


@pytest.mark.parametrize("kind", ["log.read", "log.erasure_requested"])
def test_kinds_of_the_log_itself_are_refused(
    context: Context, client: TestClient, kind: str
) -> None:
    """A sender could forge what the log tells of itself."""
    request = log_request_of(record_of(eventName=kind, attributes=[]))
    assert post(client, request, path=LOGS_PATH)[0] == 400
    assert recorded(context, AccessUsed) == []


def test_what_only_some_may_decide_is_refused(client: TestClient) -> None:
    """A program that may only record could end a legal hold."""
    attributes = [attribute("hold_id", "hold-1"), attribute("reason", "over")]
    request = log_request_of(record_of(eventName="legal_hold.released", attributes=attributes))
    status, told = post(client, request, path=LOGS_PATH)
    assert (status, told["code"]) == (403, 7), told
