"""The register of processing activities: an activity and a time give exactly one version.

An entry holds from its own effective date, else from when it was entered, until a later entry of
the same activity does or the activity is retired. Every change of an activity has a number, in the
order in which they were recorded: later records, and corrections, never change it.

Source: GDPR art. 30(1) and 30(2); LDV 1.0.0 §3.4.1 (each change is a version with a time).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Text, select
from sqlalchemy import Column as Field

from ledger.events.register import (
    ProcessingActivityAmended,
    ProcessingActivityRegistered,
    ProcessingActivityRetired,
)
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import Cell, Change, Rule, Segment
from projections.instants import cell_instant
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.organisations import PARTS, SECTIONS, VERSION
from projections.reader import Reader, json_cell, listed
from projections.tables import line_tables
from projections.view import Column, Filter, Section, View

_LISTS: Final = (
    "controllers",
    "purposes",
    "categories",
    "recipients",
    "transfers",
    "retention",
    "measures",
)
_ACTIVITY = line_tables(
    "register",
    VERSION,
    "activity",
    Field("role", Text, nullable=False),
    Field("organisation", Text),
    Field("officer", Text),
    *(Field(name, Text, nullable=False) for name in _LISTS),
    Field("entered_at", BigInteger, nullable=False),
    Field("effective_from", BigInteger, nullable=False),
    Field("indexes", Text, nullable=False),
)
_RETIRED: Final = kind_name(ProcessingActivityRetired)
_WHAT: Final = {
    kind_name(ProcessingActivityRegistered): "registered",
    kind_name(ProcessingActivityAmended): "amended",
    _RETIRED: "retired",
}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an activity; the lists are JSON text."""

    role: str
    organisation: str | None
    officer: str | None
    controllers: str
    purposes: str
    categories: str
    recipients: str
    transfers: str
    retention: str
    measures: str
    entered_at: int
    effective_from: int
    index: int


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The activity that an event changes, from when on, and to what."""
    event = record.event
    if not isinstance(
        event, ProcessingActivityRegistered | ProcessingActivityAmended | ProcessingActivityRetired
    ):
        return None
    said_at = microseconds(event.occurred_at)
    moment = said_at if event.effective_from is None else microseconds(event.effective_from)
    if isinstance(event, ProcessingActivityRetired):
        return event.processing_activity_id, moment, {}
    terms: dict[str, Any] = {
        "role": event.role,
        "organisation": event.organisation,
        "officer": event.officer,
        **{name: json_cell(getattr(event, name)) for name in _LISTS},
        "entered_at": said_at,
        "effective_from": moment,
    }
    return event.processing_activity_id, moment, terms


def step(_before: Entry | None, change: Change) -> Entry | None:
    """The entry after one more change: each gives the whole of it."""
    if change.kind == _RETIRED:
        return None
    return msgspec.convert({**change.terms, "index": change.index}, Entry)


def segments(entry: Entry, valid_from: int, valid_to: int) -> list[Segment]:
    """The entry over a stretch of time."""
    values: tuple[Cell, ...] = (
        entry.role,
        entry.organisation,
        entry.officer,
        *(getattr(entry, name) for name in _LISTS),
        entry.entered_at,
        entry.effective_from,
        json_cell([entry.index]),
    )
    return [Segment(valid_from, valid_to, values)]


def _activities(reader: Reader, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    activity = _ACTIVITY.rows.c
    query = (
        select(_ACTIVITY.rows)
        .where(
            condition,
            reader.matching(
                activity=[activity.entity],
                organisation=[activity.organisation],
                role=[activity.role],
            ),
        )
        .order_by(activity.entity, activity.valid_from)
    )
    recorded = _recorded(reader)
    return [
        {
            "activity": row["entity"],
            "version": _number(recorded, row["entity"], listed(row["indexes"])[-1]),
            "role": row["role"],
            "organisation": row["organisation"],
            "officer": row["officer"],
            **{name: listed(row[name]) for name in _LISTS},
            "effective_from": cell_instant(row["effective_from"]),
            "in_force_from": cell_instant(row["valid_from"]),
            "in_force_until": cell_instant(row["valid_to"]),
            "entered_at": cell_instant(row["entered_at"]),
            "created_at": cell_instant(recorded[row["entity"]][0].said),
            "indexes": listed(row["indexes"]),
        }
        for row in reader.rows(query)
    ]


class _Recorded(NamedTuple):
    """One change of an activity, as it was recorded."""

    idx: int
    kind: str
    moment: int
    said: int
    gone: int


def _recorded(reader: Reader) -> dict[str, list[_Recorded]]:
    """Every change of the chosen activities in the order of the log: its place is its number."""
    change = _ACTIVITY.changes.c
    query = (
        select(change.entity, change.idx, change.kind, change.moment, change.said, change.gone)
        .where(
            change.log == reader.scope.log,
            change.generation == reader.scope.generation,
            change.idx < reader.known_size,
            reader.matching(activity=[change.entity]),
        )
        .order_by(change.idx)
    )
    found: dict[str, list[_Recorded]] = {}
    for row in reader.rows(query):
        found.setdefault(row.pop("entity"), []).append(_Recorded(**row))
    return found


def _number(recorded: Mapping[str, Sequence[_Recorded]], activity: str, index: int) -> int:
    """The number of the change that a record made, from 1."""
    return bisect_right([each.idx for each in recorded[activity]], index)


def activity_changes(reader: Reader) -> list[dict[str, Any]]:
    """Every change of the chosen activities, those that were taken back too, by number."""
    return [
        {
            "activity": activity,
            "version": number,
            "index": each.idx,
            "what": _WHAT[each.kind],
            "effective_from": cell_instant(each.moment),
            "entered_at": cell_instant(each.said),
            "taken_back_by": each.gone if each.gone < reader.known_size else None,
        }
        for activity, changes in _recorded(reader).items()
        for number, each in enumerate(changes, 1)
    ]


def activities_in_force(reader: Reader) -> list[dict[str, Any]]:
    """The one version of each activity that is in force."""
    return _activities(reader, reader.standing(_ACTIVITY.rows))


def activity_history(reader: Reader) -> list[dict[str, Any]]:
    """Every version of each activity: past, in force, and announced."""
    return _activities(reader, reader.known(_ACTIVITY.rows))


_COLUMNS: Final = (
    Column("activity", "processing activity"),
    Column("version", "version", "count"),
    Column("role", "role"),
    Column("organisation", "organisation"),
    Column("purposes", "purposes and legal bases", "list"),
    Column("categories", "subjects and data categories", "list"),
    Column("recipients", "recipients", "list"),
    Column("transfers", "transfers", "list"),
    Column("retention", "retention", "list"),
    Column("measures", "measures", "list"),
    Column("controllers", "controllers", "list"),
    Column("officer", "data protection officer", "token"),
    Column("effective_from", "by its own date", "instant"),
    Column("in_force_from", "in force from", "instant"),
    Column("in_force_until", "until", "instant"),
    Column("entered_at", "entered", "instant"),
    Column("indexes", "rests on", "indexes"),
)

REGISTER: Final = View(
    name="register",
    title="The register of processing activities",
    version=VERSION,
    parts=(
        Lines(
            _ACTIVITY,
            kind_names(
                ProcessingActivityRegistered, ProcessingActivityAmended, ProcessingActivityRetired
            ),
            read_change,
            Rule(step, segments),
        ),
        *PARTS,
    ),
    sections={
        "in-force": Section("versions in force", _COLUMNS, activities_in_force),
        "history": Section("every version, announced ones included", _COLUMNS, activity_history),
        **SECTIONS,
    },
    filters={
        "activity": Filter("one processing activity, by its URI"),
        "organisation": Filter("organisation whose register it is"),
        "role": Filter("controller, processor or joint"),
    },
)
