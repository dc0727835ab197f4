"""What the OpenAPI document says of the two addresses of OTLP, with an example of each.

Source: OpenAPI 3.1.0, Request Body Object and Media Type Object; OTLP specification, "JSON Protobuf
Encoding" (the examples).
"""

from typing import Any, Final

from service.intake.otlp_reading import Signal

PROTOBUF: Final = "application/x-protobuf"
JSON: Final = "application/json"

_SPAN: Final[dict[str, Any]] = {
    "traceId": "5b8efff798038103d269b633813fc60c",
    "spanId": "eee19b7ec3c1b174",
    "name": "Parking permit looked up",
    "kind": 2,
    "startTimeUnixNano": "1763805600000000000",
    "endTimeUnixNano": "1763805600120000000",
    "attributes": [
        {
            "key": "dpl.core.processing_activity_id",
            "value": {"stringValue": "https://register.example.nl/activities/1407"},
        },
        {"key": "dpl.core.data_subject_id", "value": {"stringValue": "c-4711"}},
        {"key": "dpl.core.data_subject_id_type", "value": {"stringValue": "customer"}},
    ],
    "status": {"code": 1},
}
_RECORD: Final[dict[str, Any]] = {
    "timeUnixNano": "1763805600000000000",
    "eventName": "access.used",
    "attributes": [
        {"key": "actor", "value": {"stringValue": "person:m.devries@example.nl"}},
        {"key": "resource", "value": {"stringValue": "customer-file"}},
    ],
}
_RESOURCE: Final[dict[str, Any]] = {
    "attributes": [{"key": "service.name", "value": {"stringValue": "customer-desk"}}]
}
_EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "traces": {
        "resourceSpans": [
            {
                "resource": _RESOURCE,
                "scopeSpans": [{"scope": {"name": "logboek-dataverwerkingen"}, "spans": [_SPAN]}],
            }
        ]
    },
    "logs": {
        "resourceLogs": [
            {"resource": _RESOURCE, "scopeLogs": [{"scope": {}, "logRecords": [_RECORD]}]}
        ]
    },
}
_BINARY: Final[dict[str, Any]] = {
    "type": "string",
    "contentMediaType": PROTOBUF,
    "description": "The same message in protobuf.",
}
_STATUS: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Status",
    "description": "google.rpc.Status.",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "integer", "description": "Of gRPC: 3 is bad data."},
        "message": {"type": "string", "description": "What was expected and what was found."},
        "details": {
            "type": "array",
            "items": {"type": "object"},
            "description": "google.rpc.BadRequest with the faults, google.rpc.RetryInfo.",
        },
    },
}
_REFUSALS: Final[dict[int, str]] = {
    400: "Bad data: nothing was stored; the refusal was recorded and the request kept.",
    401: "The caller proves nobody.",
    403: "The caller may not do this.",
    413: "More than is taken at once, also after decompression.",
    415: "Neither protobuf nor JSON, or compressed otherwise than by gzip.",
    429: "Too often; `Retry-After` says when to send it again.",
    503: "Not durable now; sent again, it is stored once.",
}


def described(signal: Signal) -> dict[str, Any]:
    """What a route is declared with: bodies, answers, refusals."""
    plural = f"{signal.noun}s"
    return {
        "responses": {
            200: {
                "description": (
                    f"Every {signal.noun} is durable. With `partialSuccess`: {plural} that were "
                    "recorded with a warning, or left out because the settings allow it."
                ),
                "content": _content(_answer(signal), {}),
            },
            **{
                status: {"description": told, "content": _content(_STATUS)}
                for status, told in _REFUSALS.items()
            },
        },
        "openapi_extra": {
            "requestBody": {
                "required": True,
                "content": _content(_request(signal), _EXAMPLES[signal.name]),
            }
        },
    }


def _content(schema: dict[str, Any], example: dict[str, Any] | None = None) -> dict[str, Any]:
    in_json: dict[str, Any] = {"schema": schema}
    if example is not None:
        in_json["example"] = example
    return {JSON: in_json, PROTOBUF: {"schema": _BINARY}}


def _request(signal: Signal) -> dict[str, Any]:
    kind = "Trace" if signal.name == "traces" else "Logs"
    groups = "resourceSpans" if signal.name == "traces" else "resourceLogs"
    return {
        "type": "object",
        "description": f"Export{kind}ServiceRequest.",
        "properties": {groups: {"type": "array", "items": {"type": "object"}}},
    }


def _answer(signal: Signal) -> dict[str, Any]:
    rejected = "rejectedSpans" if signal.name == "traces" else "rejectedLogRecords"
    return {
        "type": "object",
        "properties": {
            "partialSuccess": {
                "type": "object",
                "properties": {
                    rejected: {"type": "string", "pattern": "^[0-9]+$"},
                    "errorMessage": {"type": "string"},
                },
            }
        },
    }
