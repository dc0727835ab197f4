"""How far an incident reached: from an account, an address or a system, within a window.

What counts as reached: whatever was done from the address, by the accounts that were let in from
it, by the accounts named, or in the systems named. The answer gives counts with the records that
they rest on, and the signals that came before: "when could we have known?".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ledger.events import KINDS, Event
from ledger.events.access import AccessAttemptDenied, AccessUsed
from ledger.events.blocking import IntrusionAttemptDetected, IpBlocked, IpRecorded
from ledger.events.envelope import Envelope
from ledger.events.exchange import ExchangeFields, ExchangePerformed
from ledger.events.incident import IncidentSignalled
from ledger.events.processing import ProcessingPerformed
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.personal import WITHHELD, parse_token
from ledger.units import Index
from projections.investigation.extent import (
    Bounds,
    Extent,
    corrected_among,
    is_cut,
    records_inside,
)
from projections.kinds import kind_names

if TYPE_CHECKING:
    from uuid import UUID

REACHING: Final = frozenset(
    kind
    for kind in KINDS
    if kind.partition(".")[0] in {"access", "exchange", "processing", "file", "data"}
)
"""Kinds of facts by which data are reached."""

SIGNALS: Final = kind_names(
    IntrusionAttemptDetected, AccessAttemptDenied, IpRecorded, IpBlocked, IncidentSignalled
)
"""Kinds of facts from which somebody could have known."""

_FAILED: Final = frozenset({"failure", "denied"})


@dataclass(slots=True)
class Reached:
    """One thing that was reached, how often, and when first and last."""

    name: str
    count: int = 0
    bytes: int = 0
    records: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    first_index: Index | None = None
    last_index: Index | None = None

    def note(self, record: OpenedRecord, event: Event) -> None:
        """Counts one more fact about it."""
        index = Index(record.stored.index)
        self.count += 1
        if self.first_at is None or (event.occurred_at, index) < (self.first_at, self.first_index):
            self.first_at, self.first_index = event.occurred_at, index
        if self.last_at is None or (event.occurred_at, index) > (self.last_at, self.last_index):
            self.last_at, self.last_index = event.occurred_at, index
        if isinstance(event, ExchangeFields):
            self.bytes += event.size_bytes or 0
            self.records += event.records or 0
        elif isinstance(event, AccessUsed):
            self.records += event.records_count or 0


@dataclass(frozen=True, slots=True)
class Signal:
    """A fact from which somebody could have known."""

    index: Index
    occurred_at: datetime
    recorded_at: datetime
    kind: str
    event: Event
    before_awareness: bool | None
    """Whether it was recorded before the moment of awareness; `None` where there is none."""
    lead: timedelta | None
    """How long before the moment of awareness it occurred; negative after it."""


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What was reached; each part by its name, the most often reached first."""

    extent: Extent
    """What was followed in the end: accounts let in from the addresses are added."""
    facts: int
    """How many records count in all."""
    parts: dict[str, tuple[Reached, ...]]
    """`accounts`, `addresses`, `systems`, `resources`, `grants`, `subjects`, `categories`,
    `recipients`."""
    untold_subjects: int
    """The sum of `subject_count` of facts that name no subject: people who are counted only."""
    signals: tuple[Signal, ...]
    is_whole: bool = True
    """Whether everything inside was looked at; else it reached at least this far."""


@dataclass(slots=True)
class _Tally:
    parts: dict[str, dict[str, Reached]] = field(default_factory=dict)
    facts: int = 0
    untold: int = 0

    def note(self, part: str, name: str | None, record: OpenedRecord, event: Event) -> None:
        if name is not None and name != WITHHELD:  # the erased are nobody in particular
            self.parts.setdefault(part, {}).setdefault(name, Reached(name)).note(record, event)


