"""Spans and requests to read in tests."""

from typing import Any, Final

ACTIVITY: Final = "dpl.core.processing_activity_id"
SUBJECT: Final = "dpl.core.data_subject_id"

_ATTRIBUTES: Final[dict[str, object]] = {
    ACTIVITY: "urn:ldv:activity:1407",
    SUBJECT: "c-4711",
    f"{SUBJECT}_type": "customer",
}
_FIELDS: Final[dict[str, object]] = {
    "traceId": "20f55db09c846c792f758b26cba324f0",
    "spanId": "b97bd35bf939d73e",
    "parentSpanId": "",
    "name": "Customer file opened",
    "kind": 1,
    "startTimeUnixNano": "1747898351626000123",
    "endTimeUnixNano": "1747898351626100440",
    "status": {"code": 1},
}
_FIELD_NAMES: Final = {*_FIELDS, "flags", "droppedAttributesCount", "events"}


def span_of(**changes: object) -> dict[str, Any]:
    """A good span with fields or attributes changed; `None` leaves one out."""
    fields = _FIELDS | {name: value for name, value in changes.items() if name in _FIELD_NAMES}
    attributes = _ATTRIBUTES | {
        name: value for name, value in changes.items() if name not in _FIELD_NAMES
    }
    return {name: value for name, value in fields.items() if value is not None} | {
        "attributes": [
            attribute(name, value) for name, value in attributes.items() if value is not None
        ]
    }


def attribute(name: str, value: object) -> dict[str, Any]:
    """One attribute as OTLP/JSON spells it."""
    if isinstance(value, list):
        return {"key": name, "value": {"arrayValue": {"values": [_any_value(v) for v in value]}}}
    return {"key": name, "value": _any_value(value)}


def request_of(*spans: dict[str, Any], service: str = "customer-desk") -> dict[str, Any]:
    """One request with spans of one resource."""
    resource = {"attributes": [attribute("service.name", service)]}
    scope = {"scope": {"name": "tracer"}, "spans": list(spans)}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}


def _any_value(value: object) -> dict[str, object]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}
