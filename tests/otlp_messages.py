"""OTLP requests in protobuf, made from JSON by the library of protobuf itself."""

import base64
from typing import Any

from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.unit.formats.traces import request_of


def trace_message(*spans: dict[str, Any], service: str = "customer-desk") -> bytes:
    """One request with spans of one resource."""
    return trace_bytes(request_of(*spans, service=service))


def trace_bytes(request: dict[str, Any]) -> bytes:
    """The same request in protobuf."""
    message = ParseDict(_plain(request), ExportTraceServiceRequest())
    return bytes(message.SerializeToString())


def log_bytes(request: dict[str, Any]) -> bytes:
    """The same request in protobuf."""
    message = ParseDict(_plain(request), ExportLogsServiceRequest())
    return bytes(message.SerializeToString())


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """The mapping of protobuf itself, whose identifiers are base64."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64encode(bytes.fromhex(item)).decode()
        if name in ("traceId", "spanId", "parentSpanId")
        else _plain(item)
        for name, item in value.items()
    }
