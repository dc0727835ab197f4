"""Traces of the service tell routes and times, and nothing that a caller said."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import propagate
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient

from service.app import create_app
from service.operations.tracing import OFF, telemetry_of, tracer_provider
from tests.served import client_of, served_context

BSN = "111222333"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter: InMemorySpanExporter) -> Iterator[TracerProvider]:
    before = propagate.get_global_textmap()
    found = tracer_provider(exporter)
    yield found
    found.shutdown()
    propagate.set_global_textmap(before)


def test_a_span_has_the_route_and_nothing_of_the_caller(
    tmp_path: Path, exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """Traces would carry identities to whoever collects them."""
    with served_context(tmp_path) as context:
        client = TestClient(create_app(context, tracer_provider=provider))
        client.get(f"/v1/openapi.json?bsn={BSN}", headers={"User-Agent": BSN, "Host": BSN})
        client.get(f"/{BSN}", headers={"tracestate": f"a={BSN}", "baggage": f"a={BSN}"})
    provider.force_flush()
    known, unknown = exporter.get_finished_spans()
    assert known.attributes is not None
    assert known.attributes["http.response.status_code"] == 200
    assert BSN not in known.to_json()
    assert BSN not in unknown.to_json()


def test_the_trace_of_a_caller_is_joined_without_its_baggage(
    tmp_path: Path, exporter: InMemorySpanExporter, provider: TracerProvider
) -> None:
    """Nobody could follow one act through the services that took part in it."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "tracestate": f"a={BSN}"}
    with served_context(tmp_path) as context:
        client = TestClient(create_app(context, tracer_provider=provider))
        client.get("/livez", headers=headers)
    provider.force_flush()
    (span,) = exporter.get_finished_spans()
    assert f"{span.context.trace_id:032x}" == trace
    assert BSN not in span.to_json()
    assert span.name == "GET /livez"


def test_it_is_off_unless_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of another program would make the service send traces."""
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    assert telemetry_of(None) == OFF
    assert not any(OFF.values())
    with served_context(tmp_path) as context:
        assert client_of(context).get("/livez").status_code == 200
