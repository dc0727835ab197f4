"""Which records are the steps of which case, and which cases are linked.

One narrow row per step. What a step says is read from its record when the case is asked for: the
words of a case are personal data and stay in the vault.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, get_args

from sqlalchemy import BigInteger, Text, func, select
from sqlalchemy import Column as Field

from ledger.events import Event
from ledger.events.breach import BreachEvent, BreachSuspected
from ledger.events.breach_notices import BreachNoticeEvent
from ledger.events.incident import IncidentEvent, IncidentTriaged
from ledger.events.subject_requests import (
    DsrFulfilled,
    DsrRefused,
    DsrTemplateProvided,
    DsrWithdrawn,
    SubjectRequestEvent,
)
from ledger.opening import OpenedRecord
from projections.bitemporal import Cell
from projections.facts import Facts
from projections.instants import cell_instant, optional_microseconds
from projections.kinds import kind_names
from projections.reader import Reader
from projections.tables import fact_table
from projections.view import Column, Filter, Section, View

VERSION: Final = 2

STEP: Final = fact_table(
    "cases",
    VERSION,
    "step",
    Field("stream", Text, nullable=False),
    Field("kind", Text, nullable=False),
    Field("linked", Text),
    Field("system", Text),
    Field("ended", BigInteger),
    search="stream",
)
"""`linked` is the stream of another case that the step names: an incident's breach, or back.
`ended` is when the step ended a request, in microseconds: when the requester was told."""

ANSWERS: Final = (DsrFulfilled, DsrRefused, DsrWithdrawn)
"""Each ends a request."""
_STEPS: Final = kind_names(
    *get_args(BreachEvent),
    *get_args(BreachNoticeEvent),
    *get_args(IncidentEvent),
    *(each for each in get_args(SubjectRequestEvent) if each is not DsrTemplateProvided),
)
_CASE_KINDS: Final = {"breach": "breach", "incident": "incident", "dsr": "request"}
"""What a case is called, by the first word of the kinds of its steps."""


def case_word(kind: str) -> str:
    """What kind of case a step belongs to: `breach`, `incident` or `request`."""
    return _CASE_KINDS.get(kind.partition(".")[0], "request")


def kinds_of(case_kinds: Collection[str]) -> list[str]:
    """The kinds of the steps of such cases: `breach`, `incident`, `request`."""
    return sorted(kind for kind in _STEPS if case_word(kind) in case_kinds)


def read_step(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of one step of a case."""
    event = record.event
    if event is None:
        return None
    linked = None
    if isinstance(event, BreachSuspected):
        linked = event.incident_id
    elif isinstance(event, IncidentTriaged):
        linked = event.breach_id
    ended = optional_microseconds(told_at(event)) if isinstance(event, ANSWERS) else None
    return (str(record.stored.stream), record.stored.kind, linked, event.system, ended)


def told_at(event: Event) -> datetime:
    """When whoever asked was told: as the event says itself, otherwise when it occurred."""
    said = getattr(event, "notified_at", None)
    return said if isinstance(said, datetime) else event.occurred_at


def newest_step(reader: Reader) -> int:
    """The index of the step that was recorded last, of whatever case; -1 where there is none."""
    step = STEP.c
    query = select(func.max(step.idx)).where(
        step.log == reader.scope.log,
        step.generation == reader.scope.generation,
        step.idx < reader.known_size,
    )
    found = reader.connection.scalar(query)
    return -1 if found is None else int(found)


def cases_known(reader: Reader) -> list[dict[str, Any]]:
    """Every case with the number of its steps, the latest first."""
    step = STEP.c
    query = (
        select(
            step.stream,
            func.min(step.kind).label("kind"),
            func.count().label("steps"),
            func.min(step.occurred).label("first"),
            func.max(step.occurred).label("last"),
            func.min(step.idx).label("first_index"),
            func.max(step.idx).label("last_index"),
        )
        .where(reader.counted(STEP), reader.matching(case=[step.stream], system=[step.system]))
        .group_by(step.stream)
        .order_by(func.max(step.occurred).desc(), step.stream)
    )
    return [
        {
            "case": row["stream"],
            "case_kind": case_word(row["kind"]),
            "steps": row["steps"],
            "first": cell_instant(row["first"]),
            "last": cell_instant(row["last"]),
            "indexes": [row["first_index"], row["last_index"]],
        }
        for row in reader.rows(query)
    ]


CASES: Final = View(
    name="cases",
    title="Which breaches, incidents and subject requests there are",
    version=VERSION,
    parts=(Facts(STEP, _STEPS, read_step),),
    sections={
        "known": Section(
            "cases with the number of their steps",
            (
                Column("case_kind", "case"),
                Column("case", "id", "token"),
                Column("steps", "steps", "count"),
                Column("first", "first step", "instant"),
                Column("last", "last step", "instant"),
                Column("indexes", "rests on", "indexes"),
            ),
            cases_known,
        ),
    },
    filters={
        "case": Filter("one case, by its stream"),
        "system": Filter("system that reported"),
    },
)
