"""The exporters of the OpenTelemetry SDK, as senders use them, against both doors."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import grpc
import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (
    OTLPSpanExporter as GrpcSpanExporter,
)
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import LogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import StatusCode, Tracer, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ledger.events.access import AccessUsed
from ledger.events.log_integrity import LogIntakeRefused
from ledger.events.processing import ProcessingPerformed
from service.context import Context
from tests.served import served_context
from tests.served_otlp import OtlpDoors, otlp_doors, recorded

if TYPE_CHECKING:
    from opentelemetry.util.types import AnyValue

ACTIVITY: Final = "dpl.core.processing_activity_id"
SUBJECT: Final = "dpl.core.data_subject_id"
BSN: Final = "999990342"
KEY: Final = {"authorization": "Bearer recorder"}
CALLER: Final = {"traceparent": "00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01"}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with served_context(tmp_path_factory.mktemp("exporters")) as made:
        yield made


@pytest.fixture(scope="module")
def doors(context: Context) -> Iterator[OtlpDoors]:
    with otlp_doors(context) as opened:
        yield opened


class Noted(SpanExporter):
    """An exporter that remembers what the real one said of each batch."""

    def __init__(self, inner: SpanExporter) -> None:
        self.inner = inner
        self.said: list[SpanExportResult] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Exports as the real one does."""
        self.said.append(self.inner.export(spans))
        return self.said[-1]

    def shutdown(self) -> None:
        """Ends as the real one does."""
        self.inner.shutdown()


def exporter_of(doors: OtlpDoors, way: str, headers: Mapping[str, str] | None = None) -> Noted:
    headers = dict(KEY if headers is None else headers)
    if way == "grpc":
        return Noted(GrpcSpanExporter(doors.grpc, insecure=True, headers=headers))
    if way == "grpc-gzip":
        return Noted(
            GrpcSpanExporter(
                doors.grpc, insecure=True, headers=headers, compression=grpc.Compression.Gzip
            )
        )
    coding = Compression.Gzip if way == "http-gzip" else Compression.NoCompression
    address = f"{doors.http}/v1/traces"
    return Noted(OTLPSpanExporter(address, headers=headers, compression=coding))


