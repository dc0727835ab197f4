"""What outlived its reason: grants of people who left, data of a contract that ended, a hold."""

from typing import Final

from cli.demo.fact import Chapter, Fact, at, fact

_CUSTOMER: Final = "data-subject:customer:1187"
_MECHANIC: Final = "person:j.vos@infactor.example"


def chapter() -> Chapter:
    """A trainee who left, a repair contract that ended, and data that a dispute keeps."""
    return Chapter(
        title="What outlived contract and employment",
        opening="Two grants stay when their reason is gone; a dispute keeps one customer's data.",
        facts=(_trainee(), *_repairs()),
        shown=("identity.status_changed", "contract.ended", "access.used", "legal_hold.placed"),
    )


def _trainee() -> Fact:
    return fact(
        "identity.status_changed",
        "2025-03-31 17:00",
        person="person:stage@bibliotheek-noord.example",
        status="left",
        organisation="bibliotheek-noord",
    )


def _repairs() -> list[Fact]:
    contract: Fact = {
        "contract_id": "INF-SLA-9",
        "contract_kind": "service-level-agreement",
        "customer_id": _CUSTOMER,
        "system": "infactor-web",
    }
    return [
        fact(
            "data.stored",
            "2025-10-01 09:10",
            dataset="customers",
            location="customers",
            data_categories=["contact"],
            subject_categories=["customers"],
            purpose="contract",
            legal_basis="contract",
            customer_id=_CUSTOMER,
            contract_id="INF-SLA-9",
            system="infactor-web",
        ),
        fact(
            "access.granted",
            "2025-10-20 09:00",
            system="infactor-web",
            grant_id="INF-51",
            grantee=_MECHANIC,
            grantee_organisation="infactor",
            resource="customer-server",
            acts=["remote-repair"],
            contract_id="INF-SLA-9",
        ),
        _repaired("2025-10-21 10:00"),
        _dispute(),
        fact("contract.ended", "2025-11-28 17:00", ended_at=at("2025-11-28 17:00"), **contract),
        _repaired("2025-12-02 16:30"),
    ]


def _repaired(local: str) -> Fact:
    return fact(
        "access.used",
        local,
        system="infactor-web",
        grant_id="INF-51",
        actor=_MECHANIC,
        actor_kind="person",
        actor_organisation="infactor",
        resource="customer-server",
        act="remote-repair",
        auth_method="public-key",
        purpose="contract",
        customer_id=_CUSTOMER,
    )


def _dispute() -> Fact:
    return fact(
        "legal_hold.placed",
        "2025-11-24 10:00",
        hold_id="INF-HOLD-1",
        dataset="customers",
        customer_id=_CUSTOMER,
        systems=["infactor-web"],
        basis="legal-claims",
        decided_by="person:fg@infactor.example",
    )
