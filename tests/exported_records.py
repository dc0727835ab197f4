"""Records as an export gives them, and what a format makes of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from formats.export import export_format
from formats.export.exported import exported_record
from formats.export.settings import chosen_settings
from formats.export.writing import Exported, Provenance, Records
from ledger.events import Event, encode_event, kind_of
from ledger.opening import OpenedRecord
from ledger.record import NO_PREVIOUS, SealedRecord, encode_record, leaf_hash
from ledger.stored import StoredRecord
from ledger.units import Index

RECORDED_AT: Final = datetime(2026, 3, 1, 10, tzinfo=UTC)
OCCURRED_AT: Final = "2026-03-01T09:00:00Z"
ORIGIN: Final = "log.example/zegel"


def exported_event(kind: str, index: int = 0, **fields: Any) -> Exported:  # noqa: ANN401 - JSON
    """One record with these fields of its event, whatever the vocabulary says of them."""
    version = f"{kind}.v1"
    event = {"kind": version, "occurred_at": OCCURRED_AT, **fields}
    hashed = sha256(index.to_bytes(8, "big")).digest()
    return Exported(
        index=index,
        kind=version,
        event_id=UUID(int=index),
        recorded_at=RECORDED_AT,
        occurred_at=datetime.fromisoformat(event["occurred_at"]),
        leaf_hash=hashed,
        previous_hash=sha256((index - 1).to_bytes(8, "big")).digest() if index else None,
        document={
            "index": index,
            "recorded_at": "2026-03-01T10:00:00Z",
            "kind": version,
            "stream": str(UUID(int=index)),
            "version": 0,
            "leaf_hash": hashed.hex(),
            "event": event,
            "personal": {},
            "erased": {},
        },
        system=fields.get("system"),
        actor=fields.get("actor"),
        sentence=f"{kind} happened",
    )


def chained(events: Iterable[Event]) -> list[Exported]:
    """These events as records of one log, each sealed after the one before it."""
    previous, found = NO_PREVIOUS, []
    for number, event in enumerate(events):
        stream = event.event_id or UUID(int=number)
        sealed = encode_record(
            SealedRecord(
                origin=ORIGIN,
                index=Index(number),
                previous=previous,
                recorded_at=RECORDED_AT,
                stream=stream,
                version=0,
                kind=kind_of(event),
                body=encode_event(event),
            )
        )
        previous = leaf_hash(sealed)
        found.append(_exported(number, sealed, stream, event))
    return found


def _exported(number: int, sealed: bytes, stream: UUID, event: Event) -> Exported:
    stored = StoredRecord(
        index=Index(number),
        sealed=sealed,
        leaf_hash=leaf_hash(sealed),
        stream=stream,
        version=0,
        kind=kind_of(event),
        event_id=event.event_id,
        recorded_at_us=0,
        occurred_at_us=None,
        system=event.system,
    )
    return exported_record(OpenedRecord(stored, event, RECORDED_AT, {}), ZoneInfo("UTC"))


def provenance(name: str, **given: Any) -> Provenance:  # noqa: ANN401 - any of its fields
    """Of a log of 42 records, with the default settings of a format."""
    known: dict[str, Any] = {
        "origin": ORIGIN,
        "size": 42,
        "root_hash": bytes(range(32)),
        "question": "everything",
        "identities": True,
        "program": "zegel/1",
        "zone": "Europe/Amsterdam",
        "settings": dict(chosen_settings(export_format(name), ())),
    }
    return Provenance(**{**known, **given})


def records(found: Sequence[Exported], *, more: bool = False) -> Records:
    """They, as an export gets them; cut off where more were asked for."""
    return Records(iter(found), lambda _index: more, limit=len(found) if more else None)


def written(name: str, found: Sequence[Exported], *, more: bool = False) -> bytes:
    """The one file of a format."""
    return b"".join(export_format(name).write(records(found, more=more), provenance(name)))


def written_tree(name: str, found: Sequence[Exported], *, more: bool = False) -> dict[str, bytes]:
    """The files of a format that writes a folder."""
    write_tree = export_format(name).write_tree
    assert write_tree is not None
    return dict(write_tree(records(found, more=more), provenance(name)))
