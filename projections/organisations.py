"""Organisations, and who is data protection officer of each: what the register names beside duties.

An organisation is as it was said last. An officer, a person or an office, stands from the
designation (or its own later date) until the end of it; several may stand at a time.

Source: GDPR art. 30(1)(a), 30(2)(a), 37(1) and 37(6).
"""

from typing import Any, Final

import msgspec
from sqlalchemy import Column as Field
from sqlalchemy import Text, select

from ledger.events.organisation import (
    DpoDesignated,
    DpoDesignationEnded,
    OrganisationAmended,
    OrganisationRegistered,
)
from ledger.opening import OpenedRecord
from ledger.personal import WITHHELD
from ledger.store.requests import microseconds
from projections.bitemporal import Cell, Change, Rule, Segment
from projections.instants import cell_instant
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.reader import Reader, json_cell, listed
from projections.tables import line_tables
from projections.view import Column, Section

VERSION: Final = 3
"""Of the view `register`, to which organisations and officers belong."""

ORGANISATION = line_tables(
    "register",
    VERSION,
    "organisation",
    Field("roles", Text, nullable=False),
    Field("country", Text),
    Field("indexes", Text, nullable=False),
)
OFFICER = line_tables(
    "register",
    VERSION,
    "officer",
    Field("officers", Text, nullable=False),
    Field("indexes", Text, nullable=False),
)
_DESIGNATED: Final = kind_name(DpoDesignated)


class KnownOrganisation(msgspec.Struct, frozen=True, kw_only=True):
    """What was said last of an organisation."""

    roles: tuple[str, ...]
    country: str | None
    index: int


class Designation(msgspec.Struct, frozen=True, kw_only=True):
    """A data protection officer of an organisation."""

    officer: str | None
    office: str | None
    since: int
    index: int

    def is_meant(self, officer: str | None, office: str | None) -> bool:
        """Whether an end that names these ends it; an end that names nothing ends all."""
        return officer in {None, self.officer} and office in {None, self.office}


Officers = tuple[Designation, ...]
"""Those that stand, in the order of their designation."""


def read_organisation(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The organisation of which an event says something, when, and what."""
    event = record.event
    if not isinstance(event, OrganisationRegistered | OrganisationAmended):
        return None
    terms = {"roles": event.roles, "country": event.country}
    return event.organisation, microseconds(event.occurred_at), terms


def organisation_step(_before: KnownOrganisation | None, change: Change) -> KnownOrganisation:
    """The organisation after one more change: each gives the whole of it."""
    return msgspec.convert({**change.terms, "index": change.index}, KnownOrganisation)


def organisation_segments(
    organisation: KnownOrganisation, valid_from: int, valid_to: int
) -> list[Segment]:
    """The organisation over a stretch of time."""
    values: tuple[Cell, ...] = (
        json_cell(organisation.roles),
        organisation.country,
        json_cell([organisation.index]),
    )
    return [Segment(valid_from, valid_to, values)]


def read_officer(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The organisation whose officer comes or goes, from when on, and who it is."""
    event = record.event
    if not isinstance(event, DpoDesignated | DpoDesignationEnded):
        return None
    moment = microseconds(event.occurred_at)
    if isinstance(event, DpoDesignated) and event.effective_from is not None:
        moment = microseconds(event.effective_from)
    return event.organisation, moment, {"officer": event.officer, "office": event.office}


def officer_step(before: Officers | None, change: Change) -> Officers:
    """The officers after one more change."""
    standing = before or ()
    if change.kind == _DESIGNATED:
        named = Designation(**change.terms, since=change.moment, index=change.index)
        return (*standing, named)
    ended = [each for each in standing if each.is_meant(**change.terms)]
    if change.terms["officer"] == WITHHELD:
        ended = ended[:1]  # erased people look alike; the one who came first leaves first
    return tuple(each for each in standing if each not in ended)


def officer_segments(officers: Officers, valid_from: int, valid_to: int) -> list[Segment]:
    """The officers over a stretch of time; no row while there is none."""
    if not officers:
        return []
    values: tuple[Cell, ...] = (
        json_cell(msgspec.to_builtins(officers)),
        json_cell([each.index for each in officers]),
    )
    return [Segment(valid_from, valid_to, values)]


def organisations_known(reader: Reader) -> list[dict[str, Any]]:
    """Every organisation as it was said last."""
    rows = ORGANISATION.rows
    query = (
        select(rows)
        .where(reader.standing(rows), reader.matching(organisation=[rows.c.entity]))
        .order_by(rows.c.entity)
    )
    return [
        {
            "organisation": row["entity"],
            "roles": listed(row["roles"]),
            "country": row["country"],
            "since": cell_instant(row["valid_from"]),
            "indexes": listed(row["indexes"]),
        }
        for row in reader.rows(query)
    ]


def officers_standing(reader: Reader) -> list[dict[str, Any]]:
    """Every data protection officer who stands, by organisation."""
    rows = OFFICER.rows
    query = (
        select(rows)
        .where(reader.standing(rows), reader.matching(organisation=[rows.c.entity]))
        .order_by(rows.c.entity)
    )
    return [
        {
            "organisation": row["entity"],
            "officer": each["officer"],
            "office": each["office"],
            "since": cell_instant(each["since"]),
            "indexes": [each["index"]],
        }
        for row in reader.rows(query)
        for each in listed(row["officers"])
    ]


PARTS: Final = (
    Lines(
        ORGANISATION,
        kind_names(OrganisationRegistered, OrganisationAmended),
        read_organisation,
        Rule(organisation_step, organisation_segments),
    ),
    Lines(
        OFFICER,
        kind_names(DpoDesignated, DpoDesignationEnded),
        read_officer,
        Rule(officer_step, officer_segments),
    ),
)
SECTIONS: Final = {
    "organisations": Section(
        "organisations as they were said last",
        (
            Column("organisation", "organisation"),
            Column("roles", "roles", "list"),
            Column("country", "country"),
            Column("since", "since", "instant"),
            Column("indexes", "rests on", "indexes"),
        ),
        organisations_known,
    ),
    "officers": Section(
        "data protection officers who stand",
        (
            Column("organisation", "organisation"),
            Column("officer", "officer", "token"),
            Column("office", "office"),
            Column("since", "since", "instant"),
            Column("indexes", "rests on", "indexes"),
        ),
        officers_standing,
    ),
}
