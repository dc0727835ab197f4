"""OTLP over gRPC: statuses, limits, TLS, and a stop that loses nothing."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, cast

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from ledger.errors import StoreUnavailable
from ledger.events.access import AccessUsed
from ledger.events.log_integrity import LogConflictRecorded, LogIntakeRefused
from ledger.events.processing import ProcessingPerformed
from service.context import Context
from service.intake.otlp_grpc import MOST_MESSAGE_BYTES, start_grpc
from tests.otlp_messages import log_bytes, trace_message
from tests.served import served_context
from tests.served_otlp import LOGS_EXPORT, TRACE_EXPORT, OtlpDoors, otlp_doors, recorded
from tests.unit.formats.traces import ACTIVITY, SUBJECT, attribute, span_of

Metadata = tuple[tuple[str, str], ...]

RECORDER: Final[Metadata] = (("authorization", "Bearer recorder"),)
TIME_S: Final = 20.0
DETAILS = "grpc-status-details-bin"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with served_context(tmp_path_factory.mktemp("otlp")) as made:
        yield made


@pytest.fixture(scope="module")
def doors(context: Context) -> Iterator[OtlpDoors]:
    with otlp_doors(context) as opened:
        yield opened


def sent(
    doors: OtlpDoors,
    body: bytes,
    *,
    path: str = TRACE_EXPORT,
    metadata: Metadata = RECORDER,
    compression: grpc.Compression | None = None,
) -> bytes:
    with grpc.insecure_channel(doors.grpc) as channel:
        method = channel.unary_unary(
            path, request_serializer=bytes, response_deserializer=lambda answer: answer
        )
        return method(body, metadata=metadata, compression=compression, timeout=TIME_S)


def refusal(
    doors: OtlpDoors,
    body: bytes,
    *,
    metadata: Metadata = RECORDER,
    compression: grpc.Compression | None = None,
) -> tuple[grpc.StatusCode, str, Status]:
    with pytest.raises(grpc.RpcError) as caught:
        sent(doors, body, metadata=metadata, compression=compression)
    call = cast("grpc.Call", caught.value)
    details = dict(call.trailing_metadata() or ()).get(DETAILS, b"")
    status = Status.FromString(details if isinstance(details, bytes) else b"")
    return call.code(), call.details() or "", status


def spans(context: Context) -> dict[str, ProcessingPerformed]:
    return {each.span_id: each for each in recorded(context, ProcessingPerformed)}


def test_a_line_is_durable_when_it_is_acknowledged(context: Context, doors: OtlpDoors) -> None:
    """A line that its sender forgets would not be in the log."""
    answer = sent(doors, trace_message(span_of(spanId="00000000000000a1")))
    assert answer == b""
    line = spans(context)["00000000000000a1"]
    assert (line.system, line.subject) == ("customer-desk", "data-subject:CUSTOMER:c-4711")


def test_a_line_sent_again_is_one_line(context: Context, doors: OtlpDoors) -> None:
    """A sender whose acknowledgement was lost would record twice, or be refused."""
    body = trace_message(span_of(spanId="00000000000000a2"))
    size = context.ledger.head().size
    assert sent(doors, body) == sent(doors, body, compression=grpc.Compression.Gzip) == b""
    assert context.ledger.head().size == size + 1


def test_a_line_with_other_content_is_refused_and_kept(context: Context, doors: OtlpDoors) -> None:
    """A line could be rewritten, or half of a request be recorded beside one that cannot be."""
    sent(doors, trace_message(span_of(spanId="00000000000000a3")))
    other = span_of(spanId="00000000000000a3", name="Something else")
    request = trace_message(span_of(spanId="00000000000000a4"), other)
    code, message, status = refusal(doors, request)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "expected the content recorded at index" in message
    assert status.message == message
    assert "00000000000000a4" not in spans(context)
    assert spans(context)["00000000000000a3"].name == "Customer file opened"
    conflicts = len(recorded(context, LogConflictRecorded))
    refused = len(recorded(context, LogIntakeRefused))
    refusal(doors, request)
    assert len(recorded(context, LogConflictRecorded)) == conflicts
    assert len(recorded(context, LogIntakeRefused)) == refused


def test_bad_lines_are_refused_with_every_reason(context: Context, doors: OtlpDoors) -> None:
    """A sender would not learn what to mend, or good lines go in without the bad one."""
    bad = span_of(spanId="00000000000000b1", **{SUBJECT: "Meneer van Eik", ACTIVITY: "RVA: x"})
    size = context.ledger.head().size
    code, message, status = refusal(doors, trace_message(span_of(spanId="b" * 16), bad))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert message.startswith("traces: nothing was stored: span 00000000000000b1: ldv-1.0.0: ")
    assert "Eik" not in message
    violations = BadRequest()
    assert status.details[0].Unpack(violations)
    (violation,) = violations.field_violations
    assert violation.field == "span 00000000000000b1"
    assert "subject-id: expected a code" in violation.description
    assert "activity: expected an absolute URI" in violation.description
    assert context.ledger.head().size == size + 1
    told = recorded(context, LogIntakeRefused)[-1]
    assert (told.payload_format, told.items, told.faults) == ("otlp-traces", 2, 1)
    assert told.payload_kept


def test_many_faults_fit_into_a_status(doors: OtlpDoors) -> None:
    """A client would see a transport error in place of the reasons, and send again."""
    bad = [span_of(spanId=f"{number:016x}", traceId="") for number in range(1, 2000)]
    code, message, _ = refusal(doors, trace_message(*bad))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "span 0000000000000001: ldv-1.0.0: trace-id" in message
    assert message.endswith(" more")


@pytest.mark.parametrize("body", [b"\xff", b"no protobuf", b"\x12\x00"])
def test_malformed_protobuf_is_bad_data(doors: OtlpDoors, body: bytes) -> None:
    """A broken sender would be told that the service is broken, or that all is well."""
    code, message, _ = refusal(doors, body)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert message.startswith("traces: nothing was stored: request: expected ")


def test_an_empty_request_succeeds(context: Context, doors: OtlpDoors) -> None:
    """A sender with nothing to say would be told that it is wrong."""
    size = context.ledger.head().size
    assert sent(doors, b"") == b""
    assert context.ledger.head().size == size


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ((), grpc.StatusCode.UNAUTHENTICATED),
        ((("authorization", "Bearer nobody"),), grpc.StatusCode.UNAUTHENTICATED),
        ((("authorization", "Bearer reader"),), grpc.StatusCode.PERMISSION_DENIED),
    ],
)
def test_who_may_not_record_is_refused(
    context: Context, doors: OtlpDoors, metadata: Metadata, expected: grpc.StatusCode
) -> None:
    """Anybody could write into the log, or make it read what they send."""
    code, _, _ = refusal(doors, trace_message(span_of(spanId="c" * 16)), metadata=metadata)
    assert code is expected
    assert "c" * 16 not in spans(context)
    assert refusal(doors, b"\xff", metadata=metadata)[0] is expected


@pytest.mark.parametrize("compression", [None, grpc.Compression.Gzip])
def test_what_is_too_large_is_refused(
    context: Context, doors: OtlpDoors, compression: grpc.Compression | None
) -> None:
    """One sender could take all memory, with few bytes if they are compressed."""
    size = context.ledger.head().size
    code, _, _ = refusal(doors, bytes(MOST_MESSAGE_BYTES + 1), compression=compression)
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert context.ledger.head().size == size


def test_a_warning_is_told_beside_the_success(context: Context, doors: OtlpDoors) -> None:
    """A sender would not learn what to mend, or drop what is recorded."""
    changes = {SUBJECT: "999990342", f"{SUBJECT}_type": "BSN", "flags": 768}
    answer = sent(doors, trace_message(span_of(spanId="d" * 16, **changes)))
    partial = ExportTraceServiceResponse.FromString(answer).partial_success
    assert partial.rejected_spans == 0
    assert "ldv-1.0.0: subject-id: a plain BSN, kept in the vault only (1 span)" in (
        partial.error_message
    )
    assert "dpl.core.foreign_operation.processor, as another application called" in (
        partial.error_message
    )
    assert "999990342" not in partial.error_message
    assert spans(context)["d" * 16].subject == "data-subject:BSN:999990342"


def test_log_records_come_in_by_their_own_service(context: Context, doors: OtlpDoors) -> None:
    """Loggers that export over gRPC could record nothing."""
    record = {
        "timeUnixNano": "1747898351626000123",
        "eventName": "access.used",
        "body": {"stringValue": "opened"},
        "attributes": [attribute("resource", "customer-file"), attribute("code.line.number", 5)],
    }
    body = log_bytes({"resourceLogs": [{"scopeLogs": [{"logRecords": [record, record]}]}]})
    answer = ExportLogsServiceResponse.FromString(sent(doors, body, path=LOGS_EXPORT))
    assert answer.partial_success.rejected_log_records == 0
    assert answer.partial_success.error_message == (
        "attributes left out: code.line.number (2 log records)"
    )
    (event,) = recorded(context, AccessUsed)
    assert (event.resource, event.note) == ("customer-file", "opened")


def test_many_at_once_are_each_recorded(context: Context, doors: OtlpDoors) -> None:
    """Lines of concurrent senders would be lost or mixed up."""
    bodies = [trace_message(span_of(spanId=f"e{number:015x}")) for number in range(40)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda body: sent(doors, body), bodies))
    assert answers == [b""] * 40
    assert sum(span_id.startswith("e0") for span_id in spans(context)) == 40


def test_who_must_wait_is_told_how_long(
    context: Context, doors: OtlpDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender would drop lines because the database was away for a moment."""

    def unavailable(*_: object, **__: object) -> None:
        raise StoreUnavailable("expected a database, found none")

    monkeypatch.setattr(context.ledger.vault, "drafts", unavailable)
    code, _, status = refusal(doors, trace_message(span_of(spanId="f" * 16)))
    assert code is grpc.StatusCode.UNAVAILABLE
    info = RetryInfo()
    assert status.details[0].Unpack(info)
    assert info.retry_delay.seconds == 1


def test_an_unforeseen_failure_tells_nothing_of_the_inside(
    context: Context, doors: OtlpDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender would learn how the service is built, or wait for ever."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inner detail")

    monkeypatch.setattr(context.ledger.vault, "drafts", broken)
    code, message, _ = refusal(doors, trace_message(span_of(spanId="f" * 16)))
    assert code is grpc.StatusCode.INTERNAL
    assert "inner detail" not in message


def test_a_port_in_use_is_refused(context: Context, doors: OtlpDoors) -> None:
    """Two services would share a port, and each get half of the lines."""
    port = int(doors.grpc.rpartition(":")[2])
    with pytest.raises(StoreUnavailable, match="expected a free port"):
        asyncio.run(start_grpc(context, "127.0.0.1", port))
