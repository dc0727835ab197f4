"""What the OpenAPI document says of `POST /v1/events`: every form of a body and answer.

Source: OpenAPI 3.1.0, Request Body Object, Media Type Object; CloudEvents JSON Event Format 1.0.2.
"""

from typing import Any, Final

from formats.cloudevents_http import PREFIX
from ledger.events import KINDS
from service.intake.idempotency import HEADER, MOST_CHARACTERS
from service.intake.sent import BATCH, EVENT, LINES, STRUCTURED

_EXAMPLE_ID: Final = "0192f5f0-7a10-7c2e-9b1a-5d2f4c6e8a01"
_DATA: Final[dict[str, Any]] = {
    "system": "infactor-web",
    "actor": "person:j.jansen@example.nl",
    "resource": "customer-file",
    "act": "read",
    "purpose": "application-access",
}
_NATIVE: Final[dict[str, Any]] = {
    "kind": "access.used.v1",
    "event_id": _EXAMPLE_ID,
    "occurred_at": "2026-11-22T09:30:00Z",
    **_DATA,
}
_CLOUD_EVENT: Final[dict[str, Any]] = {
    "specversion": "1.0",
    "id": "req-4711",
    "source": "https://web.example.nl/infactor",
    "type": "access.used",
    "time": "2026-11-22T09:30:00Z",
    "datacontenttype": "application/json",
    "data": _DATA,
}
_RECEIPT: Final[dict[str, Any]] = {
    "index": 41,
    "kind": "access.used.v1",
    "event_id": _EXAMPLE_ID,
    "leaf_hash": "5d2c2bd5bd0c3b7be46ec28a3a8b4bd0d4fd1ac4b4f0e51dd2d8a2bd17f2f6a1",
    "recorded_at": "2026-11-22T09:30:00.123456Z",
    "stream": "0192f5f0-7a11-7d00-8000-2b7f3c1d5e60",
    "version": 1,
    "duplicate": False,
}
_NATIVE_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Event",
    "description": (
        "One event: its kind, when it occurred, and the fields of that kind; see the reference of "
        "events. Without an `event_id` the request needs an `Idempotency-Key`."
    ),
    "required": ["kind", "occurred_at"],
    "properties": {
        "kind": {"type": "string", "enum": sorted(KINDS)},
        "event_id": {"type": "string", "format": "uuid"},
        "occurred_at": {"type": "string", "format": "date-time"},
    },
}
_CLOUD_EVENT_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "CloudEvent",
    "description": "Source and id together name the fact; the type is its kind.",
    "required": ["specversion", "id", "source", "type", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1, "format": "uri-reference"},
        "type": {"type": "string", "enum": sorted(KINDS)},
        "time": {"type": "string", "format": "date-time"},
        "subject": {"type": "string", "minLength": 1},
        "datacontenttype": {"type": "string", "enum": ["application/json"]},
        "data": {"type": "object", "description": "The fields of the kind."},
    },
}
_RECEIPT_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Receipt",
    "required": ["index", "kind", "event_id", "leaf_hash", "recorded_at", "duplicate"],
    "properties": {
        "index": {"type": "integer", "minimum": 0, "description": "Its place in the log."},
        "kind": {"type": "string"},
        "event_id": {"type": "string", "format": "uuid"},
        "leaf_hash": {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"},
        "recorded_at": {"type": ["string", "null"], "format": "date-time"},
        "stream": {"type": ["string", "null"], "format": "uuid"},
        "version": {"type": ["integer", "null"], "minimum": 1},
        "duplicate": {
            "type": "boolean",
            "description": "The fact was in the log before; this is its first receipt again.",
        },
        "warnings": {"type": "array", "items": {"type": "string"}},
    },
}
_PROGRESS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Progress",
    "description": "How far a stream of lines is durable.",
    "required": ["accepted", "duplicates", "first_index", "last_index", "durable_lines"],
    "properties": {
        "accepted": {"type": "integer", "minimum": 0},
        "duplicates": {"type": "integer", "minimum": 0},
        "first_index": {"type": ["integer", "null"], "minimum": 0},
        "last_index": {"type": ["integer", "null"], "minimum": 0},
        "durable_lines": {"type": "integer", "minimum": 0},
    },
}
_PROGRESS: Final[dict[str, Any]] = {
    "accepted": 2,
    "duplicates": 0,
    "first_index": 41,
    "last_index": 42,
    "durable_lines": 2,
}
_TWO_LINES: Final = (
    '{"kind":"access.used","event_id":"0192f5f0-7a10-7c2e-9b1a-5d2f4c6e8a02",'
    '"occurred_at":"2026-11-22T09:30:00Z","resource":"customer-file"}\n'
    '{"kind":"access.used","event_id":"0192f5f0-7a10-7c2e-9b1a-5d2f4c6e8a03",'
    '"occurred_at":"2026-11-22T09:30:01Z","resource":"customer-file"}\n'
)

