"""The terms of acts of processing: who may see them, how long, and whether they were withdrawn.

An act without terms is normal and always shown. Once confidential is remembered for good: whoever
asks for what concerns themselves never sees an act that was.

Source: VNG Verwerkingenlogging, decisions B3891 (versions of one action) and F4086 (an action that
was ever confidential).
"""

from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Index, Text
from sqlalchemy import Column as Field

from ledger.events.processing import (
    ProcessingRegistered,
    ProcessingTermsChanged,
    ProcessingWithdrawn,
)
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import Cell, Change, Rule, Segment
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.processing.lines import VERSION, VIEW
from projections.reader import json_cell
from projections.tables import line_tables

NORMAL: Final = "normal"
_REGISTERED: Final = kind_name(ProcessingRegistered)
_WITHDRAWN: Final = kind_name(ProcessingWithdrawn)

TERMS: Final = line_tables(
    VIEW,
    VERSION,
    "terms",
    Field("trace_id", Text),
    Field("span_id", Text),
    Field("processing_id", Text),
    Field("activity_id", Text),
    Field("confidentiality", Text, nullable=False),
    Field("was_confidential", BigInteger, nullable=False),
    Field("shown_for", Text),
    Field("withdrawn", BigInteger, nullable=False),
    Field("indexes", Text, nullable=False),
)
Index(
    f"ix_{TERMS.rows.name}_processing",
    *(TERMS.rows.c[each] for each in ("log", "generation", "processing_id")),
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one act."""

    trace_id: str | None = None
    """Of its line; `None` while it was only changed, not registered."""
    span_id: str | None = None
    processing_id: str | None = None
    activity_id: str | None = None
    confidentiality: str = NORMAL
    was_confidential: bool = False
    """Whether it is not normal, or ever was not."""
    shown_for: str | None = None
    withdrawn: bool = False
    indexes: tuple[int, ...] = ()


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The act whose terms an event sets, when, and to what."""
    event = record.event
    moment = 0 if event is None else microseconds(event.occurred_at)
    match event:
        case ProcessingRegistered():
            terms: dict[str, Any] = {
                "trace_id": event.trace_id,
                "span_id": event.span_id,
                "processing_id": None if event.processing_id is None else str(event.processing_id),
                "activity_id": None if event.activity_id is None else str(event.activity_id),
                "confidentiality": event.confidentiality,
                "shown_for": event.shown_for,
            }
        case ProcessingTermsChanged():
            given = {"confidentiality": event.confidentiality, "shown_for": event.shown_for}
            terms = {name: value for name, value in given.items() if value is not None}
        case ProcessingWithdrawn():
            terms = {}
        case _:
            return None
    return str(event.action_id), moment, terms


def step(before: Standing | None, change: Change) -> Standing:
    """The terms after one more change: a registration gives the whole, the others a part."""
    old = before or Standing()
    indexes = (*old.indexes, change.index)
    if change.kind == _WITHDRAWN:
        return msgspec.structs.replace(old, withdrawn=True, indexes=indexes)
    kept = Standing() if change.kind == _REGISTERED else old
    new = msgspec.structs.replace(kept, **change.terms)
    return msgspec.structs.replace(
        new,
        was_confidential=old.was_confidential or new.confidentiality != NORMAL,
        withdrawn=old.withdrawn,
        indexes=indexes,
    )


def segments(standing: Standing, valid_from: int, valid_to: int) -> list[Segment]:
    """The terms over a stretch of time."""
    values: tuple[Cell, ...] = (
        standing.trace_id,
        standing.span_id,
        standing.processing_id,
        standing.activity_id,
        standing.confidentiality,
        int(standing.was_confidential),
        standing.shown_for,
        int(standing.withdrawn),
        json_cell(standing.indexes),
    )
    return [Segment(valid_from, valid_to, values)]


STANDING: Final = Lines(
    TERMS,
    kind_names(ProcessingRegistered, ProcessingTermsChanged, ProcessingWithdrawn),
    read_change,
    Rule(step, segments),
)
