"""In which part each organisation stood, and when: host, sub-processor, keeper of a system.

It is told by what was registered, by the parties of agreements, and by each sub-processor that
joined or went.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Column as Field
from sqlalchemy import Text, select

from ledger.events.organisation import (
    OrganisationAmended,
    OrganisationRegistered,
    SystemRegistered,
    SystemRetired,
)
from ledger.events.parties import Party
from ledger.events.processing_agreements import (
    AgreementFields,
    DpaAmended,
    DpaConcluded,
    DpaEnded,
    SubProcessorApproved,
    SubProcessorEngaged,
    SubProcessorFields,
    SubProcessorObjected,
    SubProcessorProposed,
    SubProcessorRemoved,
)
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.access.people import Span
from projections.bitemporal import Cell, Change, Rule, Segment
from projections.grants import VERSION
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.reader import Reader, json_cell, listed
from projections.tables import line_tables

HANDS_OF_OTHERS: Final = frozenset({"host", "sub-processor"})
"""Roles of organisations whose people touch the data of somebody else's customers."""
_KEEPER: Final = "system"
_PLACE = line_tables(
    "access",
    VERSION,
    "organisation",
    Field("members", Text, nullable=False),
    Field("told_by", Text, nullable=False),
    Field("indexes", Text, nullable=False),
)
_SUB_PROCESSING: Final = {
    kind_name(SubProcessorProposed): "proposed",
    kind_name(SubProcessorApproved): "approved",
    kind_name(SubProcessorObjected): "objected to",
    kind_name(SubProcessorEngaged): "engaged",
}
_ENDS: Final = kind_names(SubProcessorRemoved, DpaEnded, SystemRetired)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What one agreement, registration or system says of organisations."""

    members: tuple[tuple[str, str], ...]
    """Organisation and role."""
    told_by: str
    indexes: tuple[int, ...]


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """What an event says of which organisations, and from when on."""
    event = record.event
    if event is None:
        return None
    moment, members = event.occurred_at, list[tuple[str, str]]()
    if isinstance(event, OrganisationRegistered | OrganisationAmended):
        entity = f"organisation {event.organisation}"
        members += [(event.organisation, role) for role in event.roles]
    elif isinstance(event, SystemRegistered | SystemRetired):
        entity = f"{_KEEPER} {event.system_id}"
        members += [(event.organisation, _KEEPER)] if event.organisation else []
    elif isinstance(event, AgreementFields):
        entity = f"agreement {event.agreement_id}"
        moment = event.valid_from or moment
        members += _members(event.parties)
    elif isinstance(event, DpaEnded):
        entity = f"agreement {event.agreement_id}"
        moment = event.ended_at or moment
    elif isinstance(event, SubProcessorFields):
        entity = f"sub-processor {event.agreement_id} {event.sub_processor}"
        members += [(event.sub_processor, "sub-processor")]
        moment = getattr(event, "effective_from", None) or moment
    else:
        return None
    return entity, microseconds(moment), {"members": members}


def _members(parties: Sequence[Party]) -> list[tuple[str, str]]:
    return [(party.organisation, party.role) for party in parties if party.organisation is not None]


def step(before: Place | None, change: Change) -> Place | None:
    """What is said after one more change."""
    if change.kind in _ENDS:
        return None
    members = tuple((name, role) for name, role in change.terms["members"])
    told_by = _SUB_PROCESSING.get(change.kind) or change.kind.partition(".")[0]
    return Place(
        members=members or (before.members if before is not None else ()),
        told_by={"dpa": "agreement", "organisation": "registered"}.get(told_by, told_by),
        indexes=(change.index,),
    )


def segments(place: Place, valid_from: int, valid_to: int) -> list[Segment]:
    """What is said over a stretch of time."""
    values: tuple[Cell, ...] = (
        json_cell(place.members),
        place.told_by,
        json_cell(place.indexes),
    )
    return [Segment(valid_from, valid_to, values)]


PLACES: Final = Lines(
    _PLACE,
    kind_names(
        OrganisationRegistered,
        OrganisationAmended,
        SystemRegistered,
        SystemRetired,
        DpaConcluded,
        DpaAmended,
        DpaEnded,
        SubProcessorProposed,
        SubProcessorApproved,
        SubProcessorObjected,
        SubProcessorEngaged,
        SubProcessorRemoved,
    ),
    read_change,
    Rule(step, segments),
)
"""The part of the view that keeps in which part organisations stand."""


class Organisations:
    """When each organisation was host or sub-processor, and which systems it kept."""

    def __init__(self, reader: Reader) -> None:
        """Reads the few rows about organisations."""
        place = _PLACE.rows
        query = (
            select(place).where(reader.known(place)).order_by(place.c.valid_from, place.c.entity)
        )
        self._spans: dict[str, list[Span]] = {}
        self._kept: dict[str, set[str]] = {}
        for row in reader.rows(query):
            for name, role in listed(row["members"]):
                if role == _KEEPER:
                    system = row["entity"].partition(" ")[2]
                    self._kept.setdefault(system, set()).add(name)
                elif role in HANDS_OF_OTHERS:
                    self._spans.setdefault(name, []).append(_span(row, role))

    @property
    def hands_of_others(self) -> list[str]:
        """Every organisation that ever was host or sub-processor."""
        return sorted(self._spans)

    def spans(self, organisation: str) -> list[Span]:
        """When an organisation was host or sub-processor, each with the words for it."""
        return self._spans.get(organisation, [])

    def roles_at(self, organisation: str, moment: int) -> Iterator[Span]:
        """In which of these parts an organisation stood at a moment."""
        return (span for span in self.spans(organisation) if span.begin <= moment < span.end)

    def keeps(self, organisation: str, system: str | None) -> bool:
        """Whether a system is, or was, an organisation's own."""
        return system is not None and organisation in self._kept.get(system, ())


def _span(row: dict[str, Any], role: str) -> Span:
    index = listed(row["indexes"])[-1]
    return Span(row["valid_from"], row["valid_to"], index, f"{role}: {row['told_by']}")
