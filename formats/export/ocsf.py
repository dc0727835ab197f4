"""OCSF 1.9 as NDJSON: one event a line, each chained to the one before it.

The last line tells of the export itself, as the class for event logs has it (1008, activity 3):
its ending, the size and root of the log, and the signed checkpoint where it was asked for. Every
line is written in the one canonical form that its fingerprint covers.

Source: OCSF 1.9.0; RFC 8785.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from formats.canonical_json import canonical_json
from formats.export.record_parts import milliseconds
from formats.export.writing import ExportFormat, Provenance, Records, closing_facts
from formats.ocsf import catalogue as ocsf
from formats.ocsf.integrity import Chain
from formats.ocsf.places import SUCCESS, Place
from formats.ocsf.writing import base_event, event_of, product_metadata

_EXPORT: Final = Place(ocsf.EVENT_LOG, 3)


def write(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """One line of bytes for each record, then the one about the export; UTF-8."""
    for event in chained_events(records, provenance):
        yield event + b"\n"


def chained_events(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """The canonical bytes of each event, in the order of the index; the export's own comes last."""
    chain_uid = _chain_uid(provenance)
    chain = Chain(chain_uid, provenance.origin)
    latest = 0
    for record in records:
        latest = max(latest, milliseconds(record.recorded_at))
        yield chain.sealed(event_of(record, provenance), record.leaf_hash.hex())
    closing = _closing(records, provenance, chain_uid, latest)
    yield chain.sealed(closing, provenance.root_hash.hex())


def _chain_uid(provenance: Provenance) -> str:
    """The same for the same question about the same records as the same reader may see them."""
    asked = {
        "origin": provenance.origin,
        "root": provenance.root_hash.hex(),
        "size": provenance.size,
        "question": provenance.question,
        "identities": provenance.identities,
    }
    return str(uuid5(NAMESPACE_URL, hashlib.sha256(canonical_json(asked)).hexdigest()))


def _closing(
    records: Records, provenance: Provenance, chain_uid: str, latest: int
) -> dict[str, Any]:
    """The event about the export; its time is that of the latest record, as no other is known."""
    ending = records.ending
    return {
        **base_event(_EXPORT, "Export", latest),
        "count": ending.count,
        "log_name": provenance.origin,
        "message": ending.text,
        "metadata": {
            **product_metadata(provenance),
            "uid": f"{chain_uid}/end",
            "sequence": provenance.size,
        },
        "severity_id": 1,
        "severity": "Informational",
        "status_id": SUCCESS,
        "status": "Success",
        "unmapped": {ocsf.OWN: {"export": closing_facts(provenance, ending)}},
    }


EXPORT: Final = ExportFormat(
    name="ocsf",
    title="OCSF 1.9 events for a SIEM or a security lake, one a line, chained",
    suffix=".ocsf.ndjson",
    media_type="application/x-ndjson",
    write=write,
)
