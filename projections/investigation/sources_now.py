"""How each source stands now: heard when, covered until when, silent, with gaps, unreadable.

What collectors noted is read from the log itself: whoever has the log sees the same, on whatever
machine. What only a machine knows, when the last line without a fact came, may be given beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from ledger.events import Event
from ledger.events.log_integrity import LogSourceCoverageDeclared
from ledger.events.log_sources import (
    LogLinesQuarantined,
    LogSourceFellSilent,
    LogSourceGapDetected,
    LogSourceHeardAgain,
    LogSourceWatched,
)
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.own_records import SOURCES, is_reserved
from ledger.store.query import RecordQuery
from ledger.units import Index, Size
from projections.investigation.extent import corrected_among
from projections.kinds import kind_names
from projections.query import state

Key = tuple[str | None, str | None]
"""A system and the language that it is read in; `None`: not said."""

Stretch = tuple[datetime, datetime | None]
"""From when and until when a source was declared connected; `None`: without end."""

_NOTES: Final = kind_names(
    LogSourceWatched,
    LogSourceGapDetected,
    LogSourceFellSilent,
    LogSourceHeardAgain,
    LogLinesQuarantined,
)
_GAPS: Final = kind_names(LogSourceGapDetected)
_COVERAGE: Final = kind_names(LogSourceCoverageDeclared)


@dataclass(slots=True)
class _Noted:
    """What collectors noted about one source so far."""

    watched: LogSourceWatched | None = None
    silent_from: datetime | None = None
    gaps: int = 0
    missing: int = 0
    unreadable: int = 0
    rests_on: set[Index] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNow:
    """One source, read in one language."""

    system: str | None
    """`None`: of lines that were read without saying whose they are."""
    source_format: str | None
    organisation: str | None
    medium: str | None
    collector: str | None
    parser: str | None
    """Name and version, as the newest note or record says."""
    records: int
    """Of the system, in whatever language they came."""
    last_heard_at: datetime | None
    covered_until: datetime | None
    """Up to when the source was declared connected; `None`: never, or without end."""
    is_covered: bool
    """Whether a declaration covers this moment."""
    silence: timedelta | None
    """Since it was last heard; `None`: it never was."""
    silent_after: timedelta | None
    """How long it may be silent; `None`: nobody said."""
    is_silent: bool
    """Whether it is silent for longer than it may."""
    gaps: int
    missing: int
    """Numbers in these gaps."""
    unreadable: int
    """Lines that could not be read when they came."""
    rests_on: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class SourceGap:
    """Running numbers that never came."""

    event: LogSourceGapDetected
    index: Index


def sources_now(
    ledger: Ledger, now: datetime, *, signs: Mapping[Key, datetime] | None = None
) -> list[SourceNow]:
    """Every source that is registered, was heard, declared or noted: the silent ones first.

    Args:
        ledger: The log.
        now: The present.
        signs: When a machine last got a line of a source, fact or not.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    answer = state(ledger, "systems", as_of=now)
    known = _Known(
        now,
        {row["system"]: row for row in answer.rows if not is_reserved(row["system"])},
        _noted(ledger, answer.known_size),
        signs or {},
        _coverages(ledger, answer.known_size),
    )
    found = [_row(ledger, known, key) for key in known.sources()]
    return sorted(found, key=_order)


