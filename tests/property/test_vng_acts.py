"""The law of VNG acts: what a client sends is what it gets back, whatever it sends."""

from itertools import count
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from uuid_utils.compat import uuid7

from formats.vng.bodies import KindOfData, SentAct, SentObject
from formats.vng.documents import (
    ActShown,
    LineShown,
    Place,
    act_document,
    echoed,
    object_document,
)
from formats.vng.events import ActPlace, Fresh, act_events
from ledger.events import complete_event
from ledger.events.processing import ProcessingPerformed, ProcessingRegistered
from ledger.store.requests import microseconds
from projections.processing.asking import LineRow, Terms
from projections.processing.line_ids import line_id
from tests.histories import RECORDING
from tests.strategies import citizen_numbers, instants

ORIGIN = "log.example/acts"
TRACE = "ef4e77b9b03b585fb6135fcf8d8555fb"
URL = "https://audit.example.nl"
WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40).filter(
    lambda text: text != "withheld"
)
OPTIONAL_WORDS = WORDS | st.just(UNSET)
UUIDS = st.uuids() | st.just(UNSET)
TERMS = st.sampled_from(["P10Y", "P1DT12H", "P3W", UNSET])
NAMED = st.builds(
    SentObject,
    objecttype=st.just("persoon"),
    soort_object_id=st.sampled_from(["klant nr", "https://register.example/id", "Personeelsnr"]),
    object_id=WORDS.filter(lambda text: text.isascii()),
    betrokkenheid=OPTIONAL_WORDS,
    verwerkte_soorten_gegevens=st.just(UNSET)
    | st.lists(WORDS.map(KindOfData), max_size=3).map(tuple),
)
NUMBERED = st.builds(
    SentObject,
    objecttype=st.just("persoon"),
    soort_object_id=st.just("BSN"),
    object_id=citizen_numbers(),
)
ACTS = st.builds(
    SentAct,
    vertrouwelijkheid=st.sampled_from(["normaal", "vertrouwelijk"]),
    tijdstip=instants(),
    verwerkte_objecten=st.lists(NAMED | NUMBERED, max_size=3).map(tuple),
    actie_naam=OPTIONAL_WORDS,
    handeling_naam=OPTIONAL_WORDS,
    verwerking_naam=OPTIONAL_WORDS,
    verwerking_id=UUIDS,
    verwerkingsactiviteit_id=UUIDS,
    verwerkingsactiviteit_url=st.sampled_from(["urn:ldv:activity:1407", UNSET]),
    bewaartermijn=TERMS,
    uitvoerder=st.sampled_from(["00000001821002193000", UNSET]),
    systeem=OPTIONAL_WORDS,
    gebruiker=st.sampled_from(["u-123", UNSET]),
    gegevensbron=OPTIONAL_WORDS,
    soort_afnemer_id=st.sampled_from(["OIN", "KVK", UNSET]),
    afnemer_id=OPTIONAL_WORDS,
    verwerkingsactiviteit_id_afnemer=UUIDS,
    verwerkingsactiviteit_url_afnemer=st.sampled_from(["https://elsewhere.example/", UNSET]),
    verwerking_id_afnemer=UUIDS,
)


def shown(act: SentAct) -> tuple[ActShown, list[str]]:
    """The act as its records show it, all opened, and the ids of its objects."""
    numbers = count(1)
    fresh = Fresh(uuid7, lambda event_id: event_id, lambda: f"{next(numbers):016x}")
    place = ActPlace(act_id=UUID(int=1), trace_id=TRACE, span_id=fresh.span_id())
    events, spans = act_events(act, place, fresh, RECORDING)
    lines, terms = [], Terms(entity="")
    for event in (complete_event(each, new_id=uuid7) for each in events):
        if isinstance(event, ProcessingPerformed):
            lines.append(LineShown(row_of(event), event))
        if isinstance(event, ProcessingRegistered):
            terms = terms_of(event)
    ids = [str(line_id(ORIGIN, TRACE, span)) for span in spans]
    return ActShown(terms=terms, line=lines[0], objects=lines[1:]), ids


def row_of(event: ProcessingPerformed) -> LineRow:
    """What the view keeps of a line."""
    return LineRow(
        idx=0,
        line_id=str(line_id(ORIGIN, event.trace_id, event.span_id)),
        event_id=str(event.event_id),
        trace_id=event.trace_id,
        span_id=event.span_id,
        parent_span_id=event.parent_span_id,
        activity=event.processing_activity_id,
        subject=None if event.subject is None else f"data-subject#{UUID(int=2).hex}",
        status=event.status,
        started=microseconds(event.started_at),
        started_ns=0,
        ended=microseconds(event.ended_at),
        ended_ns=0,
        recorded=microseconds(RECORDING),
        system=None,
    )


def terms_of(event: ProcessingRegistered) -> Terms:
    """What the view keeps of a registration."""
    return Terms(
        entity=str(event.action_id),
        trace_id=event.trace_id,
        span_id=event.span_id,
        processing_id=None if event.processing_id is None else str(event.processing_id),
        activity_id=None if event.activity_id is None else str(event.activity_id),
        confidentiality=event.confidentiality,
        shown_for=event.shown_for,
    )


def as_json(document: object) -> object:
    """A document as a client reads it."""
    return msgspec.json.decode(msgspec.json.encode(document))


@given(ACTS)
@settings(max_examples=80)
def test_an_act_comes_back_as_it_was_sent(act: SentAct) -> None:
    """A word that somebody sent would be lost, changed, or told of another act."""
    seen, ids = shown(act)
    document = act_document(seen, Place(url=URL, oin="0" * 20))
    sent = echoed(act, str(UUID(int=1)), ids, RECORDING, URL)
    assert as_json(document) == as_json(sent)


@given(ACTS, st.data())
@settings(max_examples=30)
def test_a_person_is_shown_nobody_else(act: SentAct, data: st.DataObject) -> None:
    """A person would learn who else an act was about, or who of the staff did it."""
    seen, _ = shown(act)
    if not seen.objects:
        return
    mine = data.draw(st.sampled_from(seen.objects))
    document = object_document(mine, seen, Place(url=URL, oin=None))
    inside = document["verwerkingsactie"]
    assert not {"systeem", "gebruiker", "gegevensbron"} & inside.keys()
    assert [each["verwerktObjectId"] for each in inside["verwerkteObjecten"]] == [
        document["verwerktObjectId"]
    ]
    assert msgspec.json.encode(document)
