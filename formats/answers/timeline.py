"""The timeline of a breach as JSON objects."""

from typing import TYPE_CHECKING, Any

from formats.answers.record import event_fields, short_kind

if TYPE_CHECKING:
    from projections.investigation.timeline import Entry


def entry_document(entry: "Entry") -> dict[str, Any]:
    """One entry: both times, which part it plays, and the event by tokens."""
    return {
        "index": entry.index,
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "part": entry.part,
        "kind": short_kind(entry.kind),
        "system": entry.system,
        "corrected_by": entry.corrected_by,
        "event": event_fields(entry.event),
    }
