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

_CASE: Final = "01a2034f-23f6-75de-ac4e-2da209db3617"
_SUSPECTED: Final[dict[str, Any]] = {
    "kind": "breach.suspected.v1",
    "event_id": "01a2034f-23ef-77f1-92c0-df597594e338",
    "occurred_at": "2026-01-02T00:00:00Z",
    "system": "gateway",
    "breach_id": _CASE,
}
_LEAF: Final = "1dc1d96232ddbb14f9c4f8f292ec85b6df0f88dcbe9d6c6969a0b0677a022221"
_ROOT: Final = "e744ae2e1eba56504929e208def8f335c891c277b189c1fba3a4c4b623192516"
_SIBLING: Final = "b8289b0fa43339c49b7ffcca60f096d259b141bad69e17af4f49fca52186c778"
_NOTE: Final = (
    "service.example/log\n2\n50SuLh66VlBJKeII3vjzNciRwnexicH7o6TEtiMZJRY=\n\n— service.example/log "
    "XxnJ1QeB1AY21SD9DpmaVg5/iUPKEYmfMY0gtmmhcTTCEF1XcdUMWx4zJIBImc0of/O+C2ucX4nl37LxusQb+vaZdgs=\n"
)
_TIMELINE: Final[dict[str, Any]] = {
    "as_of": {"size": 2, "root": _ROOT, "moment": "2026-11-22T12:50:48.165218Z"},
    "breach": _CASE,
    "order": "occurred",
    "entries": [
        {
            "index": 0,
            "occurred_at": "2026-01-02T00:00:00Z",
            "recorded_at": "2026-11-22T12:50:47.950425Z",
            "part": "step",
            "kind": "breach.suspected",
            "system": "gateway",
            "corrected_by": None,
            "event": _SUSPECTED,
        }
    ],
    "left_out": {},
}
_PLACE: Final[dict[str, Any]] = {
    "as_of": {"size": 2, "root": _ROOT},
    "index": 0,
    "recorded_at": "2026-11-22T12:50:47.950425Z",
    "kind": "breach.suspected.v1",
    "stream": _CASE,
    "version": 1,
    "leaf_hash": _LEAF,
    "event": _SUSPECTED,
    "personal": {"breach_id": "token"},
    "erased": {},
    "event_id": "01a2034f-23ef-77f1-92c0-df597594e338",
    "header": {
        "origin": "service.example/log",
        "index": 0,
        "previous": "0" * 64,
        "recorded_at": "2026-11-22T12:50:47.950425Z",
        "stream": _CASE,
        "version": 1,
        "kind": "breach.suspected.v1",
    },
    "leaf_hash_before": "0" * 64,
    "committed_by": {"record 1": _LEAF},
    "sealed_bytes": 412,
    "digests": [
        {
            "digest": "O7XkbVS0ky75Ja92bI_f8vgz75qQspeHgZAjUGWTQm8",
            "field": "breach_id",
            "subject": "case#01a2034f23f675deac4e2da209db3617",
            "id_type": None,
            "state": "opens",
            "erased_by": None,
        }
    ],
    "state": "agrees with its neighbours, columns and digests",
    "faults": [],
}
_INCLUSION: Final[dict[str, Any]] = {
    "index": 0,
    "leaf_hash": _LEAF,
    "size": 2,
    "root": _ROOT,
    "hashes": [_SIBLING],
    "checkpoint": _NOTE,
}
_CONSISTENCY: Final[dict[str, Any]] = {
    "from": 1,
    "from_root": _LEAF,
    "to": 2,
    "to_root": _ROOT,
    "hashes": [_SIBLING],
}

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
    ("/v1/events/{place}", "200"): _PLACE,
    ("/v1/breaches/{breach}/timeline", "200"): _TIMELINE,
    ("/v1/proofs/{index}", "200"): _INCLUSION,
    ("/v1/proofs/consistency", "200"): _CONSISTENCY,
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
