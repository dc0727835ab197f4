"""The steps of a case as they stood at a moment, and as they were known at another."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select

from ledger.errors import NotFound
from ledger.events import Event
from ledger.ledger import Ledger
from ledger.reading import Opening
from ledger.stored import StoredRecord
from ledger.units import Index, Size
from projections.batches import batched
from projections.cases.view import CASES, STEP, case_word, kinds_of
from projections.snapshot import reader_at

if TYPE_CHECKING:
    from ledger.opening import OpenedRecord

_OPENED_AT_ONCE: Final = 500


class Moment(NamedTuple):
    """What is asked about, and what of it was known."""

    as_of: datetime
    """In the world: steps that occurred later play no part."""
    known_size: Size
    """In the log: records from this index on play no part."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a case that stands."""

    index: Index
    event_id: UUID | None
    recorded_at: datetime
    event: Event
    """Tokens stand for people, and `withheld` for words, unless identities were asked for."""
    corrected_by: Index | None = None
    """The record that takes it back, where steps that were taken back are asked for too."""


@dataclass(frozen=True, slots=True)
class CaseSteps:
    """A case with its steps in the order of the world: occurred, then recorded."""

    stream: UUID
    case_kind: str
    steps: tuple[Step, ...]
    linked: frozenset[UUID]
    """Other cases that its steps name, or that name it."""

    @property
    def stands(self) -> bool:
        """Whether any step of it was not taken back."""
        return any(step.corrected_by is None for step in self.steps)

    def without(self, event_id: UUID | None) -> "CaseSteps":
        """The case as it is without one step."""
        kept = tuple(step for step in self.steps if event_id is None or step.event_id != event_id)
        return replace(self, steps=kept)


def moment_of(
    ledger: Ledger, as_of: datetime | None = None, as_known: datetime | None = None
) -> Moment:
    """The moment that a question means: the present, unless it says otherwise.

    Asked only what was known at an instant, the moment is that instant too.
    """
    size = ledger.head().size
    known = size if as_known is None else min(ledger.size_at(as_known), size)
    return Moment(as_of or as_known or ledger.clock(), Size(known))


def find_case(ledger: Ledger, namespace: str, name: str) -> UUID:
    """The stream of a case by its source's own id, or by the stream itself.

    Args:
        ledger: The log.
        namespace: `breach`, `incident` or `request`.
        name: As people type it.

    Raises:
        NotFound: no event names such a case.
    """
    stream = ledger.case_stream(namespace, name)
    if stream is not None:
        return stream
    try:
        stream = UUID(name)
    except ValueError:
        stream = None
    first = None if stream is None else next(ledger.log.scan_stream(stream, limit=1), None)
    if stream is None or first is None or case_word(first.kind) != namespace:
        raise NotFound(f"{namespace}: expected one that the log knows, found {name!r}")
    return stream


