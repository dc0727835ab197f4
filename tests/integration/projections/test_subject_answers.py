"""What the log knows of the answers of article 15, on each kind of database."""

from collections.abc import Mapping
from typing import Any

import msgspec

from ledger.events import Event
from ledger.ledger import Ledger
from projections.subject_answers import (
    Answers,
    PurposeFound,
    RecipientFound,
    TermFound,
    TransferFound,
    answers_about,
)
from tests.histories import event, told

URI = "https://acme.example/activities/helpdesk"


def _facts(ledger: Ledger, *kinds: str) -> dict[int, Mapping[str, Any]]:
    """The public members of the records of some kinds."""
    return {
        row.index: msgspec.json.decode(row.sealed.partition(b"\n\n")[2])
        for row in ledger.log.scan()
        if row.kind in {f"{kind}.v1" for kind in kinds}
    }


def _entry(on: float, what: str = "registered") -> Event:
    return event(
        f"processing_activity.{what}",
        on,
        processing_activity_id=URI,
        role="controller",
        organisation="acme",
        purposes=[{"id": "helpdesk", "legal_basis": "contract"}],
        categories=[{"subject_category": "customers", "data_categories": ["contact"]}],
        recipients=[{"role": "processor", "organisation": "xential", "country": "NL"}],
        transfers=[{"country": "US", "mechanism": "commission-clauses"}],
        retention=[{"category": "contact", "period": "P2Y"}],
    )


def test_nothing_is_known_where_nothing_was_said(ledger: Ledger) -> None:
    """An empty log would make up purposes."""
    assert answers_about(ledger, {}) == Answers()


def test_answers_come_from_the_records_and_the_register_they_name(ledger: Ledger) -> None:
    """A person would be told half of what the log knows."""
    told(
        ledger,
        _entry(1),
        event("dpo.designated", 1, organisation="acme", office="privacy-bureau"),
        event("retention.rule_set", 1, rule_id="old", category="invoicing", period="P5Y"),
        event("retention.rule_set", 2, rule_id="old", category="invoicing", period="P7Y"),
        event("retention.rule_set", 2, rule_id="else", category="recordings", period="P1Y"),
        event(
            "exchange.performed",
            3,
            system="portal",
            direction="out",
            exchange_kind="disclosure",
            sender={"role": "controller", "organisation": "acme"},
            recipient={"role": "third-party", "organisation": "bank-nl", "country": "NL"},
            content_classes=["invoicing"],
            purpose="billing",
            legal_basis="legal-obligation",
            processing_activity_id=URI,
        ),
        event("ip.blocked", 4, ip="ip:203.0.113.7", block_id="B-1", decided_by="automatic"),
    )
    facts = _facts(ledger, "exchange.performed", "ip.blocked")
    found = answers_about(ledger, facts)
    assert found.controllers == ("acme",)
    assert found.officers == ("privacy-bureau",)
    assert found.purposes == (
        PurposeFound(purpose="billing", legal_bases=("legal-obligation",)),
        PurposeFound(purpose="helpdesk", legal_bases=("contract",)),
    )
    assert found.categories == ("invoicing", "contact")
    assert found.recipients == (
        RecipientFound(role="third-party", organisation="bank-nl", country="NL"),
        RecipientFound(role="processor", organisation="xential", country="NL", is_planned=True),
    )
    assert found.transfers == (TransferFound(country="US", mechanism="commission-clauses"),)
    assert found.terms == (
        TermFound(category="contact", period="P2Y"),
        TermFound(category="invoicing", period="P7Y"),
    )
    assert found.sources == ("portal", "acme")
    assert found.automated == (max(facts),)
    assert found.activities == (URI,)


def test_an_activity_that_no_record_names_is_left_out(ledger: Ledger) -> None:
    """A person would be told of processing that is not about them."""
    told(ledger, _entry(1), event("data.stored", 2, dataset="crm", purpose="sales"))
    found = answers_about(ledger, _facts(ledger, "data.stored"))
    assert found.recipients == ()
    assert found.purposes == (PurposeFound(purpose="sales", legal_bases=()),)


def test_an_officer_who_stepped_down_is_not_named(ledger: Ledger) -> None:
    """A person would write to an office that is no longer there."""
    told(
        ledger,
        event("dpo.designated", 1, organisation="acme", office="privacy-bureau"),
        event("dpo.designation_ended", 2, organisation="acme"),
        event("dsr.received", 3, request_id="R-1", right="A15", controller="acme"),
    )
    found = answers_about(ledger, _facts(ledger, "dsr.received"))
    assert (found.controllers, found.officers) == (("acme",), ())