def blast_radius(
    ledger: Ledger,
    extent: Extent,
    *,
    aware_at: datetime | None = None,
    signals_within: tuple[datetime | None, datetime | None] | None = None,
    bounds: Bounds | None = None,
) -> BlastRadius:
    """What an incident reached.

    Args:
        ledger: The log.
        extent: Where it started: accounts (`people`), addresses, systems, and the window.
        aware_at: The moment of awareness, for the list of signals.
        signals_within: The window of the signals, if it is not that of the extent: what was there
            to be noticed goes on until awareness, also where the breach itself is over.
        bounds: How much of the log is looked at; all, if not given.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    followed = _followed(ledger, _bounded(ledger, extent, bounds), bounds)
    facts = _standing(ledger, followed, REACHING, bounds)
    tally = _Tally()
    for record, event in facts.standing:
        if event.outcome not in _FAILED and not isinstance(event, AccessAttemptDenied):
            _count(tally, record, event)
    since, until = signals_within or (extent.since, extent.until)
    heard = _bounded(ledger, replace(followed, since=since, until=until), bounds)
    noticed = _standing(ledger, heard, SIGNALS, bounds)
    signals = [
        Signal(
            index=Index(record.stored.index),
            occurred_at=event.occurred_at,
            recorded_at=record.recorded_at,
            kind=record.stored.kind,
            event=event,
            before_awareness=None if aware_at is None else record.recorded_at < aware_at,
            lead=None if aware_at is None else aware_at - event.occurred_at,
        )
        for record, event in noticed.standing
    ]
    signals.sort(key=lambda signal: (signal.occurred_at, signal.index))
    return BlastRadius(
        extent=followed,
        facts=tally.facts,
        parts={
            part: tuple(sorted(found.values(), key=lambda each: (-each.count, each.name)))
            for part, found in tally.parts.items()
        },
        untold_subjects=tally.untold,
        signals=tuple(signals),
        is_whole=not facts.is_cut and not noticed.is_cut,
    )


def _bounded(ledger: Ledger, extent: Extent, bounds: Bounds | None) -> Extent:
    return extent if bounds is None else bounds.applied(ledger, extent)


def _followed(ledger: Ledger, extent: Extent, bounds: Bounds | None) -> Extent:
    """The extent with the accounts that were let in from its addresses."""
    if not extent.addresses:
        return extent
    let_in: set[UUID] = set()
    from_there = replace(extent, people=frozenset(), subjects=frozenset(), systems=frozenset())
    most = None if bounds is None else bounds.records
    for record in records_inside(ledger, from_there, kind_names(AccessUsed), most=most):
        event = record.event
        if isinstance(event, AccessUsed) and event.outcome not in _FAILED and event.actor:
            token = parse_token(event.actor)
            if token is not None:
                let_in.add(token[1])
    return replace(extent, people=extent.people | let_in)


class _Inside(NamedTuple):
    """The records inside that no later one takes back, and whether there may be more of them."""

    standing: Iterable[tuple[OpenedRecord, Event]]
    is_cut: bool


def _standing(
    ledger: Ledger, extent: Extent, kinds: frozenset[str], bounds: Bounds | None
) -> _Inside:
    """All are read twice, one at a time, so that no more of them is held than what is counted."""
    if extent.is_empty():
        return _Inside((), is_cut=False)
    most = None if bounds is None else bounds.records

    def inside() -> Iterator[OpenedRecord]:
        return records_inside(ledger, extent, kinds, most=most)

    read = _Counted(inside())
    corrected = corrected_among(ledger, read, extent.known_size)
    standing = (
        (record, record.event)
        for record in inside()
        if record.event is not None and record.stored.event_id not in corrected
    )
    return _Inside(standing, is_cut(extent, read.count, bounds))


@dataclass(slots=True)
class _Counted:
    """Records that are counted while they are read."""

    records: Iterator[OpenedRecord]
    count: int = 0

    def __iter__(self) -> Iterator[OpenedRecord]:
        """Each of them, once."""
        for record in self.records:
            self.count += 1
            yield record


def _count(tally: _Tally, record: OpenedRecord, event: Event) -> None:
    tally.facts += 1
    tally.note("accounts", event.actor, record, event)
    tally.note("addresses", event.origin, record, event)
    tally.note("systems", event.system, record, event)
    resource = getattr(event, "resource", None)
    tally.note("resources", resource if isinstance(resource, str) else None, record, event)
    tally.note("grants", _text(event, "grant_id"), record, event)
    people = _people(event)
    for person in people:
        tally.note("subjects", person, record, event)
    if not people:
        tally.untold += event.subject_count or 0
    for category in _categories(event):
        tally.note("categories", category, record, event)
    if isinstance(event, ExchangePerformed):
        tally.note("recipients", _recipient(event), record, event)


def _people(event: Event) -> list[str]:
    """The data subjects whom a fact names, each once."""
    named: list[str] = list(event.subjects)
    own = _text(event, "customer_id") or (
        event.subject if isinstance(event, ProcessingPerformed) else None
    )
    return list(dict.fromkeys([*named, *([own] if own else [])]))


def _categories(event: Event) -> list[str]:
    classes: Any = getattr(event, "content_classes", ())
    return sorted({*event.data_categories, *classes})


def _recipient(event: ExchangePerformed) -> str | None:
    party = event.recipient
    if party is None:
        return event.recipient_person
    return party.organisation or party.category or event.recipient_person or party.role


def _text(event: Envelope, name: str) -> str | None:
    found = getattr(event, name, None)
    return found if isinstance(found, str) else None
