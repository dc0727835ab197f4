"""What a caller may record, and what it may say was wrong."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from ledger.errors import MalformedEvent, NotAuthorised
from ledger.events import KINDS, Event, event_from_mapping
from ledger.own_records import ADMINISTRATION, OWN_KINDS
from projections.processing.line_ids import line_id
from service.access.caller import Caller
from service.context import Context
from service.intake.appending import append
from tests.served import ORIGIN

RECORDER = Caller("person:recorder@test", is_program=True, roles=frozenset({"recorder"}))
BOUND = replace(RECORDER, systems=frozenset({"web-1"}))
DPO = Caller("person:dpo@test", is_program=False, roles=frozenset({"dpo"}))
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def event(kind: str, **values: object) -> Event:
    return event_from_mapping(
        {
            "kind": kind,
            "event_id": str(uuid4()),
            "occurred_at": "2026-11-22T09:00:00Z",
            **values,
        }
    )


def appended(context: Context, caller: Caller, *events: Event) -> None:
    asyncio.run(append(context, caller, events))


def used(**values: object) -> Event:
    return event("access.used", resource="case-file", **values)


def line(system: str = "web-1") -> Event:
    return event(
        "processing.performed",
        system=system,
        trace_id=TRACE,
        span_id=SPAN,
        status="ok",
        name="look up",
        started_at="2026-11-22T09:00:00Z",
        ended_at="2026-11-22T09:00:01Z",
    )


def terms(kind: str = "processing.terms_changed", **values: object) -> Event:
    return event(kind, system="web-1", action_id=str(line_id(ORIGIN, TRACE, SPAN)), **values)


def takes_back(known: Event, **values: object) -> list[Event]:
    """Both ways to say that an event was wrong."""
    return [
        event("log.correction_recorded", corrected_event_id=str(known.event_id), **values),
        used(supersedes=str(known.event_id), **values),
    ]


OWN: dict[str, dict[str, object]] = {
    "log.read": {"question": "everything", "records": 1, "actor": "person:jan"},
    "log.verified": {"tree_size": 1, "root_sha256": "a" * 64},
    "log.conflict_recorded": {
        "reused_event_id": str(uuid4()),
        "first_index": 0,
        "refused_kind": "access.used.v1",
    },
}


@pytest.mark.parametrize("kind", OWN)
def test_nobody_tells_what_the_log_did(context: Context, kind: str) -> None:
    """A program could say that somebody was shown identities, or that the log was verified."""
    for caller in (RECORDER, DPO):
        with pytest.raises(MalformedEvent, match="log's own"):
            appended(context, caller, event(kind, system="web-1", **OWN[kind]))
    assert context.ledger.head().size == 0


def test_what_only_the_log_tells_is_of_the_vocabulary() -> None:
    """A kind that is spelled wrong would be taken from anybody."""
    assert set(KINDS) > OWN_KINDS


def test_what_the_log_said_is_not_taken_back(context: Context) -> None:
    """A program could make the grant of a role vanish from every view."""
    grant = event(
        "access.granted",
        system=ADMINISTRATION,
        grant_id="role-1",
        grantee="person:jan",
        resource="zegel/service",
    )
    context.ledger.record_own(grant)
    for each in takes_back(grant):
        for caller in (RECORDER, DPO):
            with pytest.raises(MalformedEvent, match="log's own"):
                appended(context, caller, each)
    assert context.ledger.head().size == 1


def test_what_was_decided_is_taken_back_by_who_may_decide(context: Context) -> None:
    """An event of any kind that supersedes a decision could undo it with a key for facts."""
    policy = event(
        "policy.published",
        policy_id="ragiox-privacy",
        version="1",
        organisation="ragiox",
        text_sha256="a" * 64,
    )
    appended(context, DPO, policy)
    for each in takes_back(policy):
        with pytest.raises(NotAuthorised, match="decide"):
            appended(context, RECORDER, each)
        appended(context, DPO, each)


def test_a_caller_of_one_system_takes_back_its_own_facts_only(context: Context) -> None:
    """A key of one system could wipe what another one reported out of every view."""
    theirs, nobodys, mine = used(system="web-2"), used(), used(system="web-1")
    appended(context, RECORDER, theirs, nobodys, mine)
    for known in (theirs, nobodys):
        for each in takes_back(known, system="web-1"):
            with pytest.raises(NotAuthorised, match="expected one of web-1"):
                appended(context, BOUND, each)
    for each in takes_back(mine):
        appended(context, BOUND, each)


def test_who_sees_an_act_is_decided_by_who_may(context: Context) -> None:
    """What the writing interface keeps confidential could be opened by another way in."""
    appended(context, BOUND, line(), terms(shown_for="P5Y"))
    with pytest.raises(NotAuthorised, match="decide"):
        appended(context, BOUND, terms(confidentiality="confidential"))
    hidden = terms(confidentiality="confidential")
    appended(context, DPO, hidden)
    registered = terms(
        "processing.registered", trace_id=TRACE, span_id=SPAN, confidentiality="normal"
    )
    for each in (
        terms(confidentiality="lifted"),
        terms(shown_for="P1Y"),
        terms("processing.withdrawn"),
        registered,
        *takes_back(hidden),
    ):
        with pytest.raises(NotAuthorised, match="decide"):
            appended(context, BOUND, each)


def test_an_act_of_another_system_is_left_alone(context: Context) -> None:
    """A key of one system could withdraw what another one did."""
    appended(context, RECORDER, line("web-2"))
    for each in (terms("processing.withdrawn"), terms(shown_for="P1Y")):
        with pytest.raises(NotAuthorised, match="found web-2"):
            appended(context, BOUND, each)
