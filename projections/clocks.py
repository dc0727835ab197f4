"""Every clock of a log at a moment: breaches, incidents, requests of data subjects.

Nothing here is stored. The same question as of and as known at the same moments gives the same
answer for ever, whatever was recorded since.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from ledger.events.processing_agreements import AgreementFields, DpaAmended, DpaConcluded
from ledger.events.subject_requests import RequestFields
from ledger.ledger import Ledger
from ledger.store.query import RecordQuery
from projections.cases.breach import BreachCase
from projections.cases.breach_clocks import breach_clocks
from projections.cases.breach_reading import read_breaches
from projections.cases.clock import Clock
from projections.cases.incident_clocks import incident_clocks
from projections.cases.reading import CaseSteps, Moment, read_cases
from projections.cases.request_clocks import request_clocks
from projections.cases.subject_request import SubjectRequest, fold_request
from projections.kinds import kind_names
from projections.policies import POLICIES, policies_in_force
from projections.snapshot import reader_at

PROMISED_ANSWERS: Final = {
    "2432a906ff10a3da75bacfc4f0cb4dd4a4a5224f09d591281436a990ae63901d": "inf-09",
}
"""Rules that promise an answer to a request, by the SHA-256 of the statement that promises it."""

PROMISED_REPORTS: Final = {
    "1285e863b402d2ff9eff28967ecb251607e59caffe80a5fa597fa60ad42c1ad1": "nxt-10",
}
"""Rules that promise a report of a suspected breach, likewise."""

_AGREEMENTS: Final = kind_names(DpaConcluded, DpaAmended)


def clocks(
    ledger: Ledger,
    moment: Moment,
    *,
    zone: str,
    country: str = "NL",
    streams: Iterable[UUID] | None = None,
) -> list[Clock]:
    """Every clock, the one that is due first at the front; those without an end stand last.

    Args:
        ledger: The log.
        moment: As of when, and by what was known.
        zone: The zone of the duty-bearer.
        country: The country whose calendar it follows.
        streams: Only of these cases; of all, if not given.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    wanted = None if streams is None else frozenset(streams)
    found: list[Clock] = []
    terms = controller_terms(ledger, moment)
    for stream, breach in read_breaches(ledger, moment):
        if wanted is None or stream in wanted:
            found += breach_clocks(
                stream,
                breach,
                moment.as_of,
                zone=zone,
                country=country,
                controller_terms=terms,
                promised=promised_reports(ledger, breach, moment),
            )
    for case in read_cases(ledger, moment):
        if wanted is not None and case.stream not in wanted:
            continue
        if case.case_kind == "incident":
            found += incident_clocks(
                case.stream, case.steps, moment.as_of, zone=zone, country=country
            )
        elif case.case_kind == "request":
            found += _of_request(ledger, case, moment, zone, country)
    return sorted(found, key=_place)


def running(found: Iterable[Clock]) -> Iterator[Clock]:
    """What somebody still has to look at: clocks that lead and have not ended.

    A breach about which awareness is not decided yet is in it by its earliest moment.
    """
    return (clock for clock in found if clock.is_watched)


def controller_terms(ledger: Ledger, moment: Moment) -> dict[str, timedelta]:
    """How soon each organisation must report a breach by the agreement that was made last."""
    found: dict[str, timedelta] = {}
    asked = RecordQuery(kinds=_AGREEMENTS, stop=moment.known_size)
    for record in ledger.open_records(ledger.log.find(asked)):
        event = record.event
        if not isinstance(event, AgreementFields) or event.occurred_at > moment.as_of:
            continue
        for party in event.parties if event.breach_notice_within is not None else ():
            if party.role in {"processor", "sub-processor"} and party.organisation is not None:
                found[party.organisation] = event.breach_notice_within or timedelta()
    return found


def read_request(
    ledger: Ledger, stream: UUID, moment: Moment
) -> tuple[SubjectRequest, CaseSteps | None]:
    """One request as it stood at a moment, with tokens for people."""
    case = next(iter(read_cases(ledger, moment, streams=[stream])), None)
    return fold_request(case.steps if case is not None else ()), case


def promised_answers(ledger: Ledger, request: SubjectRequest, moment: Moment) -> list[str]:
    """The rules of statements that promise a term for this request.

    A statement counts that was in force when the request was received, and that applies to the
    system that reported it or belongs to the controller that it names.
    """
    received = request.received
    if received is None or request.received_at is None:
        return []
    event = received.event
    controller = event.controller if isinstance(event, RequestFields) else None
    return _promised(
        ledger, moment, request.received_at, PROMISED_ANSWERS, (event.system, controller)
    )


def promised_reports(ledger: Ledger, case: BreachCase, moment: Moment) -> list[str]:
    """The rules of statements that promise a report of this suspicion, to whoever is concerned.

    A statement counts that was in force when the breach was suspected, and that applies to the
    system that reported it.
    """
    if case.suspicion is None:
        return []
    event = case.suspicion.event
    return _promised(ledger, moment, event.occurred_at, PROMISED_REPORTS, (event.system, None))


def _promised(
    ledger: Ledger,
    moment: Moment,
    at: datetime,
    rules: Mapping[str, str],
    named: tuple[str | None, str | None],
) -> list[str]:
    """The rules of the statements in force at a moment for a system, or for a controller."""
    system, controller = named
    with reader_at(ledger, POLICIES, at, moment.known_size) as reader:
        rows = policies_in_force(reader)
    return [
        rule
        for row in rows
        if (rule := rules.get(row["text_sha256"])) is not None and _applies(row, system, controller)
    ]


def _applies(row: dict[str, Any], system: str | None, controller: str | None) -> bool:
    by_system = system is not None and system in row["applies_to"]
    return by_system or (controller is not None and controller == row["organisation"])


def _of_request(
    ledger: Ledger, case: CaseSteps, moment: Moment, zone: str, country: str
) -> list[Clock]:
    request = fold_request(case.steps)
    return request_clocks(
        case.stream,
        request,
        moment.as_of,
        zone=zone,
        country=country,
        promised=promised_answers(ledger, request, moment),
    )


def _place(clock: Clock) -> tuple[bool, datetime, str, str]:
    due = clock.due_at or clock.start.at
    return clock.due_at is None, due, str(clock.case), clock.rule_id
