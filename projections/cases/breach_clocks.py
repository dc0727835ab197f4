"""The clocks of a breach: what is due to whom, from every moment that could start one.

Source: GDPR art. 33(1), 33(2), 33(4) and 34; EDPB Guidelines 9/2022 §II.A (candidates).
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from ledger.events.breach import BreachAssessed
from ledger.events.breach_notices import (
    Addressee,
    BreachAuthorityNotified,
    BreachAuthorityResponded,
    BreachNotificationDecided,
)
from projections.cases.breach import BreachCase, Candidate, notified_at
from projections.cases.clock import Clock, Done, Duty, Start, judged, judged_term
from projections.cases.reading import Step
from projections.deadlines import Anchor, DeadlineResult, compute

TELL_AUTHORITY: Final = "tell the authority"
TELL_PEOPLE: Final = "tell the people concerned"
TELL_CONTROLLER: Final = "tell the controller"
COMPLETE_NOTICE: Final = "complete the notice"
ANSWER_AUTHORITY: Final = "answer the authority"

_AUTHORITY_RULE: Final = "gdpr-33-1"
AUTHORITY_TERM: Final = "authority-term"
"""Instead of a rule: the authority named the end itself."""
_RULED_OUT: Final = "ruled out: there was no breach"
_NOT_OF_THE_CONTROLLER: Final = frozenset({"processor-aware"})
"""A processor's awareness starts its duty to the controller, not the clock of art. 33(1)."""


def breach_clocks(
    stream: UUID,
    case: BreachCase,
    now: datetime,
    *,
    zone: str,
    country: str = "NL",
    controller_terms: Mapping[str, timedelta] | None = None,
    promised: Collection[str] = (),
) -> list[Clock]:
    """Every clock of a breach at a moment, those that lead before those for comparison.

    Args:
        stream: Of the breach.
        case: Its state at that moment, with the candidates that were taken back.
        now: The moment, aware.
        zone: The zone of the duty-bearer.
        country: The country whose calendar it follows.
        controller_terms: How soon each processor must report by its agreement, by organisation.
        promised: Rules of statements that promise a report of each suspicion, such as `nxt-10`.
    """
    found = [
        *_authority(stream, case, now, zone, country),
        *_people(stream, case, now, zone, country),
        *_controller(stream, case, now, zone, country, controller_terms or {}),
        *_promised(stream, case, now, zone, country, promised),
        *_phases(stream, case, now, zone, country),
        *_orders(stream, case, now),
    ]
    return sorted(found, key=lambda clock: not clock.start.leads)


def authority_due_at(case: BreachCase, zone: str) -> datetime | None:
    """When the notice to the authority is due, strictly; `None` while nobody is aware."""
    if case.aware_at is None:
        return None
    found = compute(_AUTHORITY_RULE, {"aware": Anchor(at=case.aware_at)}, zone=zone)
    return found.due_at if isinstance(found, DeadlineResult) else None


def _authority(
    stream: UUID, case: BreachCase, now: datetime, zone: str, country: str
) -> Iterator[Clock]:
    told = case.told_authority
    done = None if told is None else _done(told)
    for start in _starts(case):
        duty = Duty(
            case=stream,
            case_kind="breach",
            duty=TELL_AUTHORITY,
            rule_id=_AUTHORITY_RULE,
            start=start,
            done=done,
            excused=_excuse(case, "authority"),
        )
        anchors = {"aware": Anchor(at=start.at)}
        yield judged(duty, compute(duty.rule_id, anchors, zone=zone, country=country), now)


def _starts(case: BreachCase) -> Iterator[Start]:
    """The moment of awareness in force, then every other one that would have come earlier.

    A moment that was taken back is shown whenever it was; without a decision all are, and none
    leads. For a processor none leads either: the controller tells the authority, and its own 72
    hours run from when it was told.
    """
    in_force = case.aware_at
    processor = case.acts_as_processor
    undecided = in_force is None and not processor
    for each in case.candidates:
        if each.anchor in _NOT_OF_THE_CONTROLLER:
            continue
        stands = each.corrected_by is None
        decided = each.anchor == "aware" and each.at == in_force and stands
        earlier = in_force is None or each.at < in_force or not stands
        if decided or earlier or (processor and each.anchor == "controller-informed"):
            yield _start(each, leads=decided and not processor, undecided=undecided and stands)
            undecided = undecided and not stands


def _start(candidate: Candidate, *, leads: bool, undecided: bool = False) -> Start:
    return Start(
        name=candidate.anchor,
        at=candidate.at,
        index=candidate.index,
        leads=leads,
        corrected_by=candidate.corrected_by,
        undecided=undecided,
    )


def _people(
    stream: UUID, case: BreachCase, now: datetime, zone: str, country: str
) -> Iterator[Clock]:
    high = next(
        (
            step
            for step in case.assessments
            if isinstance(step.event, BreachAssessed) and step.event.risk == "high"
        ),
        None,
    )
    if high is None or case.risk != "high":
        return
    told = case.notices_to("subjects")
    duty = Duty(
        case=stream,
        case_kind="breach",
        duty=TELL_PEOPLE,
        rule_id="gdpr-34",
        start=Start(name="high-risk", at=high.event.occurred_at, index=high.index),
        done=_done(told[0]) if told else None,
        excused=_excuse(case, "subjects"),
    )
    anchors = {"high_risk_decided": Anchor(at=duty.start.at, event_id=high.event_id)}
    yield judged(duty, compute(duty.rule_id, anchors, zone=zone, country=country), now)


