"""The timeline of a breach: its own steps, and the facts around them in the same systems.

Everything has both times, so it can be read in the order of the world or in the order in which it
became known. Steps that were taken back stay in it, marked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple
from uuid import UUID

from ledger.events import KINDS, Event
from ledger.events.breach import BreachFactsUpdated
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.personal import parse_token
from ledger.units import Index
from projections.cases.breach import BreachCase
from projections.cases.reading import CaseSteps, Moment, Step, read_cases, with_linked
from projections.investigation.extent import (
    Bounds,
    Extent,
    corrected_among,
    is_cut,
    records_inside,
)

SURROUNDING: Final = frozenset(
    kind
    for kind in KINDS
    if kind.partition(".")[0] in {"access", "exchange", "ip", "intrusion", "policy", "identity"}
)
"""Kinds of facts that are shown around a case: grants, uses, exchanges, blocks, policy changes."""

BEFORE: Final = timedelta(days=1)
"""How long before its first moment a breach is looked at, unless the window is given."""

Window = tuple[datetime | None, datetime | None]
Part = Literal["step", "signal", "around"]
Order = Literal["occurred", "recorded"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline."""

    index: Index
    occurred_at: datetime
    recorded_at: datetime
    part: Part
    """A step of the breach, a step of an incident that it is linked with, or a fact around it."""
    kind: str
    event: Event
    system: str | None
    corrected_by: int | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A breach with what surrounds it."""

    entries: tuple[Entry, ...]
    extent: Extent
    """What was looked at around it."""
    moment: Moment
    left_out: dict[str, int] = field(default_factory=dict)
    """How many facts of each kind were left out because there were more than asked for."""
    is_whole: bool = True
    """Whether everything around it was looked at; else there may be more."""


def breach_timeline(
    ledger: Ledger,
    stream: UUID,
    moment: Moment,
    *,
    extent: Extent | None = None,
    order: Order = "occurred",
    most_around: int = 500,
    window: Window = (None, None),
    after: timedelta | None = None,
    bounds: Bounds | None = None,
) -> Timeline:
    """The timeline of one breach as it stood at a moment.

    Args:
        ledger: The log.
        stream: Of the breach.
        moment: Which records count.
        extent: What surrounds it; the systems and subjects that its steps name, from a day before
            its first moment on, if not given.
        order: By when things occurred, or by when they were recorded.
        most_around: How many facts around it at most, the earliest first; the rest is counted.
        window: Facts around it that occurred from then until then, where either is given.
        after: Without an end of the window: facts until so long after its last step, not until the
            moment that is asked about.
        bounds: How much of the log is looked at for what is around it; all, if not given.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    streams = with_linked(ledger, moment, [stream])
    cases = read_cases(ledger, moment, streams=streams, corrected=True)
    looking = Looking(extent, order, most_around, window, after, bounds)
    return timeline_of(ledger, stream, cases, moment, looking)


class Looking(NamedTuple):
    """How closely a timeline looks at what is around a case; see `breach_timeline`."""

    extent: Extent | None = None
    order: Order = "occurred"
    most_around: int = 500
    window: Window = (None, None)
    after: timedelta | None = None
    bounds: Bounds | None = None


def timeline_of(
    ledger: Ledger, stream: UUID, cases: Sequence[CaseSteps], moment: Moment, looking: Looking
) -> Timeline:
    """The timeline of a breach whose steps were read already.

    Args:
        ledger: The log, of which the facts around it are read.
        stream: Of the breach.
        cases: The breach and the incidents that it is linked with, with what was taken back.
        moment: Which records count.
        looking: How closely.
    """
    extent, order, most_around, window, after, bounds = looking
    mine = next((case for case in cases if case.stream == stream), None)
    linked = [case for case in cases if mine is not None and case.stream in mine.linked]
    entries = [_of_step(step, "step") for step in mine.steps] if mine is not None else []
    entries += [_of_step(step, "signal") for case in linked for step in case.steps]
    if extent is None:
        named = [mine, *linked] if mine is not None else []
        extent = extent_of([step for case in named for step in case.steps], moment)
    until = window[1]
    if until is None and after is not None and entries:
        until = max(entry.occurred_at for entry in entries) + after
    extent = replace(extent, since=window[0] or extent.since, until=_first(until, extent.until))
    if bounds is not None:
        bounds = bounds._replace(begins_by=min((entry.index for entry in entries), default=None))
        extent = bounds.applied(ledger, extent)
    around, is_whole = _around(ledger, extent, moment, bounds)
    around.sort(key=lambda entry: (entry.occurred_at, entry.index))
    left_out: dict[str, int] = {}
    for entry in around[most_around:]:
        left_out[entry.kind] = left_out.get(entry.kind, 0) + 1
    entries += around[:most_around]
    by_time = order == "occurred"
    entries.sort(
        key=lambda entry: (entry.occurred_at if by_time else entry.recorded_at, entry.index)
    )
    return Timeline(tuple(entries), extent, moment, left_out, is_whole)


def extent_of(steps: Sequence[Step], moment: Moment) -> Extent:
    """What surrounds a case by its own steps: the systems and data subjects that they name.

    Args:
        steps: With tokens for people.
        moment: Until when, and what of it was known.
    """
    subjects: set[UUID] = set()
    systems: set[str] = set()
    moments: list[datetime] = []
    for step in steps:
        event = step.event
        moments.append(event.occurred_at)
        if isinstance(event, BreachFactsUpdated) and event.started_at is not None:
            moments.append(event.started_at)
        if event.system is not None:
            systems.add(event.system)
        subjects.update(subject for _, subject in filter(None, map(parse_token, event.subjects)))
    return Extent(
        subjects=frozenset(subjects),
        systems=frozenset(systems),
        since=min(moments) - BEFORE if moments else None,
        until=moment.as_of + timedelta(microseconds=1),  # what happens then counts, as steps do
        known_size=moment.known_size,
    )


def window_of(case: BreachCase) -> tuple[datetime | None, datetime | None]:
    """When a breach began and ended, as far as its facts say."""
    found = [case.facts.get(name, (None, 0))[0] for name in ("started_at", "ended_at")]
    start, end = (value if isinstance(value, datetime) else None for value in found)
    return start, end


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    given = [each for each in (one, other) if each is not None]
    return min(given, default=None)


def _around(
    ledger: Ledger, extent: Extent, moment: Moment, bounds: Bounds | None
) -> tuple[list[Entry], bool]:
    """The facts around a case, and whether all of them were looked at."""
    if extent.is_empty():
        return [], True
    most = None if bounds is None else bounds.records
    opened = list(records_inside(ledger, extent, SURROUNDING, most=most))
    corrected = corrected_among(ledger, opened, moment.known_size)
    entries = [entry for record in opened for entry in _of_record(record, corrected)]
    return entries, not is_cut(extent, len(opened), bounds)


def _of_record(record: OpenedRecord, corrected: dict[UUID, int]) -> Iterable[Entry]:
    if record.event is None:
        return
    event_id = record.stored.event_id
    yield Entry(
        index=Index(record.stored.index),
        occurred_at=record.event.occurred_at,
        recorded_at=record.recorded_at,
        part="around",
        kind=record.stored.kind,
        event=record.event,
        system=record.event.system,
        corrected_by=None if event_id is None else corrected.get(event_id),
    )


def _of_step(step: Step, part: Part) -> Entry:
    event = step.event
    return Entry(
        index=step.index,
        occurred_at=event.occurred_at,
        recorded_at=step.recorded_at,
        part=part,
        kind=str(type(event).__struct_config__.tag),
        event=event,
        system=event.system,
        corrected_by=step.corrected_by,
    )
