"""Ragiox Gold: small exchanges, consent for one case, and a customer who leaves."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from cli.demo.fact import Chapter, Fact, at, fact, party

SYSTEM: Final = "ragiox-gold"
DeriveId = Callable[[datetime | None, bytes], UUID]
_CUSTOMER: Final = "data-subject:customer:40311"
_LEAVER: Final = "data-subject:customer:40207"
_ENDED_AT: Final = "2025-05-30 17:00"
_BYTES_OF_EXCHANGES: Final = (812_004, 1_904_331, 3_912_004)


def chapter(derive_id: DeriveId) -> Chapter:
    """Exchanges below 4 Mb, one consent for one case, deletion within fourteen working days.

    Args:
        derive_id: Gives the id of the end of the contract, which the deletion names as its cause.
    """
    return Chapter(
        title="Ragiox Gold: at most 4 Mb, and gone after the contract",
        opening="One exchange is too large and stopped; a customer leaves and is soon deleted.",
        facts=(*_exchanges(), *_consent(), *_leaving(derive_id)),
        shown=("exchange.blocked", "consent.given", "contract.ended", "data.deleted"),
    )


def _exchanges() -> list[Fact]:
    common: Fact = {
        "system": SYSTEM,
        "direction": "in",
        "exchange_kind": "sync",
        "sender": party("customer", category="installation"),
        "recipient": party("controller", "ragiox"),
        "content_classes": ["security-settings", "version-check", "status"],
        "channel": "https",
        "encrypted": True,
        "legal_basis": "contract",
        "customer_id": _CUSTOMER,
    }
    return [
        *(
            fact(
                "exchange.performed",
                f"2025-03-{day:02d} 06:00",
                exchange_id=f"RAG-{day}",
                size_bytes=size,
                **common,
            )
            for day, size in enumerate(_BYTES_OF_EXCHANGES, start=3)
        ),
        fact(
            "exchange.blocked",
            "2025-03-06 06:00",
            exchange_id="RAG-6",
            size_bytes=4_301_222,
            cause="over-4-mb",
            **common,
        ),
    ]


def _consent() -> list[Fact]:
    case = "CASE-2025-018"
    return [
        fact(
            "consent.given",
            "2025-04-01 10:00",
            system=SYSTEM,
            consent_id="CONSENT-88",
            case_id=case,
            subject=_CUSTOMER,
            controller="ragiox",
            form="written",
            explicit=True,
            scope={
                "purposes": ["assessment"],
                "recipients": ["adviesbureau-delta"],
                "data_categories": ["report"],
            },
        ),
        fact(
            "certification.granted",
            "2025-03-20 12:00",
            certificate_id="CERT-12",
            person="person:l.kuiper@adviesbureau-delta.example",
            document="report-interpretation",
            role="first-contact",
            valid_until=at("2027-03-20 12:00"),
            granted_by="ragiox",
        ),
        fact(
            "exchange.performed",
            "2025-04-02 09:30",
            system=SYSTEM,
            exchange_id="RAG-REPORT-1",
            direction="out",
            exchange_kind="disclosure",
            sender=party("controller", "ragiox"),
            recipient=party("third-party", "adviesbureau-delta", country="NL"),
            recipient_person="person:l.kuiper@adviesbureau-delta.example",
            content_classes=["report"],
            size_bytes=248_220,
            channel="portal",
            encrypted=True,
            legal_basis="consent",
            consent_id="CONSENT-88",
            case_id=case,
            customer_id=_CUSTOMER,
            purpose="assessment",
        ),
    ]


def _leaving(derive_id: DeriveId) -> list[Fact]:
    ended_id = str(derive_id(at(_ENDED_AT), b"demo ragiox contract ended"))
    contract: Fact = {
        "contract_id": "RAG-C-207",
        "contract_kind": "licence",
        "customer_id": _LEAVER,
        "system": SYSTEM,
    }
    return [
        fact(
            "contract.started",
            "2025-01-15 09:00",
            valid_from=at("2025-01-15 00:00"),
            notice_period="P1M",
            **contract,
        ),
        fact(
            "contract.termination_notified", "2025-04-28 11:00", ends_at=at(_ENDED_AT), **contract
        ),
        fact("contract.ended", _ENDED_AT, event_id=ended_id, ended_at=at(_ENDED_AT), **contract),
        # Pentecost Monday, 9 June, is no working day: Friday 13 June is the ninth, the fourteenth
        # is 20 June.
        fact(
            "data.deleted",
            "2025-06-13 16:20",
            system=SYSTEM,
            dataset="customers",
            scope="customer-file",
            customer_id=_LEAVER,
            contract_id="RAG-C-207",
            method="erased",
            count=1,
            trigger_event_id=ended_id,
        ),
    ]
