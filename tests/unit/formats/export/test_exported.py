"""A record is exported as the history shows it, beside what chains it."""

import json
from datetime import UTC, datetime
from uuid import UUID

from formats.answers.record import record_document
from formats.export.exported import exported_record
from formats.json_form import encode_json
from ledger.events import Event, complete_event, event_from_mapping
from ledger.opening import OpenedRecord
from ledger.stored import StoredRecord
from ledger.units import Index
from tests.exported_records import RECORDED_AT, chained, exported_event


def _event(kind: str, **fields: object) -> Event:
    given = {"kind": kind, "occurred_at": "2026-03-01T10:00:00+01:00", **fields}
    return complete_event(event_from_mapping(given), new_id=lambda: UUID(int=7))


def _stored(kind: str, sealed: bytes) -> StoredRecord:
    return StoredRecord(
        index=Index(5),
        sealed=sealed,
        leaf_hash=bytes(32),
        stream=UUID(int=1),
        version=0,
        kind=kind,
        event_id=None,
        recorded_at_us=0,
        occurred_at_us=None,
        system=None,
    )


def test_the_document_is_the_json_of_the_history() -> None:
    """An export would show another record than `zegel log` does."""
    event = _event("access.used", resource="files", actor="person:anna")
    opened = OpenedRecord(_stored("access.used.v1", b""), event, RECORDED_AT, {"actor": "open"})
    found = exported_record(opened, UTC)
    assert encode_json(found.document) == encode_json(record_document(opened))
    assert found.occurred_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (found.actor, found.is_damaged) == ("person:anna", False)
    assert "files" in found.sentence


def test_each_record_names_the_one_before_it() -> None:
    """A reader could not follow the chain through an export."""
    first, second = chained(_event("file.received", file_id=name) for name in ("F-1", "F-2"))
    assert first.previous_hash is None
    assert second.previous_hash == first.leaf_hash


def test_bytes_that_hold_no_event_are_shown_raw() -> None:
    """A damaged record would end the export, or pass for a sound one."""
    damaged = OpenedRecord(_stored("access.used.v1", b"not sealed"), None, RECORDED_AT, {})
    found = exported_record(damaged, UTC)
    assert found.is_damaged
    assert (found.previous_hash, found.occurred_at, found.event_id) == (None, None, None)
    unknown = OpenedRecord(_stored("later.kind.v1", b"\n\n{}"), None, RECORDED_AT, {})
    assert not exported_record(unknown, UTC).is_damaged


def test_how_sure_a_reading_is_stands_in_it_where_it_was_asked() -> None:
    """Who was perhaps not looked at would be told as looked at."""
    event = _event("log.read", question="everything", records=3, shown_exactly=False)
    opened = OpenedRecord(_stored("log.read.v1", b""), event, RECORDED_AT, {})
    assert exported_record(opened, UTC, tells_looking=True).document["looked_at"] == "possibly"
    assert "looked_at" not in exported_record(opened, UTC).document


def test_documents_are_plain_json() -> None:
    """A format would have to know how each type of ours is written."""
    document = exported_event("file.received", file_id="F-1").document
    assert json.loads(json.dumps(document)) == document