def gaps_found(ledger: Ledger, *, source: str | None = None) -> list[SourceGap]:
    """The gaps that stand: those whose numbers came late were taken back.

    Args:
        ledger: The log.
        source: Of this system alone.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    size = ledger.head().size
    opened = list(_opened(ledger, _GAPS, size))
    corrected = corrected_among(ledger, opened, size)
    return [
        SourceGap(each.event, Index(each.stored.index))
        for each in opened
        if isinstance(each.event, LogSourceGapDetected)
        and each.stored.event_id not in corrected
        and source in {None, each.event.source}
    ]


def _order(row: SourceNow) -> tuple[bool, str, str]:
    return (not row.is_silent, row.system or "", row.source_format or "")


def _opened(ledger: Ledger, kinds: frozenset[str], size: Size) -> Iterable[OpenedRecord]:
    """What collectors of this log noted; a source that says so of another one is no collector."""
    return ledger.open_records(ledger.log.find(RecordQuery(kinds=kinds, system=SOURCES, stop=size)))


def _noted(ledger: Ledger, size: Size) -> dict[Key, _Noted]:
    found: dict[Key, _Noted] = {}
    gone = corrected_among(ledger, (), size)
    for record in _opened(ledger, _NOTES, size):
        event = record.event
        if record.stored.event_id not in gone and event is not None:
            _add(found, event, Index(record.stored.index))
    return found


def _add(found: dict[Key, _Noted], event: Event, index: Index) -> None:
    if not isinstance(
        event,
        LogSourceWatched
        | LogSourceGapDetected
        | LogSourceFellSilent
        | LogSourceHeardAgain
        | LogLinesQuarantined,
    ):
        return
    noted = found.setdefault((event.source, event.source_format), _Noted())
    match event:
        case LogSourceWatched():
            noted.watched = event
        case LogSourceGapDetected():
            noted.gaps += 1
            noted.missing += event.missing
        case LogSourceFellSilent():
            noted.silent_from = event.last_heard_at
        case LogSourceHeardAgain():
            noted.silent_from = None
        case LogLinesQuarantined():
            noted.unreadable += event.lines
    if not isinstance(event, LogLinesQuarantined):
        noted.rests_on.add(index)


def _coverages(ledger: Ledger, size: Size) -> dict[str, list[Stretch]]:
    """The declared coverages of each system that nobody took back, of all that it knows."""
    opened = list(ledger.open_records(ledger.log.find(RecordQuery(kinds=_COVERAGE, stop=size))))
    corrected = corrected_among(ledger, opened, size)
    found: dict[str, list[Stretch]] = {}
    for record in opened:
        event = record.event
        if (
            isinstance(event, LogSourceCoverageDeclared)
            and record.stored.event_id not in corrected
            and not event.kinds
        ):
            found.setdefault(event.source, []).append((event.covered_from, event.covered_until))
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all sources, read once for all rows."""

    now: datetime
    systems: Mapping[str, Mapping[str, Any]]
    """Rows of the view of systems."""
    noted: Mapping[Key, _Noted]
    signs: Mapping[Key, datetime]
    covered: Mapping[str, Sequence[Stretch]]

    def sources(self) -> set[Key]:
        """Every source there is: a system that nobody noted anything about is one too."""
        said = {*self.noted, *self.signs}
        named = {system for system, _ in said}
        return said | {(system, None) for system in {*self.systems, *self.covered} - named}

    def last_heard(self, key: Key) -> datetime | None:
        """The last line; where a system is read in one language alone, its last record too."""
        sign = self.signs.get(key)
        record: datetime | None = self.systems.get(key[0] or "", {}).get("last_heard")
        if sign is None or record is None or not self.is_alone(key):
            return sign or record
        return max(sign, record)

    def is_alone(self, key: Key) -> bool:
        """Whether the system is read in one language alone: its records are of that one then."""
        return sum(other[0] == key[0] for other in self.sources()) == 1

    def is_covered(self, system: str | None) -> bool:
        """Whether a declaration covers the present."""
        return any(
            since <= self.now and (until is None or self.now < until)
            for since, until in self.covered.get(system or "", ())
        )

    def covered_until(self, system: str | None) -> datetime | None:
        """The latest end of a declaration; `None` where there is none, or one has no end."""
        ends = [until for _, until in self.covered.get(system or "", ())]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None


def _row(ledger: Ledger, known: _Known, key: Key) -> SourceNow:
    system, source_format = key
    row, noted = known.systems.get(system or "", {}), known.noted.get(key, _Noted())
    watched, last = noted.watched, known.last_heard(key)
    silent_after = watched.silent_after if watched is not None else None
    silence = None if last is None else max(known.now - last, timedelta())
    is_over = silent_after is not None and silence is not None and silence > silent_after
    silent_from = noted.silent_from
    stays_silent = silent_from is not None and (last is None or last <= silent_from)
    newest = row.get("last_heard_index") if known.is_alone(key) else None
    collector, parser = _who_reads(ledger, newest, watched)
    return SourceNow(
        system=system,
        source_format=source_format,
        organisation=row.get("organisation"),
        medium=watched.medium if watched is not None else None,
        collector=collector,
        parser=parser,
        records=row.get("records", 0),
        last_heard_at=last,
        covered_until=known.covered_until(system),
        is_covered=known.is_covered(system),
        silence=silence,
        silent_after=silent_after,
        is_silent=is_over or stays_silent,
        gaps=noted.gaps,
        missing=noted.missing,
        unreadable=noted.unreadable,
        rests_on=tuple(sorted(noted.rests_on)),
    )


def _who_reads(
    ledger: Ledger, newest: int | None, watched: LogSourceWatched | None
) -> tuple[str | None, str | None]:
    """Collector and parser: as the source is followed, else as its newest record says."""
    if watched is not None:
        return watched.collector, watched.parser
    if newest is None:
        return None, None
    found = ledger.log.find(RecordQuery(start=newest, stop=newest + 1))
    events = (record.event for record in ledger.open_records(found))
    return next(((each.collector, each.parser) for each in events if each), (None, None))
