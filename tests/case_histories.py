"""Random steps of cases for laws: few cases and moments, so that steps meet and contradict."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ledger.events import event_from_mapping
from ledger.ledger import Ledger
from projections.cases.reading import Step
from tests.case_steps import hours, step

MOST_STEPS: Final = 10
LAST_HOUR: Final = 2400
_HOURS: Final = st.integers(-LAST_HOUR // 4, LAST_HOUR)
_MOMENTS: Final = _HOURS.map(lambda hour: hours(hour).isoformat())
_MAYBE: Final = st.none() | _MOMENTS
_CONTENT: Final = st.lists(
    st.sampled_from(["nature", "contact-point", "consequences", "measures"]), unique=True
)
_ANCHORS: Final = st.lists(
    st.fixed_dictionaries(
        {
            "anchor": st.sampled_from(
                ["first-signal", "dpo-informed", "processor-aware", "controller-informed"]
            ),
            "at": _MOMENTS,
        }
    ),
    max_size=2,
)
_REGIMES: Final = st.sampled_from(["NIS2", "DORA", "CRA"])


def _fact(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), "hour": _HOURS, **fields})


BREACH_STEPS: Final = st.one_of(
    _fact("breach.suspected", anchors=_ANCHORS, processor=st.none() | st.just("host")),
    _fact("breach.awareness_determined", aware_at=_MOMENTS, anchors=_ANCHORS),
    _fact("breach.ruled_out"),
    _fact("breach.closed"),
    _fact("breach.facts_updated", records=st.integers(0, 9), processor=st.none() | st.just("host")),
    _fact("breach.assessed", risk=st.sampled_from(["none", "risk", "high"])),
    _fact(
        "breach.notification_decided",
        addressee=st.sampled_from(["authority", "controller", "subjects"]),
        notify=st.booleans(),
        ground=st.none() | st.sampled_from(["required", "risk-unlikely", "unintelligible"]),
    ),
    _fact(
        "breach.authority_notified",
        authority=st.just("ap"),
        notice_kind=st.sampled_from(["initial", "supplement", "final", "withdrawal"]),
        content=_CONTENT,
        notified_at=_MAYBE,
    ),
    _fact(
        "breach.controller_notified",
        controller=st.just("acme"),
        notice_kind=st.just("initial"),
        notified_at=_MAYBE,
    ),
    _fact("breach.subjects_notified", manner=st.just("direct"), notified_at=_MAYBE),
    _fact(
        "breach.authority_responded",
        authority=st.just("ap"),
        response=st.sampled_from(["information-request", "order", "closing"]),
        due_at=_MAYBE,
    ),
)
REQUEST_STEPS: Final = st.one_of(
    _fact("dsr.received", right=st.just("A15"), received_at=_MAYBE),
    _fact("dsr.acknowledged"),
    *(
        _fact(kind, notified_at=_MAYBE)
        for kind in (
            "dsr.identity_requested",
            "dsr.identity_verified",
            "dsr.clarification_requested",
            "dsr.clarified",
            "dsr.extended",
            "dsr.refused",
            "dsr.withdrawn",
        )
    ),
    _fact("dsr.fulfilled", notified_at=_MAYBE, partly=st.none() | st.booleans()),
)
INCIDENT_STEPS: Final = st.one_of(
    _fact("incident.signalled", source=st.just("siem")),
    _fact("incident.triaged", decision=st.sampled_from(["assessed", "escalated", "ruled-out"])),
    _fact(
        "incident.classified",
        regime=_REGIMES,
        incident_class=st.sampled_from(["significant", "minor", "exploited-vulnerability"]),
        aware_at=_MAYBE,
    ),
    _fact(
        "incident.reported",
        regime=_REGIMES,
        stage=st.sampled_from(
            ["early-warning", "notification", "intermediate", "progress", "final"]
        ),
        submitted_at=_MAYBE,
    ),
    _fact("incident.closed"),
)
_CASE_FIELDS: Final = {"breach": "breach_id", "incident": "incident_id", "dsr": "request_id"}
_LINKS: Final = {"breach.suspected": "incident_id", "incident.triaged": "breach_id"}


def steps_of(facts: Sequence[dict[str, Any]]) -> list[Step]:
    """The steps of one case, in the order of the world, each recorded at its place."""
    steps = []
    for place, fact in enumerate(facts):
        given = {name: value for name, value in fact.items() if value is not None}
        steps.append(step(place, given.pop("kind"), hour=given.pop("hour"), **given))
    return sorted(steps, key=lambda each: (each.event.occurred_at, each.index))


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Facts of two cases of each kind, in the order of recording; some take an earlier one back."""
    facts = draw(
        st.lists(st.one_of(BREACH_STEPS, REQUEST_STEPS, INCIDENT_STEPS), max_size=MOST_STEPS)
    )
    for place, fact in enumerate(facts):
        kind = fact["kind"]
        fact[_CASE_FIELDS[kind.partition(".")[0]]] = draw(st.sampled_from(["c-1", "c-2"]))
        if kind in _LINKS:
            fact[_LINKS[kind]] = draw(st.sampled_from([None, "c-1", "c-2"]))
        earlier = [each for each in range(place) if facts[each]["kind"] == kind]
        if earlier:
            fact["supersedes"] = draw(st.none() | st.sampled_from(earlier))
    return facts


def record_facts(ledger: Ledger, facts: Sequence[dict[str, Any]], start: int, stop: int) -> None:
    """Records a stretch of a history; the event at a place has the id of that place."""
    events = []
    for place in range(start, stop):
        fact = {name: value for name, value in facts[place].items() if value is not None}
        fact["occurred_at"] = hours(fact.pop("hour")).isoformat()
        fact["event_id"] = str(_id_of(ledger, place))
        if "supersedes" in fact:
            fact["supersedes"] = str(_id_of(ledger, fact["supersedes"]))
        events.append(event_from_mapping(fact))
    if events:
        ledger.record_many(events)


def _id_of(ledger: Ledger, place: int) -> UUID:
    return UUID(int=(ledger.log.log_id << 80) | (7 << 76) | (2 << 62) | place)
