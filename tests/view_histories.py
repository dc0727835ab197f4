"""Random histories for the laws of views: few entities, so that their events meet."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sqlalchemy import Engine

from ledger import founding
from ledger.ledger import Ledger
from ledger.store.engine import open_engine
from tests.histories import day, event, new_ledger

LAST_DAY: Final = 9
_DAYS: Final = st.integers(0, LAST_DAY)
_LATER: Final = st.none() | _DAYS.map(lambda on: day(on).isoformat())
PEOPLE: Final = ("person:anna", "person:bram")
_PEOPLE: Final = st.sampled_from(PEOPLE)
_RESOURCES: Final = st.sampled_from(["customer-file", "payroll"])
_GRANTS: Final = st.sampled_from(["G-1", "G-2"])
_ACTS: Final = st.lists(st.sampled_from(["read", "write"]), unique=True)
ADDRESSES: Final = ("ip:203.0.113.7", "ip:198.51.100.1")
_IPS: Final = st.sampled_from(ADDRESSES)
CUSTOMERS: Final = ("data-subject:customer:1", "data-subject:customer:2")
_CUSTOMERS: Final = st.sampled_from(CUSTOMERS)
_SYSTEMS: Final = st.none() | st.sampled_from(["crm", "web"])
_ORGANISATIONS: Final = st.sampled_from(["acme", "xential"])
MOST_EVENTS: Final = 14


def _fact(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), "on": _DAYS, **fields})


def _block(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return _fact(kind, block_id=st.sampled_from(["B-1", "B-2"]), ip=_IPS, **fields)


def _activity(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    uris = st.sampled_from(["urn:activity:a", "urn:activity:b"])
    return _fact(kind, processing_activity_id=uris, effective_from=_LATER, **fields)


def _officer(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    offices = st.none() | st.just("dpo-office")
    return _fact(
        kind, organisation=_ORGANISATIONS, officer=st.none() | _PEOPLE, office=offices, **fields
    )


def _agreement(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return _fact(kind, agreement_id=st.sampled_from(["A-1", "A-2"]), **fields)


def _sub_processor(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    countries = st.none() | st.sampled_from(["NL", "US"])
    return _agreement(kind, sub_processor=_ORGANISATIONS, country=countries, **fields)


def _party(role: str) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"role": st.just(role), "organisation": _ORGANISATIONS})


def _review(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return _fact(kind, review_id=st.just("R-1"), reviewer=st.none() | _PEOPLE, **fields)


_LINES: Final = st.sampled_from(["a" * 16, "b" * 16])
_ACTS_REGISTERED: Final = st.sampled_from([str(UUID(int=1)), str(UUID(int=2))])
_CONFIDENTIALITY: Final = st.sampled_from(["normal", "confidential", "lifted"])
PROCESSED: Final = st.one_of(
    _fact(
        "processing.performed",
        trace_id=st.sampled_from(["1" * 32, "2" * 32]),
        span_id=_LINES,
        parent_span_id=st.none() | _LINES,
        status=st.just("ok"),
        name=st.just("look up"),
        started_at=_DAYS.map(lambda on: day(on).isoformat()),
        ended_at=st.just(day(LAST_DAY).isoformat()),
        subject=st.none() | _CUSTOMERS,
        processing_activity_id=st.none() | st.just("urn:activity:a"),
    ),
    _fact(
        "processing.registered",
        action_id=_ACTS_REGISTERED,
        trace_id=st.just("1" * 32),
        span_id=_LINES,
        confidentiality=_CONFIDENTIALITY,
        shown_for=st.none() | st.just("P1Y"),
    ),
    _fact(
        "processing.terms_changed",
        action_id=_ACTS_REGISTERED,
        confidentiality=st.none() | _CONFIDENTIALITY,
        shown_for=st.none() | st.just("P2Y"),
    ),
    _fact("processing.withdrawn", action_id=_ACTS_REGISTERED),
)
"""Lines of two traces, and the terms of two acts."""

_CONTRACTS: Final = st.sampled_from(["C-1", "C-2"])
REASONS: Final = st.one_of(
    _fact(
        "identity.status_changed",
        person=_PEOPLE,
        status=st.sampled_from(["active", "left"]),
        organisation=st.none() | _ORGANISATIONS,
    ),
    _fact(
        "contract.started",
        contract_id=_CONTRACTS,
        customer_id=st.none() | _CUSTOMERS,
        parties=st.lists(_party("host"), max_size=1),
        valid_until=_LATER,
    ),
    _fact("contract.termination_notified", contract_id=_CONTRACTS, ends_at=_LATER),
    _fact("contract.ended", contract_id=_CONTRACTS, ended_at=_LATER),
    _fact(
        "organisation.registered",
        organisation=_ORGANISATIONS,
        roles=st.sampled_from([["host"], ["controller"]]),
    ),
)
"""Facts about why people have access, and how that ends."""

_REVIEWS: Final = st.one_of(
    _review("access.review_started", scope=st.sampled_from(["all", "organisation/acme"])),
    _review(
        "access.review_item_decided",
        grant_id=_GRANTS,
        decision=st.sampled_from(["keep", "change", "revoke"]),
    ),
    _review("access.review_completed"),
)


def _data(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return _fact(
        kind,
        dataset=st.none() | st.sampled_from(["crm", "crm/mail"]),
        file_id=st.none() | st.just("F-1"),
        customer_id=st.none() | _CUSTOMERS,
        contract_id=st.none() | _CONTRACTS,
        **fields,
    )


_DATA: Final = st.one_of(
    _data("data.stored", data_categories=st.sampled_from([[], ["access"]])),
    _data("data.deleted"),
    _data("deletion.verified", remaining_count=st.none() | st.integers(0, 1)),
    _fact("backup.expired", dataset=st.just("crm"), taken_at=_LATER),
    _fact("file.received", file_id=st.just("F-1"), customer_id=st.none() | _CUSTOMERS),
    _fact("file.processed", file_id=st.just("F-1")),
)
"""Facts about data of two customers in one dataset and one file."""

GRANTS: Final = st.one_of(
    _fact(
        "access.granted",
        grant_id=_GRANTS,
        grantee=_PEOPLE,
        resource=_RESOURCES,
        acts=_ACTS,
        valid_until=_LATER,
        granted_by=st.none() | _PEOPLE,
        grantee_organisation=st.none() | _ORGANISATIONS,
        contract_id=st.none() | _CONTRACTS,
    ),
    _fact(
        "access.modified",
        grant_id=_GRANTS,
        acts=_ACTS,
        valid_from=_LATER,
        granted_by=st.none() | _PEOPLE,
    ),
    _fact("access.revoked", grant_id=_GRANTS, grantee=st.none() | _PEOPLE),
    _fact(
        "access.used",
        grant_id=st.none() | _GRANTS,
        actor=_PEOPLE,
        resource=_RESOURCES,
        act=st.none() | st.sampled_from(["read", "write"]),
        purpose=st.none() | st.just("support"),
        processing_activity_id=st.none() | st.just("urn:activity:a"),
        system=_SYSTEMS,
    ),
    _fact("log.correction_recorded", corrected=st.integers(0, MOST_EVENTS - 1)),
)
"""Facts about two grants, two people, and what corrections say of either."""

FACTS: Final = st.one_of(
    GRANTS,
    _block("ip.blocked", until=_LATER),
    _block("ip.unblocked"),
    _fact("intrusion.attempt_detected", ip=_IPS, system=_SYSTEMS),
    _fact("ip.recorded", ip=_IPS, system=_SYSTEMS),
    _fact(
        "policy.published",
        policy_id=st.just("privacy"),
        text_sha256=st.sampled_from(["a" * 64, "b" * 64]),
        effective_from=_LATER,
    ),
    _fact(
        "policy.withdrawn",
        policy_id=st.just("privacy"),
        text_sha256=st.none() | st.just("a" * 64),
    ),
    _activity(
        "processing_activity.registered",
        role=st.just("controller"),
        officer=st.none() | _PEOPLE,
    ),
    _activity("processing_activity.amended", role=st.just("processor")),
    _activity("processing_activity.retired"),
    _fact(
        "organisation.registered",
        organisation=_ORGANISATIONS,
        country=st.none() | st.just("NL"),
    ),
    _fact("organisation.amended", organisation=_ORGANISATIONS, roles=st.just(["processor"])),
    _officer("dpo.designated", effective_from=_LATER),
    _officer("dpo.designation_ended"),
    _agreement("dpa.concluded", signed_by=st.lists(_PEOPLE, max_size=2), valid_until=_LATER),
    _agreement("dpa.amended", valid_from=_LATER, items=st.just(["audits"])),
    _agreement("dpa.ended", ended_at=_LATER),
    _sub_processor("sub_processor.proposed", objection_due=_LATER),
    _sub_processor(
        "sub_processor.approved", approved_by=st.none() | _PEOPLE, effective_from=_LATER
    ),
    _sub_processor("sub_processor.objected", objected_by=st.none() | _PEOPLE),
    _sub_processor("sub_processor.engaged", effective_from=_LATER),
    _sub_processor("sub_processor.removed", effective_from=_LATER),
    _fact(
        "exchange.performed",
        direction=st.sampled_from(["in", "out"]),
        exchange_kind=st.just("sync"),
        sender=_party("processor"),
        recipient=_party("controller"),
        size_bytes=st.none() | st.integers(0, 99),
        system=_SYSTEMS,
    ),
    _fact(
        "exchange.performed",
        direction=st.just("in"),
        exchange_kind=st.just("sync"),
        sender_person=_PEOPLE,
        recipient=_party("controller"),
    ),
    _fact(
        "legal_hold.placed",
        hold_id=st.sampled_from(["H-1", "H-2"]),
        person=_PEOPLE,
        kinds=st.just(["system.registered"]),
        decided_by=st.none() | _PEOPLE,
        valid_until=st.just("2026-01-02T00:00:00Z"),
    ),
    _fact("legal_hold.released", hold_id=st.just("H-1"), decided_by=st.none() | _PEOPLE),
    _fact(
        "retention.rule_set",
        rule_id=st.sampled_from(["r-1", "r-2"]),
        category=st.just("access"),
        period=st.sampled_from(["P1M", "P1Y"]),
        customer_id=st.none() | _CUSTOMERS,
        effective_from=_LATER,
    ),
    _fact("breach.suspected", breach_id=st.just("L-1"), incident_id=st.none() | st.just("I-1")),
    _fact("system.registered", system_id=st.just("crm"), organisation=_ORGANISATIONS),
    _fact("system.retired", system_id=st.just("crm")),
    _fact(
        "log.source_coverage_declared",
        source=st.just("crm"),
        covered_from=st.just("2026-01-03T00:00:00Z"),
    ),
    _fact("contact.requested", channel=st.just("phone"), system=_SYSTEMS),
    REASONS,
    _REVIEWS,
    _DATA,
    PROCESSED,
)
"""Facts about few entities, so that they meet: late, twice, out of order, about what nobody saw."""


@st.composite
def histories(
    draw: st.DrawFn, kinds: SearchStrategy[dict[str, Any]] = FACTS, at_least: int = 1
) -> list[dict[str, Any]]:
    """Facts with places in the list for whatever they take back, before or after themselves."""
    facts = draw(st.lists(kinds, min_size=at_least, max_size=MOST_EVENTS))
    for fact in facts:
        if draw(st.integers(0, 3)) == 0:
            fact["supersedes"] = draw(st.integers(0, MOST_EVENTS - 1))
    return facts


_NUMBERS: Final[Iterator[int]] = count()


@cache
def _shared_engine(database: str, *, create: bool) -> Engine:
    return open_engine(database, create=create)


def random_ledger(folder: Path) -> Ledger:
    """A new log in a database that all examples share.

    They share its engine too, which remembers statements that were compiled: each example asks
    hundreds, and compiling them anew would take longer than answering.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(founding, "open_engine", _shared_engine)
        return new_ledger(f"sqlite:///{folder / 'zegel.db'}", folder, f"log-{next(_NUMBERS)}")


def record_stretch(
    ledger: Ledger, history: Sequence[dict[str, Any]], start: int, stop: int
) -> None:
    """Records a stretch of a history; the event at a place has the id of that place."""
    events = []
    for place in range(start, stop):
        fact = {name: value for name, value in history[place].items() if value is not None}
        for pointer, name in (("supersedes", "supersedes"), ("corrected", "corrected_event_id")):
            if pointer in fact:
                fact[name] = str(_id_of(ledger, fact.pop(pointer)))
        fact["event_id"] = str(_id_of(ledger, place))
        events.append(event(fact.pop("kind"), fact.pop("on"), **fact))
    if events:
        ledger.record_many(events)


def _id_of(ledger: Ledger, place: int) -> UUID:
    return UUID(int=(ledger.log.log_id << 80) | (7 << 76) | (2 << 62) | place)
