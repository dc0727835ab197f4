"""The clocks of a subject's request: the statutory one, and what a statement promised beside it.

Source: GDPR art. 12(3), 12(4) and 12(6).
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger.events.subject_requests import DsrWithdrawn
from projections.cases.clock import Clock, Done, Duty, Start, judged
from projections.cases.subject_request import SubjectRequest, told_at
from projections.deadlines import Anchor, compute

ANSWER: Final = "answer the request"
_STATUTORY: Final = "gdpr-12-3"
_WITHDRAWN: Final = "the request was withdrawn"


def request_clocks(
    stream: UUID,
    request: SubjectRequest,
    now: datetime,
    *,
    zone: str,
    country: str = "NL",
    promised: Collection[str] = (),
) -> list[Clock]:
    """Every clock of a request at a moment; the one that is due first leads.

    Args:
        stream: Of the request.
        request: Its state at that moment.
        now: The moment, aware.
        zone: The zone of the duty-bearer, on whose local dates days and months run.
        country: The country whose working days count.
        promised: Rules of statements that promise a term of their own, such as `inf-09`.
    """
    received_at, received = request.received_at, request.received
    if received is None or received_at is None:
        return []
    found = []
    for rule_id, anchors in _rules(request, received_at, promised):
        duty = Duty(
            case=stream,
            case_kind="request",
            duty=ANSWER,
            rule_id=rule_id,
            start=Start(name="received", at=received_at, index=received.index),
            done=_done(request),
            excused=_excuse(request),
        )
        found.append(judged(duty, compute(rule_id, anchors, zone=zone, country=country), now))
    return sorted(found, key=_due)


def _rules(
    request: SubjectRequest, received_at: datetime, promised: Collection[str]
) -> Iterator[tuple[str, dict[str, Anchor]]]:
    received = request.received
    event_id = None if received is None else received.event_id
    start = Anchor(at=received_at, event_id=event_id)
    statutory = {"received": start}
    if request.extended is not None:
        told = told_at(request.extended)
        statutory["extension_notified"] = Anchor(at=told, event_id=request.extended.event_id)
    identity = next((each for each in request.pauses if each.subject == "identity"), None)
    if identity is not None:
        statutory["identity_asked"] = Anchor(at=identity.asked_at)
        if identity.answered_at is not None:
            statutory["identity_confirmed"] = Anchor(at=identity.answered_at)
    yield _STATUTORY, statutory
    for rule_id in promised:
        yield rule_id, {"received": start}


def _done(request: SubjectRequest) -> Done | None:
    answered, at = request.answered, request.answered_at
    if answered is None or at is None or isinstance(answered.event, DsrWithdrawn):
        return None
    return Done(at, answered.index)


def _excuse(request: SubjectRequest) -> str | None:
    return _WITHDRAWN if request.outcome == "withdrawn" else None


def _due(clock: Clock) -> tuple[bool, float]:
    return clock.due_at is None, clock.due_at.timestamp() if clock.due_at is not None else 0
