"""Actions and objects as the VNG documents have them, made from lines and their terms.

A line that came over another way is an action by itself, with one object where it names a person.
A member whose value is personal stands there only where a recorded reading opened it; the id of a
person who is not asked for and not opened is their token.

Source: VNG Verwerkingenlogging 0.9.0, `Verwerkingsactie`, `VerwerktObject`,
`VerwerktObjectUitgebreid` and `VerwerkingsactieBeperkt`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from formats.ldv_subject import TOKEN_TYPE, SubjectId, subject_of
from formats.vng.bodies import VERTROUWELIJKHEID, SentAct
from formats.vng.events import (
    IN_ATTRIBUTES,
    INVOLVEMENT,
    KINDS_OF_DATA,
    PREFIX,
    SYSTEM_NAME,
)
from ledger.events.processing import ProcessingPerformed
from ledger.identifiers import BSN
from ledger.personal import WITHHELD
from ledger.store.requests import instant_of
from projections.processing.asking import LineRow, Terms

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_OIN: Final = re.compile(r"(?<![0-9])[0-9]{20}(?![0-9])", re.ASCII)
_FORGOTTEN: Final = SubjectId(TOKEN_TYPE, WITHHELD)
"""Of somebody who was erased."""
_MOST_NAME: Final = 242
_MOST_ID: Final = 40


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line with what its record says; `None` where that was pruned."""

    row: LineRow
    event: ProcessingPerformed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActShown:
    """An act with all that an answer needs."""

    terms: Terms
    line: LineShown
    objects: Sequence[LineShown] = ()
    names: tuple[str | None, str | None] = (None, None)
    """Of the line above and of the first line of the trace, where these were opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the answers stand and whose they are."""

    url: str
    """Of the service, without a slash at the end."""
    oin: str | None
    asked: SubjectId | None = None
    """Whom the client asked for: said again, not stored."""
    token: str | None = None
    """What stands for them in the view."""


def act_document(act: ActShown, place: Place) -> dict[str, Any]:
    """An action with its objects: `VerwerkingsactieUitgebreid`."""
    event = act.line.event
    found = _act(act, place, _recipient(event, or_person=True))
    if event is not None:
        system = (event.resource or {}).get(SYSTEM_NAME)
        operator = event.actor if (event.actor or "").startswith("person:") else None
        found |= _given(
            systeem=system,
            gebruiker=None if operator is None else operator.removeprefix("person:"),
            gegevensbron=(event.attributes or {}).get(f"{PREFIX}gegevensbron"),
        )
    found["verwerkteObjecten"] = [_object(each, place) for each in act.objects]
    return found


def object_document(each: LineShown, act: ActShown, place: Place) -> dict[str, Any]:
    """An object with its action as a person may see it: `VerwerktObjectUitgebreid`."""
    return {**_object(each, place), "verwerkingsactie": act_for_person(act, each, place)}


def act_for_person(act: ActShown, each: LineShown, place: Place) -> dict[str, Any]:
    """An action without system, user and source, and with no other person in it."""
    known = _recipient(act.line.event, or_person=False)
    return {**_act(act, place, known), "verwerkteObjecten": [_object(each, place)]}


def activity_id_of(activity: str | None) -> str | None:
    """The UUID that the URI of an activity carries, if it carries one."""
    match = None if activity is None else _UUID.search(activity)
    return None if match is None else str(UUID(match[0]))


def _act(act: ActShown, place: Place, recipient: dict[str, Any]) -> dict[str, Any]:
    row, event, terms = act.line.row, act.line.event, act.terms
    attributes = (event.attributes if event is not None else None) or {}
    from_line: dict[str, Any] = {}
    if not terms.is_registered:  # whoever registers an act says these, or leaves them out
        from_line = _given(verwerkingId=str(UUID(hex=row.trace_id)), uitvoerder=place.oin)
    sent = {
        name: attributes.get(f"{PREFIX}{name}")
        for name in IN_ATTRIBUTES.values()
        if name != "gegevensbron"
    }
    if sent["soortAfnemerId"] == BSN:
        sent["soortAfnemerId"] = None  # told with the person, or not at all
    above, first = act.names
    return {
        "url": f"{place.url}/verwerkingsacties/{terms.entity}",
        "actieId": terms.entity,
        **_given(
            actieNaam=_name(event),
            handelingNaam=_short(above),
            verwerkingNaam=_short(first),
            verwerkingId=terms.processing_id,
        ),
        **from_line,
        **_activity(row, terms),
        "vertrouwelijkheid": VERTROUWELIJKHEID[terms.confidentiality],  # type: ignore[index]
        **_given(bewaartermijn=terms.shown_for),
        **recipient,
        **_given(**sent),
        "tijdstip": _instant(row.started),
        "tijdstipRegistratie": _instant(row.recorded),
    }


