"""Ragiox Gold: too large, forbidden, without consent, and still there."""

from typing import Final

from cli.demo.fact import Chapter, Fact, at, fact, party

SYSTEM: Final = "ragiox-gold"
_CUSTOMER: Final = "data-subject:customer:40311"
_FORGOTTEN: Final = "data-subject:customer:40150"
_ANALYST: Final = "person:r.hoek@ragiox.example"


def chapter() -> Chapter:
    """What the statement of Ragiox rules out, each once."""
    return Chapter(
        title="Ragiox Gold: too large, forbidden, without consent, and still there",
        opening="A report that was in order, and four things that the statement rules out.",
        facts=(*_report(), *_exchanges(), *_forgotten()),
        shown=("access.used", "exchange.performed", "contract.ended"),
    )


def _report() -> list[Fact]:
    """Somebody of Ragiox reads what customer 40311 has, for a report, and says why."""
    return [
        fact(
            "data.stored",
            "2025-01-20 10:00",
            system=SYSTEM,
            dataset="customers",
            location="customers",
            scope="customer-file",
            customer_id=_CUSTOMER,
            data_categories=["name", "address", "residence", "application-type"],
            purpose="reporting",
            legal_basis="contract",
            encrypted=True,
        ),
        fact(
            "access.granted",
            "2025-02-10 09:00",
            system=SYSTEM,
            grant_id="RAG-ANALYST",
            grantee=_ANALYST,
            grantee_organisation="ragiox",
            resource="customers",
            acts=["read"],
        ),
        *(
            fact(
                "acknowledgement.recorded",
                "2025-02-10 09:30",
                system=SYSTEM,
                person=_ANALYST,
                document=document,
                organisation="ragiox",
            )
            for document in ("efpa-guidelines", "professional-code")
        ),
        fact(
            "access.used",
            "2025-03-18 11:10",
            system=SYSTEM,
            grant_id="RAG-ANALYST",
            actor=_ANALYST,
            actor_kind="person",
            actor_organisation="ragiox",
            resource="customers",
            act="read",
            purpose="reporting",
            justification="Yearly report that the customer asked for.",
            customer_id=_CUSTOMER,
            records_count=1,
        ),
    ]


def _exchanges() -> list[Fact]:
    common: Fact = {"system": SYSTEM, "channel": "https", "encrypted": True}
    incoming: Fact = {
        **common,
        "direction": "in",
        "exchange_kind": "sync",
        "sender": party("customer", category="installation"),
        "recipient": party("controller", "ragiox"),
        "legal_basis": "contract",
        "customer_id": _CUSTOMER,
    }
    return [
        # Above 4 MB and below 4 MiB: which of them "4 Mb" means decides.
        fact(
            "exchange.performed",
            "2025-03-07 06:00",
            exchange_id="RAG-7",
            size_bytes=4_104_880,
            content_classes=["security-settings", "status"],
            **incoming,
        ),
        fact(
            "exchange.performed",
            "2025-03-10 06:00",
            exchange_id="RAG-10",
            size_bytes=912_330,
            content_classes=["protected-app-content", "status"],
            **incoming,
        ),
        # The consent of April was for another case.
        fact(
            "exchange.performed",
            "2025-05-06 09:45",
            exchange_id="RAG-REPORT-2",
            direction="out",
            exchange_kind="disclosure",
            sender=party("controller", "ragiox"),
            recipient=party("third-party", "adviesbureau-delta", country="NL"),
            recipient_person="person:l.kuiper@adviesbureau-delta.example",
            content_classes=["report"],
            size_bytes=251_904,
            legal_basis="consent",
            consent_id="CONSENT-88",
            case_id="CASE-2025-031",
            customer_id=_CUSTOMER,
            purpose="assessment",
            **common,
        ),
    ]


def _forgotten() -> list[Fact]:
    contract: Fact = {"contract_id": "RAG-C-150", "customer_id": _FORGOTTEN, "system": SYSTEM}
    return [
        fact("contract.started", "2025-01-15 09:30", contract_kind="licence", **contract),
        fact(
            "data.stored",
            "2025-01-15 10:00",
            dataset="customers",
            location="customers",
            scope="customer-file",
            data_categories=["name", "address", "residence", "application-type"],
            purpose="licence-validity",
            legal_basis="contract",
            **contract,
        ),
        fact(
            "contract.ended",
            "2025-08-29 17:00",
            contract_kind="licence",
            ended_at=at("2025-08-29 17:00"),
            **contract,
        ),
    ]
