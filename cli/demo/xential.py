"""xential: a host that could look but does not, and vendors under agreement."""

from typing import Final

from cli.demo.fact import Chapter, Fact, at, fact, party

SYSTEM: Final = "xential"


def chapter() -> Chapter:
    """A grant that must never be used, and what is shared with vendors under agreement."""
    return Chapter(
        title="xential: a host with a key that it does not use",
        opening="The host holds a grant for emergencies; nothing ever uses it.",
        facts=(*_agreements(), *_exchanges()),
        shown=("dpa.concluded", "access.granted", "exchange.performed"),
    )


def _agreements() -> list[Fact]:
    vendors = (("hosting-oost", "host"), ("relatiebeheer", "sub-processor"))
    return [
        fact(
            "measure.declared",
            "2025-02-03 09:00",
            measure_id="xential-database-encryption",
            measure="encryption-at-rest",
            scope="xential-database",
            organisation="interaction-next",
            state="active",
            valid_from=at("2020-03-19 00:00"),
        ),
        *(
            fact(
                "dpa.concluded",
                "2025-02-03 10:00",
                agreement_id=f"NXT-{name}",
                agreement_kind="processor-sub-processor",
                parties=[party("processor", "interaction-next"), party(role, name)],
            )
            for name, role in vendors
        ),
        fact(
            "access.granted",
            "2025-02-03 10:30",
            system=SYSTEM,
            grant_id="NXT-HOST",
            grantee="person:beheer@hosting-oost.example",
            grantee_organisation="hosting-oost",
            resource="xential-database",
            acts=["administer"],
            valid_from=at("2025-02-03 10:30"),
            justification="Emergencies only; the host has the means and does not use them.",
        ),
        fact(
            "policy.change_communicated",
            "2025-02-10 09:00",
            policy_id="xential-privacy",
            channel="newsletter",
            version="revision-2020-03-19",
            audience="customers",
        ),
    ]


def _exchanges() -> list[Fact]:
    return [
        fact(
            "exchange.performed",
            "2025-02-11 04:00",
            system=SYSTEM,
            exchange_id="NXT-LEADS-1",
            direction="in",
            exchange_kind="sync",
            sender=party("third-party", "leadinfo", country="NL"),
            recipient=party("processor", "interaction-next"),
            content_classes=["company-name", "company-address"],
            size_bytes=22_118,
            records=140,
            channel="https",
            purpose="website-use",
        ),
        fact(
            "exchange.performed",
            "2025-02-12 14:00",
            system=SYSTEM,
            exchange_id="NXT-CRM-1",
            direction="out",
            exchange_kind="sync",
            sender=party("processor", "interaction-next"),
            recipient=party("sub-processor", "relatiebeheer", country="NL"),
            content_classes=["contact", "invoicing"],
            size_bytes=9_430,
            records=61,
            channel="https",
            encrypted=True,
            legal_basis="contract",
            purpose="customer-relation",
        ),
    ]
