"""OTLP/JSON traces taken apart into spans, before anybody asks what they mean.

Identifiers are hexadecimal, enumerations integers, 64-bit numbers decimal text or numbers; unknown
fields are ignored, so that a misplaced field shows as an absent one. The `batches` form of
Grafana Tempo, whose identifiers are base64, is understood too. What is wrong with one span is kept
with that span and spoils no other.

Source: OTLP specification, "JSON Protobuf Encoding"; opentelemetry-proto trace.proto, common.proto.
"""

import base64
import binascii
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.errors import FormatError

AttributeValue = str | int | float | bool | list[str] | None

TRACE_ID_BYTES: Final = 16
SPAN_ID_BYTES: Final = 8
_MAX_EXACT: Final = 2**53 - 1
_MAX_FIXED64: Final = 2**64 - 1
_REMOTE: Final = 0x300
"""Of `flags`: the sender knows whether the parent is remote, and it is."""


@dataclass(frozen=True, slots=True)
class Span:
    """One span as sent; an absent or unusable field is `None`, and then stands in `malformed`."""

    trace_id: bytes | None
    span_id: bytes | None
    parent_span_id: bytes | None
    name: str
    start_ns: int | None
    """Nanoseconds since 1970."""
    end_ns: int | None
    status_code: int | None
    status_message: str
    attributes: dict[str, AttributeValue]
    exception: dict[str, AttributeValue]
    """The attributes of the last span event named `exception`."""
    resource: dict[str, AttributeValue]
    parent_is_remote: bool
    """The sender says that another application called this one."""
    dropped: bool
    """The sender says that it left attributes out."""
    repeated: frozenset[str]
    """Attribute names sent more than once: the last value counts."""
    malformed: tuple[str, ...]
    """Names of fields whose value has the wrong type, length or range."""
    raw: Mapping[str, Any]

    def to_bytes(self) -> bytes:
        """The span as JSON, for the operator."""
        return _as_json(self.raw).encode()


def spans_of(request: object, place: str) -> Iterator[Span]:
    """The spans of one `ExportTraceServiceRequest`, in its order.

    Raises:
        FormatError: it is no such request.
    """
    if not isinstance(request, dict):
        raise FormatError(place, "a request with resourceSpans", "no object")
    is_tempo = "batches" in request and "resourceSpans" not in request
    if request and not is_tempo and "resourceSpans" not in request:
        raise FormatError(place, "a request with resourceSpans", "an object without it")
    for group in _objects(request, "batches" if is_tempo else "resourceSpans", place):
        resource = _attributes(_object(group, "resource"))[0]
        for scope in _objects(group, "scopeSpans", place):
            for raw in _objects(scope, "spans", place):
                yield _span(raw, resource, in_base64=is_tempo)


@dataclass(slots=True)
class _Fields:
    """Reads fields of one span and notes which are malformed."""

    raw: dict[str, Any]
    in_base64: bool
    malformed: list[str] = field(default_factory=list)

    def identifier(self, name: str, size: int) -> bytes | None:
        text = self.raw.get(name, "")
        if text in ("", None):
            return None
        value = _decoded(text, in_base64=self.in_base64) if isinstance(text, str) else None
        if value is None or len(value) != size:
            self.malformed.append(name)
            return None
        return value

    def text(self, name: str) -> str:
        value = self.raw.get(name)
        if value is not None and not isinstance(value, str):
            self.malformed.append(name)
        return value if isinstance(value, str) else ""

    def nanoseconds(self, name: str) -> int | None:
        value = _integer(self.raw.get(name, 0))
        if value is None or not 0 <= value <= _MAX_FIXED64:
            self.malformed.append(name)
            return None
        return value or None


