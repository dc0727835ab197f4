"""An opened record as exports give it: what the history shows, beside what chains it."""

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

import msgspec

from formats.answers.log_row import log_row
from formats.answers.record import looked_at_word, record_document
from formats.export.writing import Exported
from formats.json_form import plain
from ledger.errors import MalformedRecord
from ledger.events import KINDS
from ledger.record import decode_record
from ledger.stored import stored_bytes

if TYPE_CHECKING:
    from ledger.opening import OpenedRecord
    from ledger.stored import StoredRecord


def exported_record(
    opened: "OpenedRecord", zone: tzinfo, *, tells_looking: bool = False
) -> Exported:
    """One record as an export gives it.

    Args:
        opened: As its reader may see it.
        zone: In which its sentence tells times.
        tells_looking: Whether the question was who looked at somebody, so that the document says
            how sure that is.
    """
    stored, event = opened.stored, opened.event
    document = record_document(opened)
    row = log_row(opened, zone)
    if tells_looking:
        document["looked_at"] = looked_at_word(opened)
    shown: dict[str, Any] = msgspec.to_builtins(plain(document))
    return Exported(
        index=int(stored.index),
        kind=stored.kind,
        event_id=stored.event_id,
        recorded_at=opened.recorded_at,
        occurred_at=event.occurred_at.astimezone(UTC) if event else None,
        leaf_hash=stored.leaf_hash,
        previous_hash=_previous(stored),
        document=shown,
        system=stored.system,
        actor=row["actor"],
        sentence=row["sentence"],
        is_damaged=event is None and stored.kind in KINDS,
    )


def _previous(stored: "StoredRecord") -> bytes | None:
    if stored.index == 0:
        return None
    try:
        return decode_record(stored_bytes(stored.sealed)).previous
    except MalformedRecord:
        return None
