"""xential: a night in which nobody looked, and the weeks after it."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from cli.demo.fact import Chapter, Fact, at, fact, party

SYSTEM: Final = "xential"
BREACH: Final = "NXT-2025-11"
INTRUDER: Final = "ip:203.0.113.66"
SUPPORT: Final = "person:s.dekker@interaction-next.example"
CONTROLLER: Final = "gemeente-oost"
DeriveId = Callable[[datetime | None, bytes], UUID]
_SOC: Final = "person:soc@interaction-next.example"
OFFICER: Final = "person:fg@interaction-next.example"
_NOTICED: Final = ("night-alert", "customer-call")
_AWARE: Final = "2025-11-17 11:30"
_NOTICE: Final = b"Notice of 19 November 2025 to the authority, first phase.\n"


def chapter(derive_id: DeriveId) -> Chapter:
    """A stolen account, an alarm that nobody read, and who was told when.

    Args:
        derive_id: Gives the id of the decision on awareness, which a later one replaces.
    """
    return Chapter(
        title="xential: a night in which nobody looked",
        opening="An alarm on Saturday, awareness on Monday: what was told to whom, and in time?",
        facts=(*_night(), *_signals(), *_monday(derive_id), *_told()),
        shown=(
            "access.used",
            "exchange.performed",
            "incident.signalled",
            "breach.awareness_determined",
            "breach.authority_notified",
            "breach.controller_notified",
            "breach.subjects_notified",
        ),
    )


def first_awareness(derive_id: DeriveId) -> UUID:
    """The id of the decision on awareness, which a later one takes back."""
    return derive_id(at(_AWARE), b"demo xential first awareness")


def _night() -> list[Fact]:
    by_support: Fact = {
        "system": SYSTEM,
        "actor": SUPPORT,
        "actor_kind": "person",
        "actor_organisation": "interaction-next",
        "grant_id": "NXT-SUPPORT",
        "resource": "incident-tickets",
    }
    return [
        fact(
            "access.granted",
            "2025-03-03 09:00",
            system=SYSTEM,
            grant_id="NXT-SUPPORT",
            grantee=SUPPORT,
            grantee_organisation="interaction-next",
            resource="incident-tickets",
            acts=["read"],
            justification="Support desk.",
        ),
        fact(
            "access.used",
            "2025-11-14 15:20",
            act="read",
            purpose="customer-relation",
            auth_method="multi-factor",
            records_count=3,
            ticket="T-8841",
            **by_support,
        ),
        fact(
            "access.attempt_denied",
            "2025-11-14 23:52",
            system=SYSTEM,
            actor=SUPPORT,
            origin=INTRUDER,
            resource="incident-tickets",
            auth_method="password",
            attempts=14,
        ),
        fact(
            "access.used",
            "2025-11-15 02:14",
            act="export",
            origin=INTRUDER,
            auth_method="password",
            records_count=2_140,
            **by_support,
        ),
        fact(
            "exchange.performed",
            "2025-11-15 02:31",
            system=SYSTEM,
            exchange_id="NXT-NIGHT",
            direction="out",
            exchange_kind="transfer",
            sender=party("processor", "interaction-next"),
            recipient=party("third-party", category="unknown"),
            content_classes=["contact", "incident-registration"],
            size_bytes=6_291_456,
            records=2_140,
            channel="https",
            subject_count=118,
            actor=SUPPORT,
            origin=INTRUDER,
        ),
    ]


def _signals() -> list[Fact]:
    return [
        fact(
            "incident.signalled",
            "2025-11-15 06:05",
            system=SYSTEM,
            incident_id=_NOTICED[0],
            source="siem",
            summary="Export of all tickets by a support account at night.",
        ),
        fact(
            "incident.signalled",
            "2025-11-17 08:40",
            system=SYSTEM,
            incident_id=_NOTICED[1],
            source="customer",
            summary="A customer asks why a stranger knows of its tickets.",
        ),
    ]


def _monday(derive_id: DeriveId) -> list[Fact]:
    case: Fact = {"breach_id": BREACH, "system": SYSTEM}
    return [
        fact(
            "breach.suspected",
            "2025-11-17 09:20",
            cause="stolen-account",
            suspected_by=_SOC,
            processor="interaction-next",
            **case,
        ),
        *(
            fact(
                "incident.triaged",
                "2025-11-17 09:30",
                incident_id=noticed,
                decision="escalated",
                breach_id=BREACH,
                decided_by=_SOC,
            )
            for noticed in _NOTICED
        ),
        fact(
            "access.revoked",
            "2025-11-17 09:35",
            system=SYSTEM,
            grant_id="NXT-SUPPORT",
            grantee=SUPPORT,
            resource="incident-tickets",
            revoked_by=_SOC,
        ),
        fact(
            "breach.measure_taken",
            "2025-11-17 09:40",
            aim="containment",
            measure="account-closed",
            taken_by=_SOC,
            **case,
        ),
        fact(
            "breach.awareness_determined",
            _AWARE,
            event_id=str(first_awareness(derive_id)),
            aware_at=at("2025-11-17 11:30"),
            basis="The export was found in the log of the server.",
            decided_by=OFFICER,
            **case,
        ),
        fact(
            "legal_hold.placed",
            "2025-11-17 13:00",
            hold_id="NXT-HOLD-1",
            dataset="incident-tickets",
            systems=[SYSTEM],
            basis="investigation",
            decided_by=OFFICER,
        ),
        fact(
            "breach.facts_updated",
            "2025-11-17 16:00",
            confidentiality=True,
            nature="hacking",
            started_at=at("2025-11-15 02:14"),
            ended_at=at("2025-11-15 02:40"),
            ongoing=False,
            subjects_minimum=90,
            subjects_maximum=118,
            records=2_140,
            subject_categories=["customers", "staff"],
            **case,
        ),
        fact(
            "breach.assessed",
            "2025-11-18 10:00",
            risk="high",
            method="enisa-2013",
            decided_by=OFFICER,
            **case,
        ),
    ]


def _told() -> list[Fact]:
    case: Fact = {"breach_id": BREACH, "system": SYSTEM}
    decided = [
        fact(
            "breach.notification_decided",
            "2025-11-18 10:15",
            addressee=addressee,
            notify=True,
            ground="required",
            decided_by=OFFICER,
            **case,
        )
        for addressee in ("authority", "controller", "subjects")
    ]
    return [
        *decided,
        fact(
            "breach.controller_notified",
            "2025-11-18 15:00",
            controller=CONTROLLER,
            notice_kind="initial",
            content=["nature", "contact-point"],
            **case,
        ),
        fact(
            "breach.authority_notified",
            "2025-11-19 16:30",
            authority="ap",
            notice_kind="initial",
            content=["nature", "contact-point", "measures"],
            document_sha256=sha256(_NOTICE).hexdigest(),
            **case,
        ),
        fact(
            "breach.subjects_notified",
            "2025-11-21 10:00",
            manner="direct",
            channel="email",
            count=118,
            **case,
        ),
        fact(
            "breach.authority_notified",
            "2025-12-01 14:00",
            authority="ap",
            notice_kind="final",
            content=["consequences"],
            **case,
        ),
    ]
