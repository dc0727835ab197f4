"""What a question about an incident covers, and the records inside it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import groupby
from typing import Final
from uuid import UUID

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


def records_inside(
    ledger: Ledger, extent: Extent, kinds: Collection[str]
) -> Iterator[OpenedRecord]:
    """Every record of some kinds that names somebody of the extent or came from its systems.

    In order of index, each once, with tokens for people.

    Args:
        ledger: The log.
        extent: What is looked at.
        kinds: With their versions.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    asked = RecordQuery(
        since=extent.since, until=extent.until, stop=extent.known_size, kinds=frozenset(kinds)
    )
    found = [ledger.log.find(replace(asked, system=system)) for system in sorted(extent.systems)]
    if extent.named:
        found.append(ledger.log.find(replace(asked, subject_ids=((extent.named, None),))))
    merged = merge(*found, key=lambda record: record.index)
    rows = (next(same) for _, same in groupby(merged, key=lambda record: record.index))
    return ledger.open_records(rows)


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
