"""One record with everything that the log knows of it, as a JSON object."""

from typing import Any

from formats.answers.record import record_document
from ledger.inspection import SeenRecord


def seen_document(seen: SeenRecord) -> dict[str, Any]:
    """The record and what was checked of it as one JSON object."""
    document = record_document(seen.opened)
    header = seen.header
    return {
        **document,
        "event_id": seen.opened.stored.event_id,
        "header": None
        if header is None
        else {
            "origin": header.origin,
            "index": header.index,
            "previous": header.previous,
            "recorded_at": header.recorded_at,
            "stream": header.stream,
            "version": header.version,
            "kind": header.kind,
        },
        "leaf_hash": seen.links.leaf,
        "leaf_hash_before": seen.links.before,
        "committed_by": {seen.links.after_place: seen.links.after},
        "sealed_bytes": len(seen.opened.stored.sealed),
        "digests": [
            {
                "digest": each.digest,
                "field": each.field,
                "subject": each.subject,
                "id_type": each.id_type,
                "state": each.state,
                "erased_by": each.event,
            }
            for each in seen.digests
        ],
        "state": "evidence broken"
        if seen.faults
        else "agrees with its neighbours, columns and digests",
        "faults": seen.faults,
    }
