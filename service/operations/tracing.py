"""Traces of the service itself, sent to a collector; off unless the settings say otherwise.

The web framework makes one span per request, with the template of its route. What a span says of
the request is emptied unless it is known to name nobody: paths, queries and hosts are a caller's
words. Where spans go is said by the standard variables `OTEL_EXPORTER_OTLP_ENDPOINT`,
`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_TRACES_SAMPLER` and so on.

Source: OpenTelemetry semantic conventions, HTTP spans (sensitive attributes); W3C Trace Context
§3.3 (what comes in `tracestate` is other parties' and is not passed on).
"""

from typing import Final

from fastapi.telemetry import TelemetryConfig
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import NonRecordingSpan, SpanContext
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ledger import __version__

OFF: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False}
_TELLING_NOBODY: Final = frozenset(
    {
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "url.scheme",
        "network.protocol.version",
        "error.type",
    }
)


def tracer_provider(exporter: SpanExporter | None = None) -> TracerProvider:
    """What makes the spans of one service.

    Args:
        exporter: Where they go; without one, where the `OTEL_*` variables say.
    """
    known = Resource.create({"service.name": "zegel", "service.version": __version__})
    provider = TracerProvider(resource=known, shutdown_on_exit=False)
    provider.add_span_processor(_Scrubbing())
    provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
    propagate.set_global_textmap(_WithoutState())
    return provider


def telemetry_of(provider: TracerProvider | None) -> TelemetryConfig:
    """What the web framework is told: spans only, and only with a provider."""
    if provider is None:
        return OFF
    return {**OFF, "tracing": True, "tracer_provider": provider, "operation_spans": False}


class _Scrubbing(SpanProcessor):
    """Empties the attributes of a span that could name somebody."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Before anything else sees the span."""
        del parent_context
        for name in span.attributes or ():
            if name not in _TELLING_NOBODY:
                span.set_attribute(name, "")

    def on_end(self, span: ReadableSpan) -> None:
        """Nothing is left to do."""


class _WithoutState(TextMapPropagator):
    """The caller's trace is joined; what else it sends along is left behind."""

    def __init__(self) -> None:
        self._standard = TraceContextTextMapPropagator()

    @property
    def fields(self) -> set[str]:
        """The headers that are read."""
        return self._standard.fields

    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """The trace that a request belongs to."""
        found = self._standard.extract(carrier, context, getter)
        known = trace.get_current_span(found).get_span_context()
        if not known.is_valid:
            return found
        bare = SpanContext(known.trace_id, known.span_id, known.is_remote, known.trace_flags)
        return trace.set_span_in_context(NonRecordingSpan(bare), found)

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        """Nothing: the service asks nobody on behalf of a caller."""
        del carrier, context, setter
