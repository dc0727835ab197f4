"""InFactor: access to a customer's machine for one repair, and the rule for repeat intruders."""

from typing import Final

from cli.demo.fact import Chapter, Fact, at, fact

SYSTEM: Final = "infactor-web"
_MECHANIC: Final = "person:t.mulder@infactor.example"
_CUSTOMER: Final = "data-subject:customer:1187"


def chapter() -> Chapter:
    """A repair that was asked for, a request answered in a week, twice within 24 hours."""
    return Chapter(
        title="InFactor: access for one repair, a request within a week",
        opening="The customer grants access for a repair; a rule for intruders is set.",
        facts=(*_repair(), *_request(), _rule()),
        shown=(
            "access.granted",
            "access.used",
            "dsr.received",
            "dsr.fulfilled",
            "promise.parameter_set",
        ),
    )


def _repair() -> list[Fact]:
    grant: Fact = {"grant_id": "INF-44", "resource": "customer-server", "system": SYSTEM}
    return [
        fact(
            "contract.started",
            "2025-10-01 09:00",
            contract_id="INF-SLA-9",
            contract_kind="service-level-agreement",
            customer_id=_CUSTOMER,
            acts=["remote-repair"],
        ),
        fact(
            "access.requested",
            "2025-10-06 08:30",
            grantee=_MECHANIC,
            acts=["remote-repair"],
            contract_id="INF-SLA-9",
            **grant,
        ),
        fact(
            "access.granted",
            "2025-10-06 08:45",
            grantee=_MECHANIC,
            grantee_organisation="infactor",
            acts=["remote-repair"],
            valid_from=at("2025-10-06 08:45"),
            valid_until=at("2025-10-06 18:00"),
            contract_id="INF-SLA-9",
            **grant,
        ),
        fact(
            "access.used",
            "2025-10-06 09:05",
            actor=_MECHANIC,
            actor_kind="person",
            act="remote-repair",
            auth_method="public-key",
            purpose="contract",
            customer_id=_CUSTOMER,
            **grant,
        ),
        fact("access.revoked", "2025-10-06 11:40", grantee=_MECHANIC, **grant),
    ]


def _request() -> list[Fact]:
    request: Fact = {
        "request_id": "DSR-5",
        "subject": _CUSTOMER,
        "controller": "infactor",
        "channel": "email",
    }
    return [
        fact(
            "dsr.received",
            "2025-11-03 10:00",
            right="A15",
            received_at=at("2025-11-03 10:00"),
            **request,
        ),
        fact("dsr.fulfilled", "2025-11-07 15:00", notified_at=at("2025-11-07 15:00"), **request),
    ]


def _rule() -> Fact:
    return fact(
        "promise.parameter_set",
        "2025-11-10 09:00",
        promise_id="INF-08",
        decided_by="person:fg@infactor.example",
        params=[
            {"name": "attempts", "value": 2},
            {"name": "window", "value": 24, "unit": "hours"},
        ],
        effective_from=at("2025-11-10 09:00"),
    )
