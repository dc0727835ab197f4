"""What a legal hold is, what it covers, and which holds stand at a moment.

A hold is placed once or several times under one id, and released. Rules, each on the side of
keeping:

- it binds from the time its placement occurred or was recorded, whichever is earlier, and ends when
  it is released or its `valid_until` has come;
- each placement that was not released binds for itself: a second one adds, it narrows nothing;
- people, kinds, systems and datasets that one placement names narrow it together; a placement that
  names nothing covers everything;
- people who were erased narrow it no more, and a placement of which something is missing that no
  erasure explains covers everything;
- the records of a standing hold are covered by it, so that it stays known who placed it and why.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from ledger.body import read_body
from ledger.errors import MalformedRecord
from ledger.personal import token_text
from ledger.stored import StoredRecord

DATASET_FIELDS: Final = ("dataset", "resource", "target", "location")
"""Public fields by which an event says what data it is about."""

HoldState = Literal["standing", "not yet", "expired", "released", "taken back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One placement of a hold."""

    index: int
    """Of its record."""
    event_id: UUID
    stream: UUID
    """Of the hold: stands for its id."""
    binds_from: datetime
    placed_at: datetime
    """When it was placed, as its record says."""
    recorded_at: datetime
    valid_until: datetime | None = None
    people: frozenset[UUID] = frozenset()
    """The subjects it names."""
    tokens: tuple[str, ...] = ()
    """What stands for them where identities are not shown."""
    names_people: bool = False
    """Whether it names people who were not erased since."""
    erased_people: bool = False
    """Whether somebody whom it names was erased."""
    damaged: bool = False
    """A disclosure is missing that no erasure explains: whom it names cannot be told."""
    kinds: tuple[str, ...] = ()
    systems: frozenset[str] = frozenset()
    datasets: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    """Streams of the files and objects it names, as text."""
    scope: str | None = None
    basis: str | None = None
    placed_by: str | None = None
    """The token of who decided it, else of who recorded it."""
    state: HoldState = "standing"
    ended_at: datetime | None = None
    """When it was released, if it was."""
    ended_by: int | None = None
    """The index of the record that released it or took it back."""

    @property
    def token(self) -> str:
        """What stands for the id of the hold where identities are not shown."""
        return token_text("hold", self.stream)

    @property
    def covers_everything(self) -> bool:
        """Whether no record is outside of it."""
        narrows = self.kinds or self.systems or self.datasets or self.cases or self.names_people
        return self.damaged or not (narrows or self.erased_people)

    def covers(self, record: StoredRecord, subject_ids: Collection[UUID]) -> bool:
        """Whether a record must be kept because of this hold.

        Args:
            record: Any record of the log.
            subject_ids: Of its disclosures.
        """
        if self.names_people and not self.damaged and self.people.isdisjoint(subject_ids):
            return record.stream == self.stream
        return self.covers_place(record)

    def covers_place(self, record: StoredRecord) -> bool:
        """The same for a record of which it is known that the hold names one of its people."""
        if record.stream == self.stream or self.covers_everything:
            return True
        if self.kinds and not any(is_of_kind(record.kind, name) for name in self.kinds):
            return False
        if self.systems and record.system not in self.systems:
            return False
        if self.datasets or self.cases:
            return self._covers_data(record)
        return bool(self.kinds or self.systems or self.names_people)

    def _covers_data(self, record: StoredRecord) -> bool:
        if str(record.stream) in self.cases:
            return True
        try:
            public = read_body(record.sealed.partition(b"\n\n")[2])
        except MalformedRecord:
            return True  # what it is about cannot be told
        if not self.cases.isdisjoint(each for each in public.values() if isinstance(each, str)):
            return True
        return any(in_dataset(public, name) for name in self.datasets)


def is_of_kind(kind: str, name: str) -> bool:
    """Whether a kind such as `access.granted.v1` is meant by a name with or without version."""
    return name in (kind, kind.rpartition(".v")[0])


def in_dataset(public: Mapping[str, Any], name: str) -> bool:
    """Whether the public part of an event is about a dataset, or about a part below it."""
    return any(
        found == name or found.startswith(f"{name}/")
        for field in DATASET_FIELDS
        if isinstance(found := public.get(field), str)
    )


@dataclass(frozen=True, slots=True)
class Release:
    """One release of a hold."""

    index: int
    event_id: UUID
    stream: UUID
    released_at: datetime
    placement: UUID | None
    """The event id of the placement it names, which finds a hold whose id was erased."""


def settled_holds(
    placements: Iterable[Hold],
    releases: Iterable[Release],
    taken_back: Mapping[UUID, int],
    at: datetime,
) -> list[Hold]:
    """Every placement with its state at a moment, in the order of the log.

    Args:
        placements: As recorded.
        releases: As recorded.
        taken_back: The event ids that corrections name, with the index of the correction.
        at: The moment, aware.
    """
    ends = [each for each in releases if each.event_id not in taken_back]
    return [_settled(hold, ends, taken_back, at) for hold in placements]


def _settled(
    hold: Hold, ends: Collection[Release], taken_back: Mapping[UUID, int], at: datetime
) -> Hold:
    if hold.event_id in taken_back:
        return _with(hold, "taken back", None, taken_back[hold.event_id])
    mine = [each for each in ends if _releases(each, hold)]
    end = min(mine, key=lambda each: (each.released_at, each.index), default=None)
    if end is not None and end.released_at <= at:
        return _with(hold, "released", end.released_at, end.index)
    if hold.valid_until is not None and hold.valid_until <= at:
        return _with(hold, "expired", hold.valid_until, None)
    return _with(hold, "standing" if hold.binds_from <= at else "not yet", None, None)


def _releases(release: Release, hold: Hold) -> bool:
    if release.stream != hold.stream and release.placement != hold.event_id:
        return False
    # A placement after the release is a new hold under the same id.
    if release.index > hold.index:
        return release.released_at >= hold.binds_from
    return release.released_at > hold.placed_at


def _with(hold: Hold, state: HoldState, ended_at: datetime | None, ended_by: int | None) -> Hold:
    return replace(hold, state=state, ended_at=ended_at, ended_by=ended_by)
