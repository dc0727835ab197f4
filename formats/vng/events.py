"""An action as events: the line of what was done, a line per person, and the terms of both.

| VNG | event |
|---|---|
| `actieNaam` | `name` of the line and of the lines below it |
| `tijdstip` | `occurred_at`, `started_at`, `ended_at` |
| `verwerkingsactiviteitUrl`, else `…Id` as `urn:uuid:` | `processing_activity_id` |
| `systeem` | `resource`, as `service.name` |
| `gebruiker` | `actor`, a person |
| `afnemerId` that is a citizen number | `subjects` |
| the other names and ids | `attributes`, under `vng.` and their name |
| each of `verwerkteObjecten` | a line below with `subject` and `subject_id_type` |
| `verwerkingId`, `verwerkingsactiviteitId`, and the terms | the registration |

Names are personal text of their line: under the key of its person, or of the line itself.

Source: VNG Verwerkingenlogging 0.9.0, `vng-write.yaml`; Logboek Dataverwerkingen 1.0.0 §3.3.1 (a
line for each person, below the line of the act).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET

from formats.ldv_subject import SubjectId, identity_of
from formats.vng.bodies import CONFIDENTIALITY, KnownObject, SentAct, SentObject
from ledger.errors import MalformedEvent
from ledger.events import Event, event_from_mapping
from ledger.identifiers import BSN

PARSER: Final = "zegel-vng/1"
PREFIX: Final = "vng."
SYSTEM_NAME: Final = "service.name"
UNNAMED: Final = "unnamed"
IN_ATTRIBUTES: Final = {
    "handeling_naam": "handelingNaam",
    "verwerking_naam": "verwerkingNaam",
    "uitvoerder": "uitvoerder",
    "gegevensbron": "gegevensbron",
    "soort_afnemer_id": "soortAfnemerId",
    "afnemer_id": "afnemerId",
    "verwerkingsactiviteit_id_afnemer": "verwerkingsactiviteitIdAfnemer",
    "verwerkingsactiviteit_url_afnemer": "verwerkingsactiviteitUrlAfnemer",
    "verwerking_id_afnemer": "verwerkingIdAfnemer",
}
"""Members kept among the attributes of the line, by the name of their field."""
INVOLVEMENT: Final = f"{PREFIX}betrokkenheid"
KINDS_OF_DATA: Final = f"{PREFIX}verwerkteSoortenGegevens"
_NAMES: Final = {
    "name": "actieNaam",
    "processing_activity_id": "verwerkingsactiviteitUrl",
    "actor": "gebruiker",
    "subjects/0": "afnemerId",
    "subject": "verwerkteObjecten/objectId",
    "subject_id_type": "verwerkteObjecten/soortObjectId",
    "occurred_at": "tijdstip",
    "started_at": "tijdstip",
}


@dataclass(frozen=True, slots=True)
class OldLine:
    """A line of an act that a new version replaces."""

    line_id: str
    event_id: UUID
    span_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPlace:
    """Where an act stands in the processing log, for good."""

    act_id: UUID
    trace_id: str
    span_id: str
    old: OldLine | None = None
    """The line that told of it until now."""
    old_objects: Sequence[OldLine] = ()


@dataclass(frozen=True, slots=True)
class Fresh:
    """What makes new ids."""

    event_id: Callable[[], UUID]
    next_id: Callable[[UUID], UUID]
    """The event id of what replaces an event: two who replace the same one conflict."""
    span_id: Callable[[], str]


def act_events(
    act: SentAct, place: ActPlace, fresh: Fresh, now: datetime
) -> tuple[list[Event], list[str]]:
    """The events of an act, and the span of each of its objects, in their order.

    Raises:
        MalformedEvent: a value is not what the vocabulary takes; named as the client names it.
    """
    try:
        return _act_events(act, place, fresh, now)
    except MalformedEvent as error:
        raise as_sent(error) from None


def as_sent(error: MalformedEvent) -> MalformedEvent:
    """The same error with the field under the name that the client sent."""
    field = _NAMES.get(error.field, error.field)
    return MalformedEvent(error.kind, field, error.expected, error.found)


def _act_events(
    act: SentAct, place: ActPlace, fresh: Fresh, now: datetime
) -> tuple[list[Event], list[str]]:
    lines = [_line(act, place, fresh)]
    old = {each.line_id: each for each in place.old_objects}
    spans = []
    for sent in act.verwerkte_objecten:
        known = sent.verwerkt_object_id if isinstance(sent, KnownObject) else None
        replaced = old.pop(str(known), None)
        span_id = fresh.span_id() if replaced is None else replaced.span_id
        spans.append(span_id)
        lines.append(_object_line(act, sent, place, span_id, _replacing(replaced, fresh)))
    registration = _known(
        kind="processing.registered",
        event_id=fresh.event_id(),
        occurred_at=now,
        parser=PARSER,
        action_id=place.act_id,
        trace_id=place.trace_id,
        span_id=place.span_id,
        processing_id=act.verwerking_id,
        activity_id=act.verwerkingsactiviteit_id,
        confidentiality=CONFIDENTIALITY[act.vertrouwelijkheid],
        shown_for=act.bewaartermijn,
    )
    taken_back = [
        _known(
            kind="log.correction_recorded",
            event_id=fresh.next_id(each.event_id),
            occurred_at=now,
            parser=PARSER,
            corrected_event_id=each.event_id,
        )
        for each in old.values()
    ]
    return [event_from_mapping(each) for each in (*lines, registration, *taken_back)], spans


def _line(act: SentAct, place: ActPlace, fresh: Fresh) -> dict[str, Any]:
    """What was done, and by whom."""
    attributes = {
        f"{PREFIX}{name}": _plain(getattr(act, field)) for field, name in IN_ATTRIBUTES.items()
    }
    recipient = None
    if act.soort_afnemer_id == BSN and act.afnemer_id:
        recipient = f"data-subject:{BSN}:{attributes.pop(f'{PREFIX}afnemerId')}"
    return _known(
        **_common(act, place),
        **_replacing(place.old, fresh),
        span_id=place.span_id,
        actor=UNSET if act.gebruiker is UNSET else f"person:{act.gebruiker}",
        subjects=UNSET if recipient is None else [recipient],
        resource=UNSET if act.systeem is UNSET else {SYSTEM_NAME: act.systeem},
        attributes={name: value for name, value in attributes.items() if value is not UNSET},
    )


def _object_line(
    act: SentAct, sent: SentObject, place: ActPlace, span_id: str, ids: Mapping[str, Any]
) -> dict[str, Any]:
    """Whose data were processed, and which."""
    kinds = sent.verwerkte_soorten_gegevens
    attributes = {
        INVOLVEMENT: sent.betrokkenheid,
        KINDS_OF_DATA: UNSET if kinds is UNSET else [each.soort_gegeven for each in kinds],
    }
    return _known(
        **_common(act, place),
        **ids,
        span_id=span_id,
        parent_span_id=place.span_id,
        subject=identity_of(SubjectId(sent.soort_object_id, sent.object_id)),
        subject_id_type=sent.soort_object_id,
        attributes={name: value for name, value in attributes.items() if value is not UNSET},
    )


def _common(act: SentAct, place: ActPlace) -> dict[str, Any]:
    activity = act.verwerkingsactiviteit_url
    if activity is UNSET and act.verwerkingsactiviteit_id is not UNSET:
        activity = act.verwerkingsactiviteit_id.urn
    return {
        "kind": "processing.performed",
        "occurred_at": act.tijdstip,
        "started_at": act.tijdstip,
        "ended_at": act.tijdstip,
        "parser": PARSER,
        "trace_id": place.trace_id,
        "status": "unset",
        "name": act.actie_naam or UNNAMED,
        "name_was_empty": UNSET if act.actie_naam else True,
        "processing_activity_id": activity,
    }


def _replacing(old: OldLine | None, fresh: Fresh) -> dict[str, Any]:
    if old is None:
        return {"event_id": fresh.event_id()}
    return {"event_id": fresh.next_id(old.event_id), "supersedes": old.event_id}


def _known(**values: object) -> dict[str, Any]:
    """What was given, in the types of JSON."""
    found: Iterator[tuple[str, Any]] = ((name, _plain(value)) for name, value in values.items())
    return {name: value for name, value in found if value is not UNSET and value != {}}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    return str(value) if isinstance(value, UUID) else value