def _span(raw: dict[str, Any], resource: dict[str, AttributeValue], *, in_base64: bool) -> Span:
    fields = _Fields(raw, in_base64)
    status = _object(raw, "status")
    code = status.get("code", 0)
    attributes, repeated = _attributes(raw)
    events = raw.get("events")
    exceptions = [
        _attributes(event)[0]
        for event in (events if isinstance(events, list) else [])
        if isinstance(event, dict) and event.get("name") == "exception"
    ]
    message = status.get("message", "")
    return Span(
        trace_id=fields.identifier("traceId", TRACE_ID_BYTES),
        span_id=fields.identifier("spanId", SPAN_ID_BYTES),
        parent_span_id=fields.identifier("parentSpanId", SPAN_ID_BYTES),
        name=fields.text("name"),
        start_ns=fields.nanoseconds("startTimeUnixNano"),
        end_ns=fields.nanoseconds("endTimeUnixNano"),
        status_code=code if type(code) is int else None,
        status_message=message if isinstance(message, str) else "",
        attributes=attributes,
        exception=exceptions[-1] if exceptions else {},
        resource=resource,
        parent_is_remote=(_integer(raw.get("flags", 0)) or 0) & _REMOTE == _REMOTE,
        dropped=bool(_integer(raw.get("droppedAttributesCount", 0))),
        repeated=repeated,
        malformed=tuple(fields.malformed),
        raw=raw,
    )


def _decoded(text: str, *, in_base64: bool) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True) if in_base64 else binascii.unhexlify(text)
    except ValueError:
        return None


def _attributes(holder: dict[str, Any]) -> tuple[dict[str, AttributeValue], frozenset[str]]:
    """The attributes of a span, event or resource, and the names sent more than once."""
    found: dict[str, AttributeValue] = {}
    repeated = set()
    pairs = holder.get("attributes")
    for pair in pairs if isinstance(pairs, list) else []:
        key = pair.get("key") if isinstance(pair, dict) else None
        if isinstance(key, str):
            if key in found:
                repeated.add(key)
            found[key] = _value(pair.get("value"))
    return found, frozenset(repeated)


def _value(value: object) -> AttributeValue:
    """A value as one scalar or a list of texts; what is nested deeper becomes JSON text.

    Numbers that JSON readers do not keep exact become text, and so do bytes, in base64.
    """
    if not isinstance(value, dict) or not value:
        return None
    form, content = next(iter(value.items()))
    if form in ("stringValue", "bytesValue", "boolValue") and isinstance(content, str | bool):
        return content
    if form == "intValue":
        number = _integer(content)
        return str(content) if number is None or abs(number) > _MAX_EXACT else number
    if form == "doubleValue" and type(content) in (float, int) and _is_exact(content):
        return float(content)
    if form == "arrayValue" and isinstance(content, dict):
        values = content.get("values")
        return [_text(_value(item)) for item in (values if isinstance(values, list) else [])]
    return _as_json(content)


def _as_json(value: object) -> str:
    """JSON text; what nests so deeply that it was only just read is replaced by a remark."""
    try:
        return json.dumps(value)
    except RecursionError:
        return '"(nested too deeply)"'


def _is_exact(number: float) -> bool:
    return abs(number) <= _MAX_EXACT if type(number) is int else math.isfinite(number)


def _text(value: AttributeValue) -> str:
    return value if isinstance(value, str) else _as_json(value)


def _integer(value: object) -> int | None:
    """An integer sent as a number or as decimal text; digits of other scripts are none."""
    if isinstance(value, str):
        digits = value.removeprefix("-")
        return int(value) if digits.isascii() and digits.isdecimal() and len(value) <= 20 else None  # noqa: PLR2004 - digits of 64 bits
    return value if type(value) is int else None


def _object(holder: dict[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _objects(holder: dict[str, Any], name: str, place: str) -> Iterator[dict[str, Any]]:
    values = holder.get(name)
    if values is None:
        return
    if not isinstance(values, list):
        raise FormatError(place, f"{name} as an array", "another value")
    for value in values:
        if not isinstance(value, dict):
            raise FormatError(place, f"{name} as an array of objects", "another element")
        yield value
