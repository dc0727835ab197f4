"""Bitemporal rows: what holds when in the world (valid), and since which record we know it (known).

A *line* is everything known now about one entity: its changes in the order of the world (moment,
then occurrence, then index) and the rows that follow from them. A change that is recorded late, or
taken back by a correction, revises the line; rows that no longer follow are closed at the index
that taught us better, new ones are opened there. Nothing known earlier is lost.

Invariants:
- every interval is half-open; `FOREVER` is its open end;
- the rows known after index i depend only on the records 0 to i, never on how they were batched;
- a revision costs what it changes, not the length of the line.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

FOREVER: Final = 2**63 - 1
"""The end of what has no end yet, in microseconds and in indexes; the largest BIGINT."""

State = TypeVar("State")

Cell = str | int | None
"""What one column of a row holds; lists are JSON text."""


@dataclass(frozen=True, slots=True)
class Change:
    """One event as a line keeps it."""

    moment: int
    """Microseconds since 1970: when it took effect in the world."""
    said: int
    """Microseconds since 1970: when it occurred, which decides between equal moments."""
    index: int
    kind: str
    terms: dict[str, Any]
    """What the line needs of the event, in JSON's own types."""


class Segment(NamedTuple):
    """What a row says and from when to when it holds, in microseconds."""

    valid_from: int
    valid_to: int
    values: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Rule(Generic[State]):
    """How an entity changes, and what its state says about a stretch of time."""

    step: Callable[[State | None, Change], State | None]
    """The state after a change; pure, and it mutates nothing."""
    segments: Callable[[State, int, int], Iterable[Segment]]
    """The rows within [from, to) while the state stands; they do not overlap."""


class Revision(NamedTuple):
    """The rows that one record took back and those that it brought."""

    closed: frozenset[Segment]
    opened: frozenset[Segment]
    gone: tuple[Change, ...] = ()
    """The changes that stood and were taken back."""


class Line(Generic[State]):
    """The valid-time line of one entity, as known after the records folded so far."""

    def __init__(self, rule: Rule[State], changes: Iterable[Change] = ()) -> None:
        """Folds the changes that stand, in any order."""
        self._rule = rule
        self._changes = sorted(changes, key=_place)
        self._standing = {change.index: change for change in self._changes}
        self._states: list[State | None] = []
        state: State | None = None
        for change in self._changes:
            state = rule.step(state, change)
            self._states.append(state)

    def rows(self) -> list[Segment]:
        """Every row known now, in the order of valid time."""
        return list(self._rows(0, len(self._changes)))

    def revise(self, *, gone: Iterable[int] = (), come: Iterable[Change] = ()) -> Revision:
        """Takes back the changes of some indexes and adds others: one record's whole effect.

        An index whose change does not stand (any more) is passed over: it was taken back before.
        """
        closed: set[Segment] = set()
        opened: set[Segment] = set()
        taken = tuple(self._standing.pop(index) for index in gone if index in self._standing)
        revisions = [self._remove(change) for change in taken]
        revisions.extend(self._insert(change) for change in come)
        for revision in revisions:
            fresh, stale = revision.opened - closed, revision.closed - opened
            closed = (closed - revision.opened) | stale
            opened = (opened - revision.closed) | fresh
        return Revision(frozenset(closed), frozenset(opened), taken)

    def _insert(self, change: Change) -> Revision:
        self._standing[change.index] = change
        place = bisect_left(self._changes, _place(change), key=_place)
        return self._splice(place, place, [change])

    def _remove(self, change: Change) -> Revision:
        place = bisect_left(self._changes, _place(change), key=_place)
        return self._splice(place, place + 1, [])

    def _splice(self, start: int, stop: int, changes: list[Change]) -> Revision:
        """Replaces the changes from start to stop and refolds until the old states return."""
        state = self._states[start - 1] if start else None
        states = []
        for change in changes:
            state = self._rule.step(state, change)
            states.append(state)
        settled = stop
        if state != (self._states[stop - 1] if stop else None):
            while settled < len(self._changes):
                state = self._rule.step(state, self._changes[settled])
                states.append(state)
                settled += 1
                if state == self._states[settled - 1]:
                    break
        first = max(start - 1, 0)
        before = frozenset(self._rows(first, settled))
        self._changes[start:stop] = changes
        self._states[start:settled] = states
        after = frozenset(self._rows(first, settled + len(changes) - (stop - start)))
        return Revision(before - after, after - before)

    def _rows(self, start: int, stop: int) -> Iterator[Segment]:
        for place in range(start, stop):
            state = self._states[place]
            last = place + 1 == len(self._changes)
            valid_from = self._changes[place].moment
            valid_to = FOREVER if last else self._changes[place + 1].moment
            if state is not None and valid_from < valid_to:
                yield from self._rule.segments(state, valid_from, valid_to)


def _place(change: Change) -> tuple[int, int, int]:
    return (change.moment, change.said, change.index)


class KnownRow(NamedTuple):
    """A row with the interval of indexes over which it was believed."""

    entity: str
    segment: Segment
    known_from: int
    known_to: int


class Closing(NamedTuple):
    """A stored row that a record of this batch took back."""

    entity: str
    valid_from: int
    known_to: int


class KnownRows:
    """The rows that one batch brings and takes back, with the index at which each happened."""

    def __init__(self) -> None:
        """Starts with nothing brought and nothing taken back."""
        self._open: dict[tuple[str, int], tuple[Segment, int]] = {}
        self._finished: list[KnownRow] = []
        self._closings: list[Closing] = []

    def note(self, entity: str, revision: Revision, index: int) -> None:
        """Books a revision of an entity at the index of the record that caused it."""
        for segment in revision.closed:
            key = (entity, segment.valid_from)
            brought = self._open.pop(key, None)
            if brought is None:
                self._closings.append(Closing(entity, segment.valid_from, index))
            else:
                self._finished.append(KnownRow(entity, segment, brought[1], index))
        for segment in revision.opened:
            self._open[entity, segment.valid_from] = (segment, index)

    def closings(self) -> list[Closing]:
        """The stored rows to close, in the order of the records."""
        return self._closings

    def brought(self) -> list[KnownRow]:
        """The rows to insert: those closed again within the batch, then those still standing."""
        standing = [
            KnownRow(entity, segment, known_from, FOREVER)
            for (entity, _), (segment, known_from) in self._open.items()
        ]
        return self._finished + standing
