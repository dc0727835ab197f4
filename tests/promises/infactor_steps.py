"""What happens at InFactor, as its systems would report it."""

from typing import Any, Final

from ledger.events import Event
from tests.histories import event

CUSTOMER: Final = "data-subject:customer:1187"
PERSON: Final = "person:a.bakker@example.nl"
MECHANIC: Final = "person:t.mulder@infactor.example"
ADDRESS: Final = "ip:203.0.113.7"


def web(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    """An event that InFactor's web system reported."""
    return event(kind, on, system="infactor-web", **fields)


def stored(on: float, category: str, *whose: str, **fields: Any) -> Event:  # noqa: ANN401 - more of it
    """Data of one category, of some kinds of people."""
    return web(
        "data.stored", on, data_categories=[category], subject_categories=list(whose), **fields
    )


def contact(on: float, channel: str, **fields: Any) -> Event:  # noqa: ANN401 - purpose, outcome
    """A contact with one person."""
    return web("contact.performed", on, channel=channel, person=PERSON, **fields)


def call(on: float, outcome: str) -> Event:
    """A call that reached somebody, or did not."""
    return contact(on, "phone", contact_outcome=outcome, purpose="requested-contact")


def disclosed(on: float, **fields: Any) -> Event:  # noqa: ANN401 - basis, contract, consent
    """Data of the customer that went to an accountant."""
    return web(
        "exchange.performed",
        on,
        direction="out",
        exchange_kind="disclosure",
        recipient={"role": "third-party", "organisation": "kantoor-delta"},
        customer_id=CUSTOMER,
        purpose="bookkeeping",
        **fields,
    )


def consent(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - scope, form
    """A step of the customer's consent to give data to that accountant."""
    return web(f"consent.{kind}", on, consent_id="C-1", subject=CUSTOMER, **fields)


SCOPE: Final = {"purposes": ["bookkeeping"], "recipients": ["kantoor-delta"]}


def contract(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - acts, sharing
    """A step of the customer's contract."""
    return web(f"contract.{kind}", on, contract_id="SLA-9", customer_id=CUSTOMER, **fields)


def attempt(on: float, **fields: Any) -> Event:  # noqa: ANN401 - how many
    """An attempt to break in from the address."""
    return web("intrusion.attempt_detected", on, ip=ADDRESS, target="website", **fields)


def request(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - right, channel
    """A step of a request of the customer."""
    return web(f"dsr.{kind}", on, request_id="DSR-5", subject=CUSTOMER, **fields)


def granted(on: float, **fields: Any) -> Event:  # noqa: ANN401 - acts, ticket
    """The customer let the mechanic in."""
    return web(
        "access.granted",
        on,
        grant_id="G-44",
        grantee=MECHANIC,
        grantee_organisation="infactor",
        resource="customer-server",
        **fields,
    )


def used(on: float, **fields: Any) -> Event:  # noqa: ANN401 - act, resource
    """The mechanic was on the customer's server."""
    given = {"resource": "customer-server", "act": "remote-repair", **fields}
    return web("access.used", on, actor=MECHANIC, customer_id=CUSTOMER, purpose="contract", **given)


def signal(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - source, decision
    """A step of a report that data are not safe."""
    return web(f"incident.{kind}", on, incident_id="I-3", **fields)


def kept_for(category: str, period: str, **fields: Any) -> Event:  # noqa: ANN401 - trigger, basis
    """A retention rule of InFactor for one category."""
    return web(
        "retention.rule_set",
        1,
        rule_id=f"keep-{category}",
        category=category,
        period=period,
        organisation="infactor",
        **fields,
    )


def prospect(on: float) -> Event:
    """Contact data of somebody who has no contract."""
    return stored(on, "contact-data", "prospective-customers", customer_id=CUSTOMER)


def deleted(on: float, **fields: Any) -> Event:  # noqa: ANN401 - contract, categories
    """The customer's data were deleted."""
    return web("data.deleted", on, customer_id=CUSTOMER, **fields)
