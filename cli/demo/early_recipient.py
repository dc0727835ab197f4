"""Ingressus: a sub-processor that got data before anybody had approved it."""

from typing import Final

from cli.demo.fact import Chapter, Fact, fact, party

SYSTEM: Final = "ingressus-xref"
_EARLY: Final = "mailhulp"


def chapter() -> Chapter:
    """Engaged in April, data in May, approved in June."""
    agreement: Fact = {
        "agreement_id": "DPA-2025-NOORD",
        "processor": "ingressus",
        "controller": "bibliotheek-noord",
        "sub_processor": _EARLY,
        "services": ["mailing"],
    }
    return Chapter(
        title="Ingressus X-ref: a sub-processor that came too early",
        opening="Approved it is today; it was not when the addresses went.",
        facts=(
            fact("sub_processor.engaged", "2025-04-28 09:00", **agreement),
            fact(
                "exchange.performed",
                "2025-05-06 03:00",
                system=SYSTEM,
                exchange_id="XREF-MAIL-1",
                direction="out",
                exchange_kind="sync",
                sender=party("processor", "ingressus"),
                recipient=party("sub-processor", _EARLY, country="NL"),
                content_classes=["work-email"],
                size_bytes=40_960,
                channel="https",
                encrypted=True,
                legal_basis="contract",
                purpose="application-access",
            ),
            fact("sub_processor.approved", "2025-06-02 11:00", **agreement),
        ),
        shown=("sub_processor.engaged", "exchange.performed", "sub_processor.approved"),
    )
