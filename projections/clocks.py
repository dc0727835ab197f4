"""Every clock of a log at a moment: breaches, incidents, requests of data subjects.

Nothing here is stored. The same question as of and as known at the same moments gives the same
answer for ever, whatever was recorded since.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from ledger.events.subject_requests import RequestFields
from ledger.ledger import Ledger
from projections.cases.agreed_terms import agreed_terms, terms_of
from projections.cases.breach import BreachCase
from projections.cases.breach_clocks import breach_clocks
from projections.cases.breach_reading import breach_of
from projections.cases.clock import Clock
from projections.cases.incident_clocks import incident_clocks
from projections.cases.reading import CaseSteps, Moment, read_cases, with_linked
from projections.cases.request_clocks import request_clocks
from projections.cases.subject_request import SubjectRequest, fold_request
from projections.deadlines.rule_book import rule_book
from projections.policies import POLICIES, policy_history
from projections.snapshot import reader_at

_ANSWERS: Final = "received"
_REPORTS: Final = "suspected"
"""From which moment a promise runs: the receipt of a request, the suspicion of a breach."""

_LINKED: Final = {"breach": ["incident"]}
"""Cases of which kinds give signals to one kind."""


def clocks(
    ledger: Ledger,
    moment: Moment,
    *,
    zone: str,
    country: str = "NL",
    streams: Iterable[UUID] | None = None,
    case_kind: str | None = None,
    ended: bool = True,
    parameters: Mapping[str, bool] | None = None,
) -> list[Clock]:
    """Every clock, the one that is due first at the front; those without an end stand last.

    Args:
        ledger: The log.
        moment: As of when, and by what was known.
        zone: The zone of the duty-bearer.
        country: The country whose calendar it follows.
        streams: Only of these cases; of all, if not given.
        case_kind: Only of every `breach`, `incident` or `request`.
        ended: Whether requests that were answered count too; without them the answer is sooner
            there, and what is running is the same.
        parameters: What the duty-bearer is; see `incident_clocks`.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    wanted = None if streams is None else frozenset(streams)
    read = None if wanted is None else with_linked(ledger, moment, sorted(wanted))
    kinds = None if case_kind is None else {case_kind, *_LINKED.get(case_kind, ())}
    cases = read_cases(ledger, moment, streams=read, case_kinds=kinds, corrected=True, ended=ended)
    asked = [
        case
        for case in cases
        if (wanted is None or case.stream in wanted) and case_kind in {None, case.case_kind}
    ]
    return clocks_of(
        ledger,
        moment,
        cases,
        asked,
        zone=zone,
        country=country,
        ended=ended,
        parameters=parameters,
    )


def clocks_of(
    ledger: Ledger,
    moment: Moment,
    cases: Sequence[CaseSteps],
    asked: Iterable[CaseSteps],
    *,
    zone: str,
    country: str = "NL",
    ended: bool = True,
    parameters: Mapping[str, bool] | None = None,
) -> list[Clock]:
    """The clocks of cases that were read already, in the order of `clocks`.

    Args:
        ledger: The log, of which agreed and promised terms are read.
        moment: As of when, and by what was known.
        cases: With the steps that were taken back, and those that give signals to them.
        asked: Of which of them.
        zone: The zone of the duty-bearer.
        country: The country whose calendar it follows.
        ended: Whether requests that were answered count too.
        parameters: What the duty-bearer is; see `incident_clocks`.
    """
    by_stream = {case.stream: case for case in cases if case.stands}
    asked = [case for case in asked if case.stands]
    present = {case.case_kind for case in asked}
    terms = agreed_terms(ledger, moment) if "breach" in present else []
    promises = _promises(ledger, moment) if present & {"breach", "request"} else []
    found: list[Clock] = []
    now = moment.as_of
    for case in asked:
        stream = case.stream
        match case.case_kind:
            case "breach":
                breach = breach_of(case, by_stream)
                found += breach_clocks(
                    stream,
                    breach,
                    now,
                    zone=zone,
                    country=country,
                    controller_terms=terms_of(terms, breach),
                    promised=_promised_reports(promises, breach),
                )
            case "incident":
                steps = [step for step in case.steps if step.corrected_by is None]
                found += incident_clocks(
                    stream, steps, now, zone=zone, country=country, parameters=parameters
                )
            case _:
                request = fold_request(case.steps)
                if not ended and request.answered_at is not None and request.answered_at <= now:
                    continue
                answers = _promised_answers(promises, request)
                found += request_clocks(
                    stream, request, now, zone=zone, country=country, promised=answers
                )
    return sorted(found, key=_place)


