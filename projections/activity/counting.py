"""Counts of a window, exact at any size of the log and to the microsecond.

Whole days and whole hours come from the rows that are kept. Two things are read from the records
themselves, and only where rows cannot tell: an hour that an end of the window cuts through, and the
block of 4,096 indexes that the size cuts through.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select

from ledger.store.requests import microseconds
from ledger.store.schema import RECORD
from projections.activity.days import (
    DAY_US,
    HOUR_COLUMNS,
    HOUR_US,
    HOURS,
    NO_SYSTEM,
    block_of,
    block_start,
)
from projections.reader import Reader


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records are counted; everything given must hold."""

    since: int | None = None
    """Occurred at or after, in microseconds since 1970."""
    until: int | None = None
    """Occurred before."""
    kinds: Collection[str] | None = None
    """With their versions; `None` means all."""
    systems: Collection[str] | None = None
    """`NO_SYSTEM` stands for none named; `None` means all."""
    start: int = 0
    """From this index on: the lowest that is kept, where earlier records were pruned."""

    def holds(self, occurred: int) -> bool:
        """Whether an instant lies inside the window."""
        since_holds = self.since is None or occurred >= self.since
        return since_holds and (self.until is None or occurred < self.until)

    def overlaps(self, first: int, last: int) -> bool:
        """Whether the window has any instant from the first to the last."""
        ends_later = self.since is None or last >= self.since
        return ends_later and (self.until is None or first < self.until)

    def takes(self, kind: str, system: str) -> bool:
        """Whether records of a kind and a system are counted."""
        kind_counts = self.kinds is None or kind in self.kinds
        return kind_counts and (self.systems is None or system in self.systems)


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one kind and one system."""

    kind: str
    system: str
    count: int
    first: int
    """Microseconds since 1970 at which the earliest of them occurred."""
    last: int
    first_index: int
    last_index: int


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was read because no row could tell."""

    index: int
    occurred: int
    kind: str
    system: str


@dataclass(frozen=True, slots=True)
class _Hour:
    """How many records of one kind and one system occurred in one hour inside the window."""

    kind: str
    system: str
    number: int
    """From 1970-01-01T00Z."""
    count: int