def _controller(  # noqa: PLR0917 - where and when, as everywhere here
    stream: UUID,
    case: BreachCase,
    now: datetime,
    zone: str,
    country: str,
    terms: Mapping[str, timedelta],
) -> Iterator[Clock]:
    known = [each for each in case.candidates if each.anchor == "processor-aware"]
    if not known:
        return
    done = _controller_told(case)
    excused = _excuse(case, "controller")
    processor = case.facts.get("processor", (getattr(_event(case), "processor", None), 0))[0]
    first = next((each for each in known if each.corrected_by is None), None)
    for candidate in known:
        start = _start(candidate, leads=candidate is first)
        duty = Duty(
            case=stream,
            case_kind="breach",
            duty=TELL_CONTROLLER,
            rule_id="gdpr-33-2",
            start=start,
            done=done,
            excused=excused,
        )
        anchors = {"processor_aware": Anchor(at=start.at)}
        yield judged(duty, compute(duty.rule_id, anchors, zone=zone, country=country), now)
        term = terms.get(str(processor))
        if term is not None:
            agreed = Duty(
                case=stream,
                case_kind="breach",
                duty=TELL_CONTROLLER,
                rule_id="contract-hours",
                start=start,
                done=done,
                excused=excused,
            )
            hours = -(-term // timedelta(hours=1))
            computed = compute(
                "contract-hours",
                {"started": Anchor(at=start.at)},
                zone=zone,
                country=country,
                parameters={"hours": hours},
            )
            yield judged(agreed, computed, now)


def _promised(  # noqa: PLR0917 - where and when, as everywhere here
    stream: UUID,
    case: BreachCase,
    now: datetime,
    zone: str,
    country: str,
    promised: Collection[str],
) -> Iterator[Clock]:
    if case.suspicion is None:
        return
    done = _controller_told(case)
    at = case.suspicion.event.occurred_at
    for rule_id in promised:
        duty = Duty(
            case=stream,
            case_kind="breach",
            duty=TELL_CONTROLLER,
            rule_id=rule_id,
            start=Start(name="suspected", at=at, index=case.suspicion.index),
            done=done,
            excused=_excuse(case, "controller"),
        )
        anchors = {"suspected": Anchor(at=at, event_id=case.suspicion.event_id)}
        yield judged(duty, compute(rule_id, anchors, zone=zone, country=country), now)


def _phases(
    stream: UUID, case: BreachCase, now: datetime, zone: str, country: str
) -> Iterator[Clock]:
    """How long items of art. 33(3) have been open since the first notice."""
    told, first = case.notices_to("authority"), case.told_authority
    if first is None:
        return
    open_items = case.open_items()
    duty = Duty(
        case=stream,
        case_kind="breach",
        duty=f"{COMPLETE_NOTICE}: {', '.join(open_items)}" if open_items else COMPLETE_NOTICE,
        rule_id="gdpr-33-4",
        start=Start(name="notified", at=notified_at(first), index=first.index),
        done=None if open_items else _done(_completing(told)),
        excused=_excuse(case, "authority"),
    )
    anchors = {"notified": Anchor(at=duty.start.at, event_id=first.event_id)}
    yield judged(duty, compute(duty.rule_id, anchors, zone=zone, country=country), now)


def _completing(told: tuple[Step, ...]) -> Step:
    """The notice with which the last item of art. 33(3) was told."""
    missing = set(BreachCase(status="aware").open_items())
    for step in told:
        if isinstance(step.event, BreachAuthorityNotified):
            missing -= set(step.event.content)
        if not missing:
            return step
    return told[-1]


def _orders(stream: UUID, case: BreachCase, now: datetime) -> Iterator[Clock]:
    """Terms that the authority set itself: a question is answered to it, an order to the people."""
    for step in case.responses:
        event = step.event
        if not isinstance(event, BreachAuthorityResponded) or event.due_at is None:
            continue
        asked = (event.occurred_at, step.index)
        addressee: Addressee = "subjects" if event.response == "order" else "authority"
        later = [
            notice
            for notice in case.notices_to(addressee)
            if (notified_at(notice), notice.index) > asked
        ]
        duty = Duty(
            case=stream,
            case_kind="breach",
            duty=f"{ANSWER_AUTHORITY}: {event.response}",
            rule_id=AUTHORITY_TERM,
            start=Start(name="asked", at=event.occurred_at, index=step.index),
            done=_done(later[0]) if later else None,
            excused=_file_closed(case, asked),
        )
        yield judged_term(duty, event.due_at, now)


def _file_closed(case: BreachCase, asked: tuple[datetime, int]) -> str | None:
    """Why an authority that asked waits for nothing any more."""
    for step in case.responses:
        ended = getattr(step.event, "response", None) == "closing"
        if ended and (step.event.occurred_at, step.index) > asked:
            return f"the authority closed its file (record {step.index})"
    return None


def _controller_told(case: BreachCase) -> Done | None:
    """When the controller heard first: by a notice, or as a step of its own case says."""
    heard = next(
        (
            each
            for each in case.candidates
            if each.anchor == "controller-informed" and each.corrected_by is None
        ),
        None,
    )
    return None if heard is None else Done(heard.at, heard.index)


def _done(step: Step) -> Done:
    return Done(notified_at(step), step.index)


def _event(case: BreachCase) -> object:
    return None if case.suspicion is None else case.suspicion.event


def _excuse(case: BreachCase, addressee: Addressee) -> str | None:
    if case.ruled_out is not None:
        return _RULED_OUT
    decided = case.decisions.get(addressee)
    event = None if decided is None else decided.event
    if isinstance(event, BreachNotificationDecided) and not event.notify:
        return f"decided not to, on the ground {event.ground or 'none given'}"
    return None
