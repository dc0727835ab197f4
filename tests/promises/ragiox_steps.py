"""What happens at Ragiox, as its system would report it."""

from datetime import date
from typing import Any, Final

from ledger.events import Event
from tests.histories import FIRST_DAY, event

CUSTOMER: Final = "data-subject:customer:40311"
READER: Final = "person:l.kuiper@adviesbureau-delta.example"
ANALYST: Final = "person:p.visser@ragiox.example"
CASE: Final = "CASE-2026-018"


def gold(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    """An event that the system of Ragiox Gold reported."""
    return event(kind, on, system="ragiox-gold", **fields)


def on_date(text: str, hour: float = 12) -> float:
    """The day of the history that a date is, at an hour in UTC."""
    return (date.fromisoformat(text) - FIRST_DAY.date()).days + hour / 24


def shared(on: float, **fields: Any) -> Event:  # noqa: ANN401 - case, role, what for
    """Data of the customer that went to an adviser."""
    given: dict[str, Any] = {
        "recipient": {"role": "third-party", "organisation": "adviesbureau-delta"},
        "case_id": CASE,
        "customer_id": CUSTOMER,
        **fields,
    }
    return gold("exchange.performed", on, direction="out", exchange_kind="disclosure", **given)


def reported(on: float, **fields: Any) -> Event:  # noqa: ANN401 - to whom
    """A report about the customer that went to an adviser."""
    given = {"recipient_person": READER, **fields}
    return shared(on, content_classes=["report"], **given)


def consented(on: float, **fields: Any) -> Event:  # noqa: ANN401 - form, case, scope
    """The customer's explicit consent in writing for the case."""
    given = {"case_id": CASE, "form": "written", "explicit": True, **fields}
    return consent("given", on, **given)


def consent(step: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - as the step has them
    """A step of the customer's consent."""
    return gold(f"consent.{step}", on, consent_id="C-88", subject=CUSTOMER, **fields)


def stored(on: float, *categories: str, **fields: Any) -> Event:  # noqa: ANN401 - purpose, basis
    """Data of the customer that were registered."""
    return gold("data.stored", on, data_categories=list(categories), customer_id=CUSTOMER, **fields)


def contract_ended(on: float) -> Event:
    """The end of the customer's licence."""
    return gold("contract.ended", on, contract_id="RAG-C-207", customer_id=CUSTOMER)


def deleted(on: float, scope: str = "customer-file") -> Event:
    """The customer was deleted from one place."""
    return gold("data.deleted", on, scope=scope, customer_id=CUSTOMER)


def request(step: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - right, reasons
    """A step of a request of the customer."""
    return gold(f"dsr.{step}", on, request_id="R-1", subject=CUSTOMER, **fields)


def synced(on: float, **fields: Any) -> Event:  # noqa: ANN401 - size, content
    """An exchange between the customer's computer and Ragiox."""
    return gold(
        "exchange.performed",
        on,
        direction="in",
        exchange_kind="sync",
        sender={"role": "customer", "category": "installation"},
        recipient={"role": "controller", "organisation": "ragiox"},
        customer_id=CUSTOMER,
        **fields,
    )


def granted(on: float, **fields: Any) -> Event:  # noqa: ANN401 - period, acts
    """The analyst may read the customer file."""
    return gold(
        "access.granted", on, grant_id="G-7", grantee=ANALYST, resource="customer-file", **fields
    )


def used(on: float, **fields: Any) -> Event:  # noqa: ANN401 - purpose, why
    """The analyst read the customer file."""
    given: dict[str, Any] = {
        "purpose": "reporting",
        "justification": "report 12",
        "customer_id": CUSTOMER,
        **fields,
    }
    return gold(
        "access.used",
        on,
        actor=ANALYST,
        actor_organisation="ragiox",
        resource="customer-file",
        **given,
    )


def accepted(on: float, document: str) -> Event:
    """The analyst accepted a document."""
    return gold("acknowledgement.recorded", on, person=ANALYST, document=document)


def certified(on: float, **fields: Any) -> Event:  # noqa: ANN401 - role, whom it is for
    """The adviser was certified to read reports."""
    given: dict[str, Any] = {"document": "report-interpretation", "granted_by": "ragiox", **fields}
    return gold("certification.granted", on, certificate_id="CERT-12", person=READER, **given)


def certificate_gone(on: float, how: str = "revoked") -> Event:
    """The adviser's certificate ended."""
    return gold(f"certification.{how}", on, certificate_id="CERT-12", person=READER)