def tracer_of(exporter: SpanExporter, service: str) -> tuple[TracerProvider, Tracer]:
    resource = Resource.create({"service.name": service, "service.version": "0.1.0"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider, provider.get_tracer("logboek-dataverwerkingen", "0.1.0")


def handle_request(tracer: Tracer, *, fails: bool = False) -> None:
    """What the published recipe of the standard does for a request from another application."""
    caller = TraceContextTextMapPropagator().extract(CALLER)
    outer = tracer.start_span("check_age", caller, attributes={ACTIVITY: "urn:ldv:activity:1407"})
    with use_span(outer, end_on_exit=True):
        inner = tracer.start_span("fetch_birth", attributes={ACTIVITY: "urn:ldv:activity:1550"})
        with use_span(inner, end_on_exit=True):
            inner.set_attributes({SUBJECT: BSN, f"{SUBJECT}_type": "BSN"})
            inner.set_status(StatusCode.ERROR, "no such person") if fails else inner.set_status(
                StatusCode.OK
            )
        outer.set_status(StatusCode.OK)


def lines_of(context: Context, service: str) -> dict[str, ProcessingPerformed]:
    return {
        each.name: each for each in recorded(context, ProcessingPerformed) if each.system == service
    }


@pytest.mark.parametrize("way", ["grpc", "grpc-gzip", "http", "http-gzip"])
def test_the_recipe_of_the_standard_works_unchanged(
    context: Context, doors: OtlpDoors, way: str
) -> None:
    """Applications built after the published example could not use this logbook."""
    exporter = exporter_of(doors, way)
    provider, tracer = tracer_of(exporter, f"desk-{way}")
    handle_request(tracer)
    provider.shutdown()
    assert exporter.said == [SpanExportResult.SUCCESS] * 2
    lines = lines_of(context, f"desk-{way}")
    outer, inner = lines["check_age"], lines["fetch_birth"]
    assert outer.trace_id == inner.trace_id == "5b8efff798038103d269b633813fc60c"
    assert outer.parent_span_id == "eee19b7ec3c1b174"
    assert inner.parent_span_id == outer.span_id
    assert (inner.subject, inner.subject_id_type) == (f"data-subject:BSN:{BSN}", "BSN")
    assert (outer.subject, outer.status) == (None, "ok")
    assert outer.resource is not None
    assert outer.resource["service.version"] == "0.1.0"


def test_the_recipe_finds_its_key_in_the_environment(
    context: Context, doors: OtlpDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An application would have to be changed to say who it is."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20recorder")
    exporter = Noted(GrpcSpanExporter(doors.grpc, True))  # noqa: FBT003 - as the recipe writes it
    provider, tracer = tracer_of(exporter, "desk-environment")
    handle_request(tracer, fails=True)
    provider.shutdown()
    assert exporter.said == [SpanExportResult.SUCCESS] * 2
    failed = lines_of(context, "desk-environment")["fetch_birth"]
    assert (failed.status, failed.status_message) == ("error", "no such person")


@pytest.mark.parametrize("way", ["grpc", "http"])
def test_a_batch_is_taken_whole(context: Context, doors: OtlpDoors, way: str) -> None:
    """Exporters that send many spans at once would lose some of them."""
    exporter = exporter_of(doors, way)
    resource = Resource.create({"service.name": f"batch-{way}"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=60_000))
    tracer = provider.get_tracer("logboek-dataverwerkingen")
    for number in range(300):
        span = tracer.start_span(f"act {number}", attributes={ACTIVITY: "urn:ldv:activity:1"})
        span.end()
    provider.shutdown()
    assert set(exporter.said) == {SpanExportResult.SUCCESS}
    assert len(lines_of(context, f"batch-{way}")) == 300


@pytest.mark.parametrize("way", ["grpc", "http"])
def test_an_exporter_hears_of_a_refusal(context: Context, doors: OtlpDoors, way: str) -> None:
    """An application would go on as if its acts were logged."""
    exporter = exporter_of(doors, way)
    provider, tracer = tracer_of(exporter, f"bad-{way}")
    tracer.start_span("no subject type", attributes={SUBJECT: f"x-{way}"}).end()
    provider.shutdown()
    assert exporter.said == [SpanExportResult.FAILURE]
    assert lines_of(context, f"bad-{way}") == {}
    told = recorded(context, LogIntakeRefused)[-1].reasons or ""
    assert "subject-type: expected dpl.core.data_subject_id_type" in told


@pytest.mark.parametrize("way", ["grpc", "http"])
def test_an_exporter_without_a_key_hears_so(context: Context, doors: OtlpDoors, way: str) -> None:
    """Anybody could write into the log."""
    exporter = exporter_of(doors, way, {})
    provider, tracer = tracer_of(exporter, f"nobody-{way}")
    tracer.start_span("unknown", attributes={ACTIVITY: "urn:ldv:activity:1"}).end()
    provider.shutdown()
    assert exporter.said == [SpanExportResult.FAILURE]
    assert lines_of(context, f"nobody-{way}") == {}


def log_exporter_of(doors: OtlpDoors, way: str) -> LogRecordExporter:
    if way == "grpc":
        return GrpcLogExporter(doors.grpc, insecure=True, headers=dict(KEY))
    return OTLPLogExporter(f"{doors.http}/v1/logs", headers=dict(KEY))


@pytest.mark.parametrize("way", ["grpc", "http"])
def test_an_emitted_event_is_recorded(context: Context, doors: OtlpDoors, way: str) -> None:
    """Applications that log events could not report them."""
    resource = Resource.create({"service.name": f"log-{way}"})
    provider = LoggerProvider(resource, shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(log_exporter_of(doors, way)))
    fields: dict[str, AnyValue] = {
        "actor": "person:m.devries",
        "resource": "customer-file",
        "records_count": 3,
    }
    provider.get_logger("desk").emit(
        LogRecord(timestamp=time.time_ns(), event_name="access.used", body=fields)
    )
    provider.shutdown()
    (event,) = [each for each in recorded(context, AccessUsed) if each.system == f"log-{way}"]
    assert (event.actor, event.resource, event.records_count) == (
        "person:m.devries",
        "customer-file",
        3,
    )


def test_a_line_of_an_ordinary_logger_is_recorded(context: Context, doors: OtlpDoors) -> None:
    """A program would need another logger than it has."""
    resource = Resource.create({"service.name": "log-ordinary"})
    provider = LoggerProvider(resource, shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(log_exporter_of(doors, "http")))
    with pytest.warns(DeprecationWarning, match="LoggingHandler"):
        handler = LoggingHandler(logger_provider=provider)
    logger = logging.getLogger("tests.desk")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        logger.info(
            "opened for case %s",
            "4711",
            extra={
                "event.name": "access.used",
                "event.id": "4711-1",
                "actor": "person:m.devries",
                "resource": "customer-file",
            },
        )
    finally:
        logger.removeHandler(handler)
        provider.shutdown()
    (event,) = [each for each in recorded(context, AccessUsed) if each.system == "log-ordinary"]
    assert (event.note, event.actor) == ("opened for case 4711", "person:m.devries")
