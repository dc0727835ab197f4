"""Which sources were silent in a window, and which clocks were off.

Silence proves that nothing happened only where the source was declared connected and no running
number of it is missing: so each longest silence says whether a declared coverage spans it, with no
gap inside. What the log records of itself is no source.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from ledger.events.log_integrity import LogClockSkewRecorded, LogSourceCoverageDeclared
from ledger.events.log_sources import LogSourceGapDetected
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord, instant_of
from ledger.own_records import SOURCES, is_reserved
from ledger.store.query import RecordQuery
from ledger.units import Index, Size
from projections.investigation.extent import corrected_among
from projections.kinds import kind_names
from projections.query import state

_COVERAGE: Final = kind_names(LogSourceCoverageDeclared)
_GAP: Final = kind_names(LogSourceGapDetected)
_SKEW: Final = kind_names(LogClockSkewRecorded)
_OFFSET: Final = b'"clock_offset":'


@dataclass(frozen=True, slots=True)
class Skew:
    """A clock that was off: declared for a while, or told by a record about itself."""

    offset: timedelta
    """What must be added to the clock."""
    index: Index


@dataclass(frozen=True, slots=True)
class SourceWindow:
    """One source in the window."""

    system: str
    organisation: str | None
    records: int
    first_heard: datetime | None
    last_heard: datetime | None
    silent_from: datetime
    """Of the longest silence, which may begin with the window and end with it."""
    silent_until: datetime
    covered: bool
    """Whether the source was declared connected during all of that silence, with no gap in it."""
    skews: tuple[Skew, ...]
    rests_on: tuple[Index, ...]
    """The records on both sides of the silence, coverages, gaps in it, skews."""

    @property
    def silence(self) -> timedelta:
        """How long the longest silence was."""
        return self.silent_until - self.silent_from


def sources_within(
    ledger: Ledger, since: datetime, until: datetime, *, as_known: datetime | None = None
) -> list[SourceWindow]:
    """Every source that is registered, was ever heard or declared, the longest silence first.

    Args:
        ledger: The log.
        since: Start of the window.
        until: Its end, exclusive.
        as_known: Only what was recorded by then counts; all, if not given.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    answer = state(ledger, "systems", as_of=until, as_known=as_known)
    size = answer.known_size
    declared = _declared(ledger, size)
    found = [
        _one(ledger, (since, until), row["system"], row["organisation"], (size, declared))
        for row in answer.rows
        if not is_reserved(row["system"])
    ]
    return sorted(found, key=lambda each: (-each.silence, each.system))


def _declared(ledger: Ledger, size: Size) -> list[OpenedRecord]:
    """Coverages, gaps and skews that nobody took back."""
    asked = RecordQuery(kinds=_COVERAGE | _GAP | _SKEW, stop=size)
    opened = list(ledger.open_records(ledger.log.find(asked)))
    corrected = corrected_among(ledger, opened, size)
    return [each for each in opened if each.stored.event_id not in corrected]


def _one(
    ledger: Ledger,
    window: tuple[datetime, datetime],
    system: str,
    organisation: str | None,
    known: tuple[Size, Sequence[OpenedRecord]],
) -> SourceWindow:
    (since, until), (size, declared) = window, known
    asked = RecordQuery(system=system, since=since, until=until, stop=size)
    heard: list[tuple[datetime, Index]] = []
    telling = []
    for stored in ledger.log.find(asked):
        if stored.occurred_at_us is not None:
            heard.append((instant_of(stored.occurred_at_us), Index(stored.index)))
        if _OFFSET in stored.sealed:
            telling.append(stored)
    heard.sort()
    silent_from, silent_until, beside = _longest_silence(heard, since, until)
    covered_by = _covering(declared, system, silent_from, silent_until)
    lost = _gaps_in(declared, system, silent_from, silent_until)
    skews = (
        *_declared_skews(declared, system, since, until),
        *_told_skews(ledger.open_records(telling)),
    )
    return SourceWindow(
        system=system,
        organisation=organisation,
        records=len(heard),
        first_heard=heard[0][0] if heard else None,
        last_heard=heard[-1][0] if heard else None,
        silent_from=silent_from,
        silent_until=silent_until,
        covered=bool(covered_by) and not lost,
        skews=skews,
        rests_on=(*beside, *covered_by, *lost, *(each.index for each in skews)),
    )


def _longest_silence(
    heard: Sequence[tuple[datetime, Index]], since: datetime, until: datetime
) -> tuple[datetime, datetime, tuple[Index, ...]]:
    """Between two moments of the window, the records on its sides; the first of equals."""
    edges: list[tuple[datetime, Index | None]] = [(since, None), *heard, (until, None)]
    start, end = max(pairwise(edges), key=lambda pair: pair[1][0] - pair[0][0])
    beside = tuple(index for index in (start[1], end[1]) if index is not None)
    return start[0], end[0], beside


def _covering(
    declared: Iterable[OpenedRecord], system: str, start: datetime, end: datetime
) -> list[Index]:
    """The declarations that together span a silence without a gap; none, if they do not.

    A declaration about some kinds only does not say that nothing else happened.
    """
    reached, used = start, []
    for coverage, index in _coverages(declared, system):
        until = coverage.covered_until or end
        if coverage.covered_from <= reached < until:
            used.append(index)
            reached = until
    return used if reached >= end else []


def _coverages(
    declared: Iterable[OpenedRecord], system: str
) -> list[tuple[LogSourceCoverageDeclared, Index]]:
    found = [
        (record.event, Index(record.stored.index))
        for record in declared
        if isinstance(record.event, LogSourceCoverageDeclared)
    ]
    mine = [each for each in found if each[0].source == system and not each[0].kinds]
    return sorted(mine, key=lambda each: (each[0].covered_from, each[1]))


def _gaps_in(
    declared: Iterable[OpenedRecord], system: str, start: datetime, end: datetime
) -> list[Index]:
    """The gaps whose missing lines may have stood in a silence, as collectors of this log say."""
    found = []
    for record in declared:
        event = record.event
        if (
            isinstance(event, LogSourceGapDetected)
            and (event.system, event.source) == (SOURCES, system)
            and (event.missing_from or event.occurred_at) < end
            and (event.missing_until or event.occurred_at) > start
        ):
            found.append(Index(record.stored.index))
    return found


def _declared_skews(
    declared: Iterable[OpenedRecord], system: str, since: datetime, until: datetime
) -> Iterator[Skew]:
    """What was recorded about the clock of a source and holds in some part of the window."""
    for record in declared:
        event = record.event
        if not isinstance(event, LogClockSkewRecorded) or event.source != system:
            continue
        begins = event.skew_from or event.occurred_at
        ends = event.skew_until or max(event.occurred_at, begins)
        if begins < until and ends >= since:
            yield Skew(event.offset, Index(record.stored.index))


def _told_skews(opened: Iterable[OpenedRecord]) -> Iterator[Skew]:
    """What records say of the clock that gave their own time."""
    for record in opened:
        if record.event is not None and record.event.clock_offset:
            yield Skew(record.event.clock_offset, Index(record.stored.index))
