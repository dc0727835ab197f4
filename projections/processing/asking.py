"""Which lines somebody asks for, each with the act that it belongs to and the terms of that.

A line is an act by itself, unless the line above it was registered as one: then it names one of the
people of that act.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, or_, select

from ledger.store.requests import microseconds
from projections.batches import batched
from projections.processing.line_ids import line_id
from projections.processing.lines import LINE
from projections.processing.terms import NORMAL, TERMS
from projections.reader import Reader

_ASKED_AT_ONCE: Final = 500


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line as the view keeps it; times in microseconds since 1970."""

    idx: int
    line_id: str
    event_id: str
    trace_id: str
    span_id: str
    parent_span_id: str | None
    activity: str | None
    subject: str | None
    """A token, or `withheld` once they were erased."""
    status: str
    started: int
    started_ns: int
    ended: int
    ended_ns: int
    recorded: int
    system: str | None


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one act now."""

    entity: str
    """The id of the act."""
    trace_id: str | None = None
    span_id: str | None = None
    processing_id: str | None = None
    activity_id: str | None = None
    confidentiality: str = NORMAL
    was_confidential: int = 0
    shown_for: str | None = None
    withdrawn: int = 0

    @property
    def is_registered(self) -> bool:
        """Whether it was registered as an act, not only changed."""
        return self.trace_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuery:
    """Which lines are asked for; everything given must hold."""

    trace_id: str | None = None
    activity: str | None = None
    activity_id: UUID | None = None
    """The id that an activity has in a register whose URI ends with it."""
    subject: str | None = None
    """A token."""
    line_ids: Sequence[str] | None = None
    started_from: datetime | None = None
    """Started at or after it."""
    started_before: datetime | None = None
    ended_by: datetime | None = None
    """Ended at or before it."""
    most: int | None = None


@dataclass(frozen=True, slots=True)
class ActLine:
    """A line and the act that it belongs to."""

    line: LineRow
    terms: Terms
    names_person_of_act: bool = field(default=False)
    """The act is the line above; this one only names somebody."""

    @property
    def act_id(self) -> str:
        """The id of the act."""
        return self.terms.entity


def lines_asked(reader: Reader, query: LineQuery) -> list[LineRow]:
    """The lines in the order in which they started."""
    column = LINE.c
    asked = select(*(column[name] for name in LineRow.__struct_fields__)).where(
        _recorded(reader), *_conditions(query)
    )
    found: list[LineRow] = []
    groups: Iterable[Sequence[str] | None] = (
        [None] if query.line_ids is None else batched(query.line_ids, _ASKED_AT_ONCE)
    )
    for ids in groups:
        some = asked if ids is None else asked.where(column.line_id.in_(ids))
        some = some.order_by(column.started, column.idx).limit(query.most)
        found += [LineRow(**row) for row in reader.rows(some)]
    return sorted(found, key=lambda row: (row.started, row.idx))


def children_of(reader: Reader, trace_id: str, span_id: str) -> list[LineRow]:
    """The lines that stand right below one, in the order in which they were recorded."""
    below = lines_asked(reader, LineQuery(trace_id=trace_id))
    mine = [row for row in below if row.parent_span_id == span_id]
    return sorted(mine, key=lambda row: row.idx)


def terms_of(reader: Reader, act_ids: Iterable[str]) -> dict[str, Terms]:
    """The terms of acts now, by id; an act without any is left out."""
    rows = TERMS.rows
    found: dict[str, Terms] = {}
    for some in batched(sorted(set(act_ids)), _ASKED_AT_ONCE):
        query = _terms().where(reader.standing(rows), rows.c.entity.in_(some))
        found |= {row["entity"]: Terms(**row) for row in reader.rows(query)}
    return found


def acts_of_processing(reader: Reader, processing_id: UUID) -> list[Terms]:
    """The acts that were registered as part of one processing."""
    rows = TERMS.rows
    query = _terms().where(
        reader.standing(rows),
        rows.c.processing_id == str(processing_id),
        rows.c.trace_id.is_not(None),
    )
    return [Terms(**row) for row in reader.rows(query.order_by(rows.c.entity))]


def with_acts(reader: Reader, origin: str, lines: Sequence[LineRow]) -> list[ActLine]:
    """Each line with its act, in the order given."""
    above = {
        row.line_id: str(line_id(origin, row.trace_id, row.parent_span_id))
        for row in lines
        if row.parent_span_id is not None
    }
    terms = terms_of(reader, [*(row.line_id for row in lines), *above.values()])
    return [_act_line(row, above.get(row.line_id), terms) for row in lines]


def _act_line(row: LineRow, above: str | None, terms: Mapping[str, Terms]) -> ActLine:
    parent = None if above is None else terms.get(above)
    own = terms.get(row.line_id, Terms(entity=row.line_id))
    if parent is not None and parent.is_registered and not own.is_registered:
        return ActLine(row, parent, names_person_of_act=True)
    return ActLine(row, own)


def _terms() -> Any:  # noqa: ANN401 - a Select of some columns
    return select(*(TERMS.rows.c[name] for name in Terms.__struct_fields__))


def _recorded(reader: Reader) -> ColumnElement[bool]:
    """Recorded and not taken back; also what is said to have begun after the moment asked."""
    column = LINE.c
    return and_(
        column.log == reader.scope.log,
        column.generation == reader.scope.generation,
        column.idx < reader.known_size,
        column.known_to >= reader.known_size,
    )


def _conditions(query: LineQuery) -> list[ColumnElement[bool]]:
    column = LINE.c
    found: list[ColumnElement[bool]] = []
    if query.trace_id is not None:
        found.append(column.trace_id == query.trace_id)
    if query.activity is not None:
        found.append(column.activity == query.activity)
    if query.activity_id is not None:
        suffix = str(query.activity_id)
        found.append(
            or_(column.activity.endswith(suffix), column.activity.endswith(suffix.upper()))
        )
    if query.subject is not None:
        found.append(column.subject == query.subject)
    if query.started_from is not None:
        found.append(column.started >= microseconds(query.started_from))
    if query.started_before is not None:
        found.append(column.started < microseconds(query.started_before))
    if query.ended_by is not None:
        found.append(column.ended <= microseconds(query.ended_by))
    return found