def running(found: Iterable[Clock]) -> Iterator[Clock]:
    """What somebody still has to look at: clocks that lead and have not ended.

    A breach about which awareness is not decided yet is in it by its earliest moment.
    """
    return (clock for clock in found if clock.is_watched)


def read_request(
    ledger: Ledger, stream: UUID, moment: Moment, *, without: UUID | None = None
) -> SubjectRequest:
    """One request as it stood at a moment, with tokens for people.

    Args:
        ledger: The log.
        stream: Of the request.
        moment: Which steps count.
        without: A step by its event id, as if it had been taken back.
    """
    case = next(iter(read_cases(ledger, moment, streams=[stream])), None)
    return fold_request(case.without(without).steps if case is not None else ())


class _Promise(NamedTuple):
    """A statement that promises a term, and from when until when it is or was in force."""

    text_sha256: str
    since: datetime
    until: datetime | None
    organisation: str | None
    systems: frozenset[str]


def _promises(ledger: Ledger, moment: Moment) -> list[_Promise]:
    """Every version known of a statement that promises a term, in one question."""
    chosen = {"sha256": sorted({*_rules_from(_ANSWERS), *_rules_from(_REPORTS)})}
    with reader_at(ledger, POLICIES, moment.as_of, moment.known_size, chosen) as reader:
        rows = policy_history(reader)
    return [
        _Promise(
            row["text_sha256"],
            row["effective_from"],
            row["in_force_until"],
            row["organisation"],
            frozenset(row["applies_to"]),
        )
        for row in rows
    ]


def _promised_answers(promises: Sequence[_Promise], request: SubjectRequest) -> list[str]:
    """The rules of statements that promise a term for this request.

    A statement counts that was in force when the request was received, and that applies to the
    system that reported it or belongs to the controller that it names.
    """
    received = request.received
    if received is None or request.received_at is None:
        return []
    event = received.event
    controller = event.controller if isinstance(event, RequestFields) else None
    return _in_force(promises, _ANSWERS, request.received_at, event.system, controller)


def _promised_reports(promises: Sequence[_Promise], case: BreachCase) -> list[str]:
    """The rules of statements that promise a report of this suspicion, to whoever is concerned.

    A statement counts that was in force when the breach was suspected, and that applies to the
    system that reported it.
    """
    if case.suspicion is None:
        return []
    event = case.suspicion.event
    return _in_force(promises, _REPORTS, event.occurred_at, event.system, None)


def _in_force(
    promises: Sequence[_Promise],
    anchor: str,
    at: datetime,
    system: str | None,
    controller: str | None,
) -> list[str]:
    """The rules of the statements in force at a moment for a system, or for a controller."""
    rules = _rules_from(anchor)
    found = [
        rules[each.text_sha256]
        for each in promises
        if each.text_sha256 in rules
        and each.since <= at
        and (each.until is None or at < each.until)
        and (system in each.systems or (controller is not None and controller == each.organisation))
    ]
    return list(dict.fromkeys(found))


def _rules_from(anchor: str) -> Mapping[str, str]:
    """The rules that run from an anchor, by the SHA-256 of the statement that promises them."""
    newest = (versions[-1] for versions in rule_book().values())
    return {
        rule.statement_sha256: rule.id
        for rule in newest
        if rule.statement_sha256 is not None and rule.first_anchor.name == anchor
    }


def _place(clock: Clock) -> tuple[bool, datetime, str, str]:
    due = clock.due_at or clock.start.at
    return clock.due_at is None, due, str(clock.case), clock.rule_id
