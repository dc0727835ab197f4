"""Random facts about few people and cases that the promises of two statements judge."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from formats.statement_file import publication_events, read_statement_file
from ledger.ledger import Ledger
from tests.histories import day, event
from tests.promises.judging import STATEMENTS

SYSTEMS: Final = ("infactor-web", "ragiox-gold")
FIRST: Final = 1
LAST: Final = 9
_ON: Final = st.integers(FIRST, LAST)
_UNTIL: Final = st.none() | st.integers(2, LAST + 1).map(lambda on: day(on).isoformat())
_CUSTOMERS: Final = st.sampled_from(["data-subject:CUSTOMER:1", "data-subject:CUSTOMER:2"])
_MAYBE_CUSTOMER: Final = st.none() | _CUSTOMERS
_PEOPLE: Final = st.sampled_from(["person:anna", "person:bram"])
_IPS: Final = st.sampled_from(["ip:203.0.113.7", "ip:198.51.100.1"])
_DETECTORS: Final = st.none() | st.sampled_from(["sshd", "fail2ban"])
_CASES: Final = st.none() | st.sampled_from(["CASE-1", "CASE-2"])
_PURPOSES: Final = st.none() | st.sampled_from(["reporting", "contract", "marketing"])


def _fact(kind: str, system: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"kind": st.just(kind), "on": _ON, "system": st.just(system), **fields}
    )


def _web(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return _fact(kind, "infactor-web", **fields)


def _gold(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return _fact(kind, "ragiox-gold", **fields)


def _consent(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return _gold(
        kind,
        consent_id=st.sampled_from(["C-1", "C-2"]),
        subject=_MAYBE_CUSTOMER,
        case_id=_CASES,
        **fields,
    )


def _request(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    systems = st.sampled_from(SYSTEMS)
    request = st.sampled_from(["R-1", "R-2"])
    return st.fixed_dictionaries(
        {"kind": st.just(kind), "on": _ON, "system": systems, "request_id": request, **fields}
    )


_SCOPE: Final = st.fixed_dictionaries(
    {"purposes": st.just(["reporting"]), "recipients": st.just(["advies"])}
)
PROMISED: Final = st.one_of(
    _gold(
        "exchange.performed",
        direction=st.just("out"),
        exchange_kind=st.just("disclosure"),
        recipient=st.fixed_dictionaries(
            {"role": st.just("third-party"), "organisation": st.just("advies")}
        ),
        recipient_person=st.none() | _PEOPLE,
        case_id=_CASES,
        customer_id=_MAYBE_CUSTOMER,
        content_classes=st.sampled_from([[], ["report"]]),
        purpose=_PURPOSES,
    ),
    _gold(
        "exchange.performed",
        direction=st.just("in"),
        exchange_kind=st.just("sync"),
        content_classes=st.sampled_from([[], ["status"], ["documents"]]),
        size_bytes=st.none() | st.sampled_from([10, 600_000, 4_100_000]),
    ),
    _consent(
        "consent.given",
        form=st.sampled_from(["written", "oral"]),
        explicit=st.just(value=True),
        scope=st.none() | _SCOPE,
        valid_until=_UNTIL,
    ),
    _consent("consent.withdrawn"),
    _gold(
        "certification.granted",
        certificate_id=st.sampled_from(["K-1", "K-2"]),
        person=_PEOPLE,
        document=st.just("report-interpretation"),
        granted_by=st.just("ragiox"),
        valid_until=_UNTIL,
        role=st.none() | st.just("first-contact"),
    ),
    _gold("certification.revoked", certificate_id=st.just("K-1"), person=_PEOPLE),
    _gold(
        "access.granted",
        grant_id=st.sampled_from(["G-1", "G-2"]),
        grantee=_PEOPLE,
        resource=st.just("customer-file"),
        valid_until=_UNTIL,
    ),
    _gold("access.revoked", grant_id=st.just("G-1")),
    _gold(
        "access.used",
        actor=st.none() | _PEOPLE,
        actor_organisation=st.none() | st.just("ragiox"),
        resource=st.just("customer-file"),
        customer_id=_MAYBE_CUSTOMER,
        purpose=_PURPOSES,
    ),
    _gold(
        "acknowledgement.recorded",
        person=_PEOPLE,
        document=st.sampled_from(["efpa-guidelines", "professional-code"]),
    ),
    _gold(
        "contract.ended", contract_id=st.sampled_from(["L-1", "L-2"]), customer_id=_MAYBE_CUSTOMER
    ),
    _gold("data.deleted", scope=st.just("customer-file"), customer_id=_MAYBE_CUSTOMER),
    _request("dsr.received", right=st.sampled_from(["A15", "A17"])),
    _request("dsr.acknowledged"),
    _request("dsr.fulfilled"),
    _request("dsr.withdrawn"),
    _web(
        "intrusion.attempt_detected",
        ip=_IPS,
        attempts=st.none() | st.just(2),
        detector=_DETECTORS,
    ),
    _web("ip.recorded", ip=_IPS),
    _web(
        "contact.performed",
        channel=st.sampled_from(["phone", "letter"]),
        person=st.none() | _PEOPLE,
        contact_outcome=st.sampled_from(["reached", "not-reached"]),
        purpose=_PURPOSES,
    ),
    _web("contact.requested", channel=st.just("phone"), person=_PEOPLE),
    _web(
        "data.stored",
        customer_id=_MAYBE_CUSTOMER,
        data_categories=st.sampled_from([["contact-data"], ["identity-data"]]),
        subject_categories=st.sampled_from([[], ["staff"], ["customers"]]),
    ),
    _web("incident.signalled", incident_id=st.just("I-1"), source=st.just("customer")),
    _web("incident.triaged", incident_id=st.just("I-1")),
    _web("incident.closed", incident_id=st.just("I-1")),
    _web(
        "measure.declared",
        measure_id=st.just("tls"),
        measure=st.just("tls"),
        scope=st.just("website"),
        organisation=st.just("infactor"),
        state=st.just("active"),
        valid_from=st.none() | st.just(day(-1).isoformat()),
    ),
    _web(
        "measure.failed",
        measure_id=st.just("tls"),
        measure=st.just("tls"),
        scope=st.just("website"),
    ),
)
"""They meet: one consent for two exchanges, answers before questions, grants after their use."""


def _decided(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), "on": _ON, **fields})


_FROM: Final = st.none() | st.integers(0, 5).map(lambda on: day(on).isoformat())
_POLICIES: Final = st.sampled_from(["ragiox-privacy", "infactor-privacy"])
DECIDED: Final = st.one_of(
    _decided(
        "promise.parameter_set",
        promise_id=st.just("INF-08"),
        params=st.sampled_from(
            [
                [{"name": "attempts", "value": 3}],
                [{"name": "window", "value": 2, "unit": "days"}],
                [{"name": "window", "value": "long"}],
                [{"name": "attempts", "value": -1}],
            ]
        ),
        effective_from=_FROM,
    ),
    _decided(
        "promise.waived",
        promise_id=st.sampled_from(["INF-08", "RAG-01", "RAG-03", "INF-11", "INF-10"]),
        effective_from=_FROM,
        effective_until=st.none() | st.integers(6, LAST + 1).map(lambda on: day(on).isoformat()),
    ),
    _decided(
        "promise.interpretation_decided",
        promise_id=st.just("RAG-06"),
        reading=st.sampled_from(["megabyte", "megabit", "neither"]),
        effective_from=_FROM,
    ),
    _decided(
        "policy.withdrawn",
        policy_id=_POLICIES,
        text_sha256=st.none() | st.just("a" * 64),
        effective_from=_FROM,
    ),
    _decided(
        "policy.published",
        policy_id=_POLICIES,
        text_sha256=st.just("a" * 64),
        effective_from=_FROM,
    ),
)
"""What the officer decides about those promises, often of a time before: the statements, too."""


def publish(ledger: Ledger) -> None:
    """Publishes both statements and says that their systems are connected."""
    for system in SYSTEMS:
        path = STATEMENTS / f"{system}.yaml"
        file = read_statement_file(path.read_bytes(), path.name)
        ledger.record_many(publication_events(file, None, occurred_at=day(0)))
        covered = {"source": system, "covered_from": day(-1).isoformat()}
        ledger.record(event("log.source_coverage_declared", 0, **covered))