REQUEST: Final[dict[str, Any]] = {
    "required": True,
    "description": (
        "UTF-8; also with `Content-Encoding: gzip`. A CloudEvent in binary mode has its attributes "
        "in `ce-` headers and its data as `application/json`."
    ),
    "content": {
        STRUCTURED: {"schema": _CLOUD_EVENT_SCHEMA, "example": _CLOUD_EVENT},
        BATCH: {
            "schema": {"type": "array", "items": _CLOUD_EVENT_SCHEMA},
            "example": [_CLOUD_EVENT, {**_CLOUD_EVENT, "id": "req-4712"}],
        },
        EVENT: {"schema": _NATIVE_SCHEMA, "example": _NATIVE},
        LINES: {
            "schema": {"type": "string", "description": "One event of ours on each line."},
            "example": _TWO_LINES,
        },
    },
}

_ATTRIBUTES: Final = {
    "specversion": "1.0",
    "id": "req-4711",
    "source": "https://web.example.nl/infactor",
    "type": "access.used",
    "time": "2026-11-22T09:30:00Z",
}

PARAMETERS: Final[list[dict[str, Any]]] = [
    {
        "name": HEADER,
        "in": "header",
        "required": False,
        "description": "Names a fact without an event id, so that sending it again is safe.",
        "schema": {
            "type": "string",
            "pattern": f"^[!#-~]([ -~]{{0,{MOST_CHARACTERS - 2}}}[!-~])?$",
            "examples": ["night-run-2026-11-22-1"],
        },
    },
    *(
        {
            "name": f"{PREFIX}{name}",
            "in": "header",
            "required": False,
            "description": f"Of a CloudEvent in binary mode: its {name}, percent-encoded.",
            "schema": {"type": "string", "examples": [example]},
        }
        for name, example in _ATTRIBUTES.items()
    ),
]

_CONTENT: Final[dict[str, Any]] = {
    EVENT: {
        "schema": {
            "oneOf": [
                _RECEIPT_SCHEMA,
                {"type": "array", "items": _RECEIPT_SCHEMA},
                _PROGRESS_SCHEMA,
            ]
        },
        "examples": {
            "receipt": {"summary": "One event.", "value": _RECEIPT},
            "batch": {"summary": "A batch.", "value": [_RECEIPT, {**_RECEIPT, "index": 42}]},
            "stream": {"summary": "A stream of lines.", "value": _PROGRESS},
        },
    },
    LINES: {
        "schema": {"type": "string", "description": "A receipt for each line, with its number."}
    },
}
_PROBLEM: Final[dict[str, Any]] = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
}

ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "All of it was in the log before.", "content": _CONTENT},
    201: {"description": "All of it is durable.", "content": _CONTENT},
    400: {
        "description": "No JSON, a name twice in one object, or an event that has no id.",
        "content": _PROBLEM,
    },
    408: {"description": "The body did not arrive in time.", "content": _PROBLEM},
    409: {
        "description": "An id is known with other content; the conflict was recorded.",
        "content": _PROBLEM,
    },
    413: {"description": "More than is taken at once.", "content": _PROBLEM},
    415: {
        "description": "Another media type, charset or coding than is understood.",
        "content": _PROBLEM,
    },
    422: {
        "description": "An event is not what its kind asks for; `errors` tells each place.",
        "content": _PROBLEM,
    },
    503: {
        "description": "Not durable in time; sent again with the same id, it is stored once.",
        "content": _PROBLEM,
    },
}
"""By status."""
