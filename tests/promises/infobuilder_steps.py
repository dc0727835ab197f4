"""What InfoBuilder, its clients and its file server report: one event each."""

from typing import Any, Final

from ledger.events import Event
from tests.histories import event
from tests.promises.judging import (
    instant,
    parameter_set,
)

NAME: Final = "infobuilder-sftp"
CLIENT: Final = "groothandel-west"
CUSTOMER: Final = "data-subject:customer:groothandel-west"
CARRIER: Final = "vervoerder-zuid"
ENGINEER: Final = "person:m.visser@infobuilder.example"
SECRET: Final = "sensitive-business-information"


def reported(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    """An event that the system itself reports; a field that is None is left out."""
    told = {"system": NAME, **fields}
    return event(kind, on, **{name: value for name, value in told.items() if value is not None})


def at(kind: str, on: float, second: int, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """An event at a second of a day."""
    return reported(kind, on, **{"occurred_at": instant(on, 7, 0, second), **fields})


def sent(on: float, role: str, to: str | None, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """A file under the specification that went to another party."""
    told = {
        "exchange_kind": "transfer",
        "specification_id": "S-1",
        "content_classes": ["orders"],
        "recipient": {"role": role} | ({} if to is None else {"organisation": to}),
        **fields,
    }
    return reported("exchange.performed", on, direction="out", **told)


def specified(on: float, version: str = "1", to: str = CARRIER, **fields: Any) -> Event:  # noqa: ANN401
    """A version of the specification, which names one destination."""
    told = {
        "specification_id": "S-1",
        "customer_id": CUSTOMER,
        "destinations": [{"role": "third-party", "organisation": to}],
        **fields,
    }
    return event("specification.agreed", on, version=version, **told)


def used(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """An engineer looked into something."""
    return reported("access.used", on, **{"actor": ENGINEER, "resource": "test-files", **fields})


def looked_into_secrets(on: float, who: str = ENGINEER, customer: str = CUSTOMER) -> Event:
    """An engineer saw sensitive business information of a client."""
    return used(on, actor=who, resource=SECRET, customer_id=customer)


def contacted(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """A message to a customer."""
    return reported("contact.performed", on, channel="e-mail", customer_id=CUSTOMER, **fields)


def kept_content(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """Content of a file was stored for the client."""
    told = {
        "content_classes": ["file-content"],
        "customer_id": CUSTOMER,
        "on_behalf_of": CLIENT,
        **fields,
    }
    return reported("data.stored", on, **told)


def signed(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """An engineer signed for secrecy."""
    told = {"person": ENGINEER, "document": "non-disclosure", **fields}
    return event("acknowledgement.recorded", on, **told)


def consented(on: float, *categories: str, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """The client consented to sharing kinds of data with the carrier."""
    scope = {"recipients": [CARRIER], "data_categories": list(categories)}
    return event("consent.given", on, consent_id="C-1", subject=CUSTOMER, scope=scope, **fields)


def shared(on: float, *categories: str, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """Sensitive information of the client went to the carrier."""
    told = {"data_categories": list(categories) or None, "customer_id": CUSTOMER, **fields}
    return sent(on, "third-party", CARRIER, content_classes=[SECRET], **told)


def seconds(value: int) -> list[Event]:
    """Sixty seconds is the default; the data protection officer sets another number."""
    return [parameter_set(each, seconds=value) for each in ("IFB-05", "IFB-06")]


STORAGE: Final = specified(1, storage_allowed=True)
OTHER_SPECIFICATION: Final = specified(1, specification_id="S-2", storage_allowed=False)
BY_OTHER: Final = {"specification_id": "S-2"}
AGREEMENT: Final = event(
    "dpa.concluded",
    1,
    agreement_id="DPA-1",
    parties=[
        {"role": "controller", "organisation": CLIENT},
        {"role": "processor", "organisation": "infobuilder"},
    ],
)
AGREEMENT_ENDED: Final = event("dpa.ended", 3, agreement_id="DPA-1")
WITHDRAWN: Final = event("consent.withdrawn", 4, consent_id="C-1")
CONTACT: Final = {"resource": "contact-data", "data_categories": ["contact"]}
TICKET: Final = {"purpose": "troubleshooting", "ticket": "T-310"}
RECEIVED: Final = at("file.received", 5, 0, file_id="in.csv")
PROCESSED: Final = at("file.processed", 5, 2, file_id="in.csv", specification_id="S-1")
PRODUCED: Final = at("file.produced", 5, 3, file_id="out.xml")
FETCHED: Final = [
    at(
        "exchange.performed",
        5,
        6,
        direction="out",
        exchange_kind="transfer",
        channel="sftp",
        recipient_person="person:carrier",
        size_bytes=10,
    ),
    at(
        "file.delivered",
        5,
        6,
        file_id="/out/out.xml",
        delivery="picked-up",
        recipient_person="person:carrier",
    ),
]
"""A file that was fetched, as the log of an SFTP server tells it: under no specification."""
DELIVERED: Final = at(
    "file.delivered",
    5,
    6,
    file_id="out.xml",
    delivery="picked-up",
    specification_id="S-1",
    recipient={"role": "third-party", "organisation": CARRIER},
)


def gone(file_id: str, on: float, second: int) -> Event:
    """A file was deleted."""
    return at("data.deleted", on, second, file_id=file_id)
