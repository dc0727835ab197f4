"""Ingressus X-ref: a library lets its staff in, a sub-processor joins, a colleague leaves."""

from typing import Final

from cli.demo.fact import Chapter, Fact, at, fact, party

SYSTEM: Final = "ingressus-xref"
ACTIVITY: Final = "urn:example:ingressus:portal-access"
LIBRARY: Final = "bibliotheek-noord"
_STAYS: Final = "person:a.bakker@bibliotheek-noord.example"
_LEAVES: Final = "person:p.smit@bibliotheek-noord.example"


def chapter() -> Chapter:
    """Access that is used, not used, and used after it was taken away."""
    return Chapter(
        title="Ingressus X-ref: who may enter the library portal",
        opening="Two approved sub-processors, three grants; one is used after it was taken away.",
        facts=(*_agreements(), *_access()),
        shown=("sub_processor.approved", "access.granted", "access.revoked", "access.used"),
    )


def _agreements() -> list[Fact]:
    sub_processors = (("intermax", "hosting"), ("siyou", "web-development"))
    agreement: Fact = {
        "agreement_id": "DPA-2025-NOORD",
        "processor": "ingressus",
        "controller": LIBRARY,
    }
    return [
        fact(
            "organisation.registered",
            "2025-01-07 10:00",
            organisation=LIBRARY,
            roles=["controller"],
            country="NL",
        ),
        fact(
            "dpa.concluded",
            "2025-01-08 11:00",
            agreement_id="DPA-2025-NOORD",
            agreement_kind="controller-processor",
            parties=[party("controller", LIBRARY), party("processor", "ingressus")],
            purposes=["application-access"],
            subject_categories=["staff"],
            sub_processor_consent="specific",
            deletion_or_return="deletion",
        ),
        *(
            each
            for name, service in sub_processors
            for each in (
                fact(
                    "organisation.registered",
                    "2025-01-08 11:05",
                    organisation=name,
                    roles=["sub-processor"],
                    country="NL",
                ),
                fact(
                    "sub_processor.approved",
                    "2025-01-08 11:30",
                    sub_processor=name,
                    services=[service],
                    **agreement,
                ),
                fact(
                    "sub_processor.engaged",
                    "2025-01-09 09:00",
                    sub_processor=name,
                    services=[service],
                    **agreement,
                ),
            )
        ),
        fact(
            "processing_activity.registered",
            "2025-01-09 10:00",
            processing_activity_id=ACTIVITY,
            role="processor",
            organisation="ingressus",
            controllers=[party("controller", LIBRARY)],
            purposes=[{"id": "application-access", "legal_basis": "contract"}],
            categories=[{"subject_category": "staff", "data_categories": ["work-email"]}],
            recipients=[party("sub-processor", "intermax"), party("sub-processor", "siyou")],
            retention=[
                {
                    "category": "work-email",
                    "period": "P3M",
                    "trigger": "contract-termination-notified",
                }
            ],
            measures=["tls"],
        ),
    ]


def _access() -> list[Fact]:
    grant: Fact = {
        "resource": "xref-portal",
        "system": SYSTEM,
        "grantee_organisation": LIBRARY,
        "acts": ["log-in"],
    }
    login: Fact = {
        "resource": "xref-portal",
        "act": "log-in",
        "system": SYSTEM,
        "auth_method": "active-directory",
        "purpose": "application-access",
        "processing_activity_id": ACTIVITY,
        "actor_kind": "person",
    }
    return [
        fact(
            "access.granted",
            "2025-01-13 09:00",
            grant_id="XREF-1",
            grantee=_STAYS,
            valid_from=at("2025-01-13 09:00"),
            **grant,
        ),
        fact(
            "access.granted",
            "2025-01-13 09:01",
            grant_id="XREF-2",
            grantee=_LEAVES,
            valid_from=at("2025-01-13 09:00"),
            **grant,
        ),
        fact(
            "access.granted",
            "2025-01-13 09:02",
            grant_id="XREF-3",
            grantee="person:stage@bibliotheek-noord.example",
            **grant,
        ),
        fact(
            "access.used",
            "2025-01-14 08:55",
            grant_id="XREF-1",
            actor=_STAYS,
            employment_verified=True,
            **login,
        ),
        fact(
            "access.used",
            "2025-01-14 09:10",
            grant_id="XREF-2",
            actor=_LEAVES,
            employment_verified=True,
            **login,
        ),
        fact(
            "exchange.performed",
            "2025-01-15 02:00",
            system=SYSTEM,
            exchange_id="XREF-BACKUP-1",
            direction="out",
            exchange_kind="sync",
            sender=party("processor", "ingressus"),
            recipient=party("sub-processor", "intermax", country="NL"),
            content_classes=["work-email"],
            size_bytes=184_320,
            channel="sftp",
            encrypted=True,
            legal_basis="contract",
            purpose="application-access",
        ),
        fact(
            "identity.status_changed",
            "2025-06-30 17:00",
            person=_LEAVES,
            status="left",
            organisation=LIBRARY,
        ),
        fact(
            "access.revoked",
            "2025-06-30 17:05",
            system=SYSTEM,
            grant_id="XREF-2",
            grantee=_LEAVES,
            resource="xref-portal",
        ),
        # The old password still works: a fact that the log records and the access view shows.
        fact(
            "access.used",
            "2025-07-02 22:41",
            grant_id="XREF-2",
            actor=_LEAVES,
            **(login | {"auth_method": "password"}),
        ),
    ]
