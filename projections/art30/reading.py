"""Reads the register of art. 30: what the views hold, with the words of the records."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from msgspec.structs import replace

from ledger.events import Event
from ledger.events.organisation import DpoDesignated, OrganisationAmended, OrganisationRegistered
from ledger.events.processing_agreements import AgreementFields
from ledger.events.register import ActivityFields
from ledger.ledger import Ledger
from ledger.merkle import Frontier
from ledger.personal import WITHHELD
from ledger.reading import Opening
from ledger.stored import StoredRecord
from projections.agreements import AGREEMENTS, agreements_standing, sub_processors_standing
from projections.art30.content import (
    PARTS,
    Activity,
    Agreement,
    Officer,
    Organisation,
    Part,
    Purpose,
    Register,
    Standing,
    SubProcessor,
)
from projections.cases.breach_reading import read_breaches
from projections.cases.reading import Moment
from projections.organisations import officers_standing, organisations_known
from projections.register import REGISTER, activities_in_force
from projections.snapshot import reader_at

Row = Mapping[str, Any]


class Asked(NamedTuple):
    """Which part of the register is asked for; nothing chosen: all of it."""

    parts: Collection[Part] = ("controller", "processor")
    organisation: str | None = None
    activity: str | None = None
    """Only this activity, with those whom it names; then agreements are left out."""


EVERYTHING: Final = Asked()


class _Rows(NamedTuple):
    """What the views say, before any word is opened."""

    activities: list[Row]
    organisations: list[Row]
    officers: list[Row]
    agreements: list[Row]
    sub_processors: list[Row]

    def indexes(self) -> list[int]:
        """Every record in which words or people of the register stand."""
        told = (*self.activities, *self.organisations, *self.officers, *self.agreements)
        return sorted({row["indexes"][-1] for row in told})


def read_register(
    ledger: Ledger,
    moment: Moment,
    *,
    asked: Asked = EVERYTHING,
    as_known: datetime | None = None,
    identities: Opening | None = None,
) -> Register:
    """The register as it stood at a moment.

    Args:
        ledger: The log.
        moment: As of when, and by which records.
        asked: Which part of it.
        as_known: The instant that gave the moment its records, to be told.
        identities: The recorded reading of `register_records` that lets words and people be shown.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    rows = _rows(ledger, moment, asked)
    head = ledger.head()
    events = _events(ledger, rows.indexes(), identities)
    breaches = _breaches(ledger, moment)
    consents = {row["agreement"]: row["sub_processor_consent"] for row in rows.agreements}
    return Register(
        standing=Standing(
            origin=ledger.origin,
            as_of=moment.as_of,
            as_known=as_known,
            known_size=moment.known_size,
            size=head.size,
            root=Frontier(head.size, head.frontier).root().hex(),
            opened=identities is not None,
        ),
        organisations=tuple(_organisation(row, events) for row in rows.organisations),
        officers=tuple(_officer(row, events) for row in rows.officers),
        activities=tuple(
            replace(_activity(row, events), breaches=breaches.get(row["activity"], ()))
            for row in rows.activities
        ),
        agreements=tuple(_agreement(row, events) for row in rows.agreements),
        sub_processors=tuple(
            _sub_processor(row, consents.get(row["agreement"]), moment.as_of)
            for row in rows.sub_processors
        ),
    )


def register_records(
    ledger: Ledger, moment: Moment, asked: Asked = EVERYTHING
) -> list[StoredRecord]:
    """The records whose words and people a register shows, in order of index.

    They are what a reading tells of before `read_register` may show them.
    """
    return ledger.log.records_at(_rows(ledger, moment, asked).indexes())


def _rows(ledger: Ledger, moment: Moment, asked: Asked) -> _Rows:
    roles = frozenset().union(*(PARTS[part] for part in asked.parts))
    chosen = {} if asked.organisation is None else {"organisation": [asked.organisation]}
    with reader_at(ledger, REGISTER, moment.as_of, moment.known_size) as reader:
        activities: list[Row] = [
            row
            for row in activities_in_force(reader)
            if row["role"] in roles
            and asked.organisation in {None, row["organisation"]}
            and asked.activity in {None, row["activity"]}
        ]
        organisations: list[Row] = list(organisations_known(reader))
        officers: list[Row] = list(officers_standing(reader))
    with reader_at(ledger, AGREEMENTS, moment.as_of, moment.known_size, chosen) as reader:
        agreements: list[Row] = list(agreements_standing(reader))
        sub_processors: list[Row] = list(sub_processors_standing(reader))
    if asked.activity is not None:
        agreements, sub_processors = [], []
    named = set(_named(activities, agreements, sub_processors)) | {asked.organisation}
    return _Rows(
        activities,
        [row for row in organisations if row["organisation"] in named],
        [row for row in officers if row["organisation"] in named],
        agreements,
        sub_processors,
    )