def _activity(row: LineRow, terms: Terms) -> dict[str, Any]:
    known = terms.activity_id or activity_id_of(row.activity)
    is_made_of_id = row.activity is not None and row.activity == f"urn:uuid:{terms.activity_id}"
    url = None if is_made_of_id else row.activity
    return _given(verwerkingsactiviteitId=known, verwerkingsactiviteitUrl=url)


def _recipient(event: ProcessingPerformed | None, *, or_person: bool) -> dict[str, Any]:
    """Whom data were given to: the person of the line, or the party that its URI names."""
    if event is None:
        return {}
    for identity in event.subjects if or_person else ():
        subject = subject_of(identity)
        if subject is not None and subject.type == BSN:
            return {"soortAfnemerId": BSN, "afnemerId": subject.id}
    oin = _OIN.search(event.foreign_processor or "")
    return {} if oin is None else {"soortAfnemerId": "OIN", "afnemerId": oin[0]}


def _object(each: LineShown, place: Place) -> dict[str, Any]:
    row, event = each.row, each.event
    attributes = (event.attributes if event is not None else None) or {}
    kinds = attributes.get(KINDS_OF_DATA)
    subject = _subject(each, place)
    return {
        "url": f"{place.url}/verwerkte-objecten/{row.line_id}",
        "verwerktObjectId": row.line_id,
        "objecttype": "persoon",
        "soortObjectId": subject.type,
        "objectId": subject.id,
        **_given(betrokkenheid=attributes.get(INVOLVEMENT)),
        **_given(
            verwerkteSoortenGegevens=[{"soortGegeven": word} for word in kinds]
            if isinstance(kinds, list)
            else None
        ),
    }


def _subject(each: LineShown, place: Place) -> SubjectId:
    if place.asked is not None and each.row.subject == place.token:
        return place.asked
    event = each.event
    shown = each.row.subject if event is None or event.subject is None else event.subject
    known = None if event is None or event.subject_id_type == WITHHELD else event.subject_id_type
    subject = (subject_of(shown, known) if shown else None) or _FORGOTTEN
    if len(subject.id) <= _MOST_ID and len(subject.type) <= _MOST_NAME:
        return subject
    return (subject_of(each.row.subject) if each.row.subject else None) or _FORGOTTEN


def _name(event: ProcessingPerformed | None) -> str | None:
    if event is None or event.name == WITHHELD or event.name_was_empty:
        return None
    return _short(event.name)


def _short(name: str | None) -> str | None:
    """A name as long as the document allows; lines may hold longer ones."""
    return None if name is None or name == WITHHELD else name[:_MOST_NAME]


def _instant(microseconds: int) -> str:
    return _text(instant_of(microseconds))


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _given(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON of any shape
    """The members that there are; nobody is told `null` for what is not known."""
    return {name: value for name, value in members.items() if value is not None}


def echoed(
    act: SentAct, act_id: str, object_ids: Sequence[str], recorded_at: datetime, url: str
) -> dict[str, Any]:
    """What a client just sent, with the ids and the time that the log gave it.

    Args:
        act: As it was sent.
        act_id: Its id.
        object_ids: Those of its objects, in their order.
        recorded_at: When it was registered.
        url: Of the service, without a slash at the end.
    """
    sent = msgspec.to_builtins(act)
    objects = [
        {**each, "url": f"{url}/verwerkte-objecten/{known}", "verwerktObjectId": known}
        for each, known in zip(sent["verwerkteObjecten"], object_ids, strict=True)
    ]
    return {
        **sent,
        "url": f"{url}/verwerkingsacties/{act_id}",
        "actieId": act_id,
        "verwerkteObjecten": objects,
        "tijdstip": _text(act.tijdstip),
        "tijdstipRegistratie": _text(recorded_at),
    }
