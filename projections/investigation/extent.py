"""What a question about an incident covers, and the records inside it."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from typing import Final, NamedTuple
from uuid import UUID

from ledger.errors import RecordsPruned
from ledger.events.log_keeping import LogCorrectionRecorded
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.store.query import RecordQuery
from ledger.units import Size
from projections.kinds import kind_names

_CORRECTIONS: Final = kind_names(LogCorrectionRecorded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Whose and which records, in which window; everybody and everything named is followed."""

    people: frozenset[UUID] = frozenset()
    addresses: frozenset[UUID] = frozenset()
    subjects: frozenset[UUID] = frozenset()
    systems: frozenset[str] = frozenset()
    since: datetime | None = None
    """Occurred at or after."""
    until: datetime | None = None
    """Occurred before."""
    known_size: Size
    """Only records below this index count."""
    places: range | None = None
    """Only records at these indexes are looked at; all that were known, if not given."""

    @property
    def named(self) -> frozenset[UUID]:
        """Every subject of the vault that it names."""
        return self.people | self.addresses | self.subjects

    def is_empty(self) -> bool:
        """Whether it names nobody and no system, so that nothing can be inside."""
        return not self.named and not self.systems

    def with_people(self, people: Collection[UUID]) -> "Extent":
        """The same window and knowledge, about these people alone."""
        return replace(
            self,
            people=frozenset(people),
            addresses=frozenset(),
            subjects=frozenset(),
            systems=frozenset(),
        )


class Bounds(NamedTuple):
    """How much of a log is read at most, where whoever asks waits for the answer."""

    records: int
    """So many of those that match."""
    places: int
    """So many indexes are looked at, from the beginning of the window on."""
    begins_by: int | None = None
    """The first of them is this one at the latest: that of a record that belongs to the window."""

    def applied(self, ledger: Ledger, extent: Extent) -> Extent:
        """The same extent, of which no more of the log is looked at.

        Nothing is recorded before it occurs, but for the clocks of sources; a day is left to them.
        """
        first = int(ledger.log.beginning().frontier.size)
        if extent.since is not None:
            with suppress(RecordsPruned):  # then it begins with what is kept
                first = ledger.size_at(max(extent.since, _BEFORE_ANY_LOG) - CLOCKS_DIFFER)
        if self.begins_by is not None and first > self.begins_by:  # the clocks differ by more
            first = 0
        return replace(
            extent, places=range(first, min(first + self.places, int(extent.known_size)))
        )


CLOCKS_DIFFER: Final = timedelta(days=1)
"""So far the clock of a source may be ahead, where only a part of the log is looked at."""

_BEFORE_ANY_LOG: Final = datetime(1970, 1, 2, tzinfo=UTC)
"""Nothing was recorded before; from the first days of the calendar no day can be taken away."""


def records_inside(
    ledger: Ledger, extent: Extent, kinds: Collection[str], *, most: int | None = None
) -> Iterator[OpenedRecord]:
    """Every record of some kinds that names somebody of the extent or came from its systems.

    In order of index, each once, with tokens for people.

    Args:
        ledger: The log.
        extent: What is looked at.
        kinds: With their versions.
        most: So many of them at most.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    places = range(extent.known_size) if extent.places is None else extent.places
    asked = RecordQuery(
        since=extent.since,
        until=extent.until,
        start=places.start,
        stop=places.stop,
        kinds=frozenset(kinds),
        limit=most,
    )
    found = [ledger.log.find(replace(asked, system=system)) for system in sorted(extent.systems)]
    if extent.named:
        found.append(ledger.log.find(replace(asked, subject_ids=((extent.named, None),))))
    merged = merge(*found, key=lambda record: record.index)
    rows = (next(same) for _, same in groupby(merged, key=lambda record: record.index))
    return ledger.open_records(islice(rows, most))


def is_cut(extent: Extent, read: int, bounds: Bounds | None) -> bool:
    """Whether more may match than was read, because no more was to be read."""
    if bounds is None:
        return False
    return read >= bounds.records or (
        extent.places is not None and extent.places.stop < extent.known_size
    )


def corrected_among(ledger: Ledger, opened: Iterable[OpenedRecord], size: Size) -> dict[UUID, int]:
    """The event ids that a later record takes back, with the index of that record.

    Seen are corrections among the given records and every `log.correction_recorded` of the log.
    """
    found: dict[UUID, int] = {}
    corrections = ledger.open_records(ledger.log.find(RecordQuery(kinds=_CORRECTIONS, stop=size)))
    for record in corrections:
        if isinstance(record.event, LogCorrectionRecorded):
            found.setdefault(record.event.corrected_event_id, record.stored.index)
    for record in opened:
        if record.event is not None and record.event.supersedes is not None:
            found.setdefault(record.event.supersedes, record.stored.index)
    return found