def read_cases(
    ledger: Ledger,
    moment: Moment,
    *,
    streams: Sequence[UUID] | None = None,
    case_kinds: Collection[str] | None = None,
    identities: Opening | None = None,
    corrected: bool = False,
    ended: bool = True,
) -> list[CaseSteps]:
    """Cases with their steps, in the order in which they began.

    Args:
        ledger: The log.
        moment: Which steps count.
        streams: Only these cases; all, if not given.
        case_kinds: Only such cases: `breach`, `incident`, `request`.
        identities: The recorded reading that lets people and words be shown; see `case_records`.
        corrected: Whether steps that were taken back are given too, marked.
        ended: Whether requests that were answered by then are given too.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    links, rows = _linked_rows(
        ledger, moment, streams, case_kinds, corrected=corrected, ended=ended
    )
    opened: dict[int, tuple[OpenedRecord, Event]] = {}
    for some in batched(sorted(row.place for row in rows), _OPENED_AT_ONCE):
        for record in ledger.open_records(ledger.log.records_at(some), identities=identities):
            if record.event is not None:
                opened[record.stored.index] = (record, record.event)
    cases: dict[str, list[Step]] = {}
    words: dict[str, str] = {}
    for row in rows:
        if row.place not in opened:
            continue
        record, event = opened[row.place]
        words[row.stream] = case_word(row.kind)
        taken_back = row.known_to if row.known_to < moment.known_size else None
        step = Step(
            Index(row.place),
            record.stored.event_id,
            record.recorded_at,
            event,
            None if taken_back is None else Index(taken_back),
        )
        cases.setdefault(row.stream, []).append(step)
    return [
        CaseSteps(
            UUID(stream),
            words[stream],
            tuple(steps),
            frozenset(UUID(each) for each in links.get(stream, ())),
        )
        for stream, steps in cases.items()
    ]


def case_records(
    ledger: Ledger, moment: Moment, *, streams: Sequence[UUID] | None = None
) -> list[StoredRecord]:
    """The records of the steps of cases, those that were taken back too, in order of index.

    They are what a reading tells of before `read_cases` may show people and words.
    """
    _, rows = _linked_rows(ledger, moment, streams, None, corrected=True)
    return ledger.log.records_at([row.place for row in rows])


def with_linked(ledger: Ledger, moment: Moment, streams: Sequence[UUID]) -> list[UUID]:
    """Cases together with those that they name, and those that name them.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    links, _ = _linked_rows(ledger, moment, streams, None, corrected=False)
    named = {UUID(each) for stream in streams for each in links.get(str(stream), ())}
    return sorted({*streams, *named})


class _Row(NamedTuple):
    place: int
    stream: str
    kind: str
    linked: str | None
    occurred: int
    known_to: int


def _linked_rows(
    ledger: Ledger,
    moment: Moment,
    streams: Sequence[UUID] | None,
    case_kinds: Collection[str] | None,
    *,
    corrected: bool,
    ended: bool = True,
) -> tuple[dict[str, set[str]], list[_Row]]:
    """The cases that each case names or is named by, and the steps of those asked for.

    A step that was taken back links nothing any more.
    """
    links: dict[str, set[str]] = {}
    rows = _rows(ledger, moment, streams, case_kinds, corrected=corrected, ended=ended)
    for row in rows:
        if row.linked is not None and row.known_to >= moment.known_size:
            links.setdefault(row.stream, set()).add(row.linked)
            links.setdefault(row.linked, set()).add(row.stream)
    asked = None if streams is None else {str(stream) for stream in streams}
    return links, [row for row in rows if asked is None or row.stream in asked]


def _rows(
    ledger: Ledger,
    moment: Moment,
    streams: Sequence[UUID] | None,
    case_kinds: Collection[str] | None,
    *,
    corrected: bool,
    ended: bool,
) -> list[_Row]:
    step = STEP.c
    with reader_at(ledger, CASES, moment.as_of, moment.known_size) as reader:
        conditions = [
            step.log == reader.scope.log,
            step.generation == reader.scope.generation,
            step.idx < moment.known_size,
            step.occurred <= reader.as_of,
        ]
        if not ended:
            answered = (reader.counted(STEP), step.ended <= reader.as_of)
            streams_ended = select(step.stream).where(*answered).correlate(None)
            conditions.append(step.stream.not_in(streams_ended))
        if not corrected:
            conditions.append(step.known_to >= moment.known_size)
        if streams is not None:
            asked = [str(stream) for stream in streams]
            conditions.append(or_(step.stream.in_(asked), step.linked.in_(asked)))
        if case_kinds is not None:
            conditions.append(step.kind.in_(kinds_of(case_kinds)))
        query = (
            select(step.idx, step.stream, step.kind, step.linked, step.occurred, step.known_to)
            .where(*conditions)
            .order_by(step.occurred, step.idx)
        )
        return [_Row(*row) for row in reader.connection.execute(query)]