def _named(
    activities: Iterable[Row], agreements: Iterable[Row], sub_processors: Iterable[Row]
) -> Iterable[str | None]:
    """The organisations that the register names; others are no part of it."""
    for row in activities:
        yield row["organisation"]
        for party in (*row["controllers"], *row["recipients"], *row["transfers"]):
            yield party.get("organisation")
    for row in agreements:
        yield from (party.get("organisation") for party in row["parties"])
    for row in sub_processors:
        yield from (row["sub_processor"], row["processor"], row["controller"])


def _events(
    ledger: Ledger, indexes: Collection[int], identities: Opening | None
) -> dict[int, Event]:
    """The events at some indexes; a record that was pruned has none, and its words are withheld."""
    rows = ledger.log.records_at(sorted(indexes))
    opened = ledger.open_records(rows, identities=identities)
    return {each.stored.index: each.event for each in opened if each.event is not None}


def _breaches(ledger: Ledger, moment: Moment) -> dict[str, tuple[str, ...]]:
    """The breaches of which somebody is aware, by the activities that their steps name."""
    found: dict[str, tuple[str, ...]] = {}
    for stream, breach in read_breaches(ledger, moment):
        named = {step.event.processing_activity_id for step in breach.steps}
        if breach.aware_at is None or breach.ruled_out is not None:
            continue
        for activity in named - {None}:
            found[str(activity)] = (*found.get(str(activity), ()), str(stream))
    return found


def _organisation(row: Row, events: Mapping[int, Event]) -> Organisation:
    index = row["indexes"][-1]
    event = events.get(index)
    known = event if isinstance(event, OrganisationRegistered | OrganisationAmended) else None
    return Organisation(
        organisation=row["organisation"],
        roles=tuple(row["roles"]),
        country=row["country"],
        legal_name=WITHHELD if known is None else known.legal_name,
        contact=WITHHELD if known is None else known.contact,
        index=index,
    )


def _officer(row: Row, events: Mapping[int, Event]) -> Officer:
    index = row["indexes"][-1]
    event = events.get(index)
    known = event if isinstance(event, DpoDesignated) else None
    return Officer(
        organisation=row["organisation"],
        officer=row["officer"] if known is None else known.officer,
        office=row["office"],
        contact=WITHHELD if known is None else known.contact,
        since=row["since"],
        index=index,
    )


def _activity(row: Row, events: Mapping[int, Event]) -> Activity:
    index = row["indexes"][-1]
    event = events.get(index)
    words = event if isinstance(event, ActivityFields) else None
    texts = (WITHHELD,) * len(row["purposes"]) if words is None else words.purpose_texts
    public = {
        name: row[name]
        for name in (
            *("activity", "version", "role", "organisation", "officer"),
            *("effective_from", "in_force_until", "entered_at", "created_at"),
            *("controllers", "categories", "recipients", "transfers", "retention", "measures"),
        )
    }
    purposes = [
        Purpose(**each, text=texts[place] if place < len(texts) else None)
        for place, each in enumerate(row["purposes"])
    ]
    found = msgspec.convert({**public, "index": index}, Activity)
    if words is None:
        return replace(found, purposes=tuple(purposes), name=WITHHELD, contacts=(WITHHELD,))
    return replace(
        found,
        purposes=tuple(purposes),
        name=words.name,
        description=words.description,
        contacts=words.contacts,
        officer=words.officer,
    )


def _agreement(row: Row, events: Mapping[int, Event]) -> Agreement:
    event = events.get(row["indexes"][-1])
    named = event.agreement_id if isinstance(event, AgreementFields) else None
    # Until a reading opens it, the stream stands for what the source calls it.
    reference = None if named == row["agreement"] else named
    return msgspec.convert({**row, "reference": reference}, Agreement)


def _sub_processor(row: Row, consent: str | None, as_of: datetime) -> SubProcessor:
    authorisation = _authorisation(row, consent, as_of)
    return msgspec.convert({**row, "authorisation": authorisation}, SubProcessor)


def _authorisation(row: Row, consent: str | None, as_of: datetime) -> str:
    """By what right it may process. Source: GDPR art. 28(2)."""
    approved, objected = row["approved_at"], row["objected_at"]
    if objected is not None and (approved is None or approved <= objected):
        return "objected"
    engaged = row["engaged_at"]
    if approved is not None:
        return "approved late" if engaged is not None and engaged < approved else "approved"
    if consent == "general" and row["proposed_at"] is not None:
        due = row["objection_due"]
        return "waiting" if due is not None and as_of < due else "general consent"
    return "none seen"
