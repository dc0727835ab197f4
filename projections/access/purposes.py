"""What was used for a purpose, or in an activity, that the register did not hold at that moment.

An entry of the register without purposes, as a processor may keep it, limits none.

Source: GDPR art. 30(1)(b) and 30(2)(b).
"""

from typing import Any, Final

import msgspec
from sqlalchemy import Column as Field
from sqlalchemy import Text, and_, not_, or_, select

from ledger.events.register import (
    ProcessingActivityAmended,
    ProcessingActivityRegistered,
    ProcessingActivityRetired,
)
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.access.uses import USE, narrowed, use_row
from projections.bitemporal import Change, Rule, Segment
from projections.grants import VERSION
from projections.kinds import kind_names
from projections.lines import Lines
from projections.reader import Reader, json_cell, listed, listing
from projections.tables import line_tables

_ENTRY = line_tables(
    "access",
    VERSION,
    "activity",
    Field("purposes", Text, nullable=False),
    Field("entry_index", Text, nullable=False),
)
_KINDS: Final = kind_names(
    ProcessingActivityRegistered, ProcessingActivityAmended, ProcessingActivityRetired
)


class Entry(msgspec.Struct, frozen=True):
    """The purposes of one version of an activity, as JSON text, and its record."""

    purposes: str
    index: int


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The activity that an event changes, from when on, and its purposes."""
    event = record.event
    if not isinstance(
        event, ProcessingActivityRegistered | ProcessingActivityAmended | ProcessingActivityRetired
    ):
        return None
    moment = microseconds(event.effective_from or event.occurred_at)
    if isinstance(event, ProcessingActivityRetired):
        return event.processing_activity_id, moment, {"purposes": None}
    purposes = json_cell([purpose.id for purpose in event.purposes])
    return event.processing_activity_id, moment, {"purposes": purposes}


def step(_before: Entry | None, change: Change) -> Entry | None:
    """The entry after one more change: each gives the whole of it."""
    purposes = change.terms["purposes"]
    return None if purposes is None else Entry(purposes, change.index)


def segments(entry: Entry, valid_from: int, valid_to: int) -> list[Segment]:
    """The entry over a stretch of time."""
    return [Segment(valid_from, valid_to, (entry.purposes, json_cell([entry.index])))]


ENTRIES: Final = Lines(_ENTRY, _KINDS, read_change, Rule(step, segments))
"""The part of the view that keeps the purposes of the register."""


def uses_unregistered(reader: Reader) -> list[dict[str, Any]]:
    """Every use whose purpose or activity the register did not hold then, with the reasons."""
    use, entry = USE.c, _ENTRY.rows.c
    in_force = and_(
        reader.known(_ENTRY.rows),
        entry.valid_from <= use.occurred,
        entry.valid_to > use.occurred,
    )
    lists_it = listing(entry.purposes, use.purpose)
    as_registered = or_(
        select(entry.entity)
        .where(
            in_force,
            entry.entity == use.activity,
            or_(use.purpose.is_(None), entry.purposes == "[]", lists_it),
        )
        .correlate(USE)
        .exists(),
        and_(
            use.activity.is_(None),
            select(entry.entity).where(in_force, lists_it).correlate(USE).exists(),
        ),
    )
    query = select(USE).where(reader.counted(USE), narrowed(reader), not_(as_registered))
    entries = _entries(reader)
    found = reader.facts(query, use.occurred, use.idx)
    return [use_row(row, [_reason(row, entries)]) for row in found]


def _entries(reader: Reader) -> dict[str, list[dict[str, Any]]]:
    query = select(_ENTRY.rows).where(reader.known(_ENTRY.rows))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in reader.rows(query):
        found.setdefault(row["entity"], []).append(row)
    return found


def _reason(use: dict[str, Any], entries: dict[str, list[dict[str, Any]]]) -> str:
    purpose, moment = use["purpose"], use["occurred"]
    if use["activity"] is None:
        if purpose is None:
            return "names no purpose and no processing activity"
        ever = any(purpose in listed(row["purposes"]) for rows in entries.values() for row in rows)
        return "purpose not in the register then" if ever else "purpose not in the register"
    rows = entries.get(use["activity"])
    if not rows:
        return "processing activity not in the register"
    if not any(row["valid_from"] <= moment < row["valid_to"] for row in rows):
        return "processing activity not in the register then"
    return "purpose not one of the processing activity"
