"""Examples of answers for the OpenAPI document, by path and status; held to schemas by a test."""

from collections.abc import Mapping
from typing import Any, Final

_AS_OF: Final = {
    "size": 2,
    "root": "566a16636333b22d2b8c4e01e259315529efadf8d9faecde4f1017702b0db64f",
}
_RECORD: Final[dict[str, Any]] = {
    "index": 0,
    "recorded_at": "2026-11-22T12:26:12.072438Z",
    "kind": "access.used.v1",
    "stream": "01a20338-9ed8-71f0-bff2-7799aff70af4",
    "version": 1,
    "leaf_hash": "b85420643318c77de6dfc3ae960d7175d57d123fbac23dfe296c8e4d552c8f56",
    "event": {
        "kind": "access.used.v1",
        "event_id": "01a20338-9ed8-71f0-bff2-7798d11c1f8c",
        "occurred_at": "2026-11-20T09:30:00Z",
        "system": "customer-desk",
        "actor": "person#01a203389ee076c4bd978055350c6ca1",
        "resource": "customer-file",
    },
    "personal": {"actor": "token"},
    "erased": {},
}
_BLOCK: Final[dict[str, Any]] = {
    "ip": "ip#01a203389ee076c4bd9780560cde528f",
    "scope": "sshd",
    "system": "gateway",
    "status": "blocked",
    "since": "2026-11-20T09:30:00Z",
    "until": None,
    "decided_by": "automatic",
    "block": "01a20338-9edb-75bf-a640-5bab2516be63",
    "indexes": [1],
}
_CHECKS: Final[dict[str, Any]] = {
    "database": {"holds": True, "size": 5},
    "signer": {"holds": False, "signed_size": 3, "unsigned_s": 512.4},
    "projection": {"holds": True, "lag_records": 0},
    "disk": {"holds": True, "free_bytes": 72054333440},
}
_ALIVE: Final = {"status": "alive"}
_READY: Final = {
    "status": "ready",
    "failing": [],
    "checks": {"database": {"holds": True, "size": 5}},
}
_FAILING: Final = {"status": "failing", "failing": ["signer"], "checks": _CHECKS}

ANSWER_EXAMPLES: Final[Mapping[tuple[str, str], Any]] = {
    ("/v1/events", "200"): {"as_of": _AS_OF, "records": [_RECORD], "next": None},
    ("/v1/views/{view}", "200"): {
        "as_of": {**_AS_OF, "moment": "2026-11-22T12:26:12.259901Z"},
        "view": "blocks",
        "question": "standing",
        "rows": [_BLOCK],
        "next": None,
    },
    ("/v1/promises", "200"): {
        "as_of": {**_AS_OF, "moment": "2026-11-22T12:26:12.343779Z"},
        "contradictions": {"found": 0, "open": 0},
        "counts": {"broken": 0, "undeterminable": 0, "pending": 0, "kept": 0},
        "promises": [],
    },
    ("/livez", "200"): _ALIVE,
    ("/healthz", "200"): _ALIVE,
    ("/readyz", "200"): _READY,
    ("/readyz/intake", "200"): _READY,
    ("/readyz", "503"): _FAILING,
    ("/readyz/intake", "503"): {"status": "stopping", "failing": [], "checks": {}},
}
"""What a `GET` answers in JSON."""

PROBLEM_EXAMPLE: Final[Mapping[str, Any]] = {
    "type": "urn:zegel:problem:malformed-event",
    "title": "A field of the event is not what its kind asks for",
    "status": 422,
    "detail": "/occurred_at: expected an instant with an offset, such as 2026-11-22T09:30:00Z, "
    "found '2026-11-20 09:31'",
    "errors": [
        {
            "pointer": "/occurred_at",
            "expected": "an instant with an offset, such as 2026-11-22T09:30:00Z",
            "found": "'2026-11-20 09:31'",
        }
    ],
}