class Counts:
    """Answers questions about one window through a reader."""

    def __init__(self, reader: Reader, table: Table, asked: Asked) -> None:
        """Finds out which blocks the rows tell of; reads the records of those that they do not."""
        self._reader = reader
        self._table = table
        self._asked = asked
        self._blocks = self._whole_blocks()
        self._all_cut = tuple(self._cut_blocks())
        self._all_edges = tuple(self._edge_hours())

    @property
    def cut(self) -> tuple[Found, ...]:
        """The records asked for in blocks that are cut."""
        return tuple(each for each in self._all_cut if self._asked.takes(each.kind, each.system))

    def by_group(self) -> Counter[tuple[str, str]]:
        """How many records there are of each kind and system, also of those not asked for."""
        column = self._table.c
        found: Counter[tuple[str, str]] = Counter()
        groups = select(column.kind, column.system, func.sum(column.count)).where(
            *self._whole(), *self.is_inner()
        )
        for kind, system, count in self._rows(groups.group_by(column.kind, column.system)):
            found[kind, system] += int(count)
        for edge in self._all_edges:
            found[edge.kind, edge.system] += edge.count
        for record in self._all_cut:
            found[record.kind, record.system] += 1
        return found

    def by_hour(self) -> Counter[int]:
        """How many records occurred in each hour, numbered from 1970-01-01T00Z."""
        found: Counter[int] = Counter()
        hours = [func.sum(self._table.c[name]) for name in HOUR_COLUMNS]
        days = select(self._table.c.day, *hours).where(*self.told(*self.is_inner()))
        for day, *counts in self._rows(days.group_by(self._table.c.day)):
            found.update({hour: count for hour, count in enumerate(counts, day * HOURS) if count})
        for edge in self._all_edges:
            if self._asked.takes(edge.kind, edge.system):
                found[edge.number] += edge.count
        for record in self.cut:
            found[record.occurred // HOUR_US] += 1
        return found

    def told(self, *conditions: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
        """The rows that count, of the whole blocks and of the kinds and systems asked for."""
        named = [
            self._table.c[name].in_(sorted(wanted))
            for name, wanted in (("kind", self._asked.kinds), ("system", self._asked.systems))
            if wanted is not None
        ]
        return (*self._whole(), *named, *conditions)

    def is_inner(self) -> Iterator[ColumnElement[bool]]:
        """Days that no end of the window cuts through."""
        day = self._table.c.day
        if self._asked.since is not None:
            yield day >= -(-self._asked.since // DAY_US)
        if self._asked.until is not None:
            yield day < self._asked.until // DAY_US

    def edge_days(self) -> list[int]:
        """The days that an end of the window cuts through, at most two."""
        ends = (self._asked.since, self._asked.until)
        return sorted({end // DAY_US for end in ends if end is not None and end % DAY_US})

    def stretch(self, since: int, until: int) -> Iterator[Group]:
        """A stretch of the window, in whole blocks, from the records themselves; of every kind."""
        low = since if self._asked.since is None else max(since, self._asked.since)
        high = until if self._asked.until is None else min(until, self._asked.until)
        first, last = block_start(self._blocks.start), block_start(self._blocks.stop)
        column = RECORD.c
        query = select(
            column.kind,
            column.system,
            func.count(),
            func.min(column.occurred_at_us),
            func.max(column.occurred_at_us),
            func.min(column.idx),
            func.max(column.idx),
        ).where(
            column.log == self._reader.scope.log,
            column.occurred_at_us >= low,
            column.occurred_at_us < high,
            # The sums keep databases from walking the log by index instead of by time.
            column.idx + 0 >= first,
            column.idx + 0 < last,
        )
        for kind, named, *figures in self._rows(query.group_by(column.kind, column.system)):
            system = named or NO_SYSTEM
            yield Group(kind, system, *figures)

    def _whole(self) -> tuple[ColumnElement[bool], ...]:
        """The rows of the whole blocks, of whatever kind and system."""
        column, scope = self._table.c, self._reader.scope
        return (
            column.log == scope.log,
            column.generation == scope.generation,
            column.block >= self._blocks.start,
            column.block < self._blocks.stop,
        )

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        return self._reader.connection.execute(query).all()

    def _whole_blocks(self) -> range:
        """The blocks of which every folded record counts."""
        size = self._reader.known_size
        start = block_of(self._asked.start)
        if block_start(start) < self._asked.start:
            start += 1
        stop = block_of(size)
        column, scope = self._table.c, self._reader.scope
        newest = self._reader.connection.scalar(
            select(func.max(column.last_idx)).where(
                column.log == scope.log,
                column.generation == scope.generation,
                column.block == stop,
            )
        )
        return range(start, stop + 1 if newest is not None and newest < size else stop)

    def _cut_blocks(self) -> Iterator[Found]:
        """The records in the window in blocks that the size, or the start, cuts through."""
        first, size = self._asked.start, self._reader.known_size
        below = min(block_start(self._blocks.start), size)
        above = max(block_start(self._blocks.stop), below)
        for start, stop in ((first, below), (above, size)):
            if start < stop:
                yield from self._read(RECORD.c.idx >= start, RECORD.c.idx < stop)

    def _read(self, *conditions: ColumnElement[bool]) -> Iterator[Found]:
        column = RECORD.c
        query = select(column.idx, column.occurred_at_us, column.kind, column.system).where(
            column.log == self._reader.scope.log, *conditions
        )
        for index, occurred, kind, named in self._rows(query):
            if occurred is not None and self._asked.holds(occurred):
                yield Found(index, occurred, kind, named or NO_SYSTEM)

    def _edge_hours(self) -> Iterator[_Hour]:
        """The hours inside the window of the days that an end of it cuts through."""
        days = self.edge_days()
        if not days:
            return
        column = self._table.c
        hours = [func.sum(column[each]) for each in HOUR_COLUMNS]
        first, last = func.min(column.first), func.max(column.last)
        query = (
            select(column.day, column.kind, column.system, first, last, *hours)
            .where(*self._whole(), column.day.in_(days))
            .group_by(column.day, column.kind, column.system)
        )
        split: dict[int, set[tuple[str, str]]] = {}
        for day, kind, system, earliest, latest, *counts in self._rows(query):
            for number, count in enumerate(counts, day * HOURS):
                if not count:
                    continue
                # Where in the hour they occurred at the earliest and at the latest.
                low = max(number * HOUR_US, earliest)
                high = min((number + 1) * HOUR_US - 1, latest)
                if self._asked.holds(low) and self._asked.holds(high):
                    yield _Hour(kind, system, number, int(count))
                elif self._asked.overlaps(low, high):
                    split.setdefault(number, set()).add((kind, system))
        for number, groups in split.items():
            for group in self.stretch(number * HOUR_US, (number + 1) * HOUR_US):
                if (group.kind, group.system) in groups:
                    yield _Hour(group.kind, group.system, number, group.count)


def binned(
    hours: Mapping[int, int], starts: Sequence[datetime]
) -> list[tuple[datetime, datetime, int]]:
    """Start, end and count of each bin; an hour counts where it begins.

    Args:
        hours: Counts by hour, numbered from 1970-01-01T00Z; the bins cover all of them, except that
            the first hour may begin earlier where the window cuts through it.
        starts: The start of each bin, and the end of the last one.
    """
    begins = [-(-microseconds(start) // HOUR_US) for start in starts]
    counts = [0] * (len(starts) - 1)
    place = 0
    for hour, count in sorted(hours.items()):
        while place < len(counts) - 1 and begins[place + 1] <= hour:
            place += 1
        counts[place] += count
    return list(zip(starts, starts[1:], counts, strict=False))
