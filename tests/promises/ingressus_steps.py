"""What X-ref, its library and its sub-processors report: one event each."""

from typing import Any, Final

import msgspec

from formats.statement_file import publication_events
from ledger.events import Event
from tests.histories import day, event
from tests.promises.judging import (
    instant,
    reading_decided,
    statement_file,
)

NAME: Final = "ingressus-xref"
LIBRARY: Final = "bibliotheek-noord"
CUSTOMER: Final = "data-subject:customer:bibliotheek-noord"
STAFF: Final = "person:a.bakker@bibliotheek-noord.example"
OWN_STAFF: Final = "person:k.maas@ingressus.example"
TEXT: Final = "03100b63e79942db6812c11d02d6740cf91d6ce83a512bbb239d919dd84bdf65"
NEW_TEXT: Final = "5f" * 32

ACCESS_ONLY: Final = [reading_decided(each, "access-only") for each in ("ING-04", "ING-05")]
LENDING_TOO: Final = [reading_decided(each, "lending-too") for each in ("ING-04", "ING-05")]


def reported(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    """An event that the system itself reports."""
    return event(kind, on, **{"system": NAME, **fields})


def sent(on: float, role: str, to: str | None, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """Work addresses that went to another party."""
    recipient = {"role": role} | ({} if to is None else {"organisation": to})
    told = {"exchange_kind": "transfer", "purpose": "application-access", **fields}
    return reported(
        "exchange.performed",
        on,
        direction="out",
        sender={"role": "processor", "organisation": "ingressus"},
        recipient=recipient,
        **told,
    )


def logged_in(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """A login of a member of staff of the library over the directory link."""
    told = {
        "resource": "xref-portal",
        "act": "log-in",
        "actor": STAFF,
        "auth_method": "active-directory",
        "purpose": "application-access",
        "employment_verified": True,
        **fields,
    }
    return reported(
        "access.used", on, **{name: value for name, value in told.items() if value is not None}
    )


def sub_processor(step: str, on: float, name: str) -> Event:
    """A step of a sub-processor in the one agreement with the library."""
    return event(
        f"sub_processor.{step}",
        on,
        agreement_id="DPA-NOORD",
        sub_processor=name,
        processor="ingressus",
        controller=LIBRARY,
    )


def stored(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """The work address of a member of staff, kept in the management system."""
    told = {
        "data_categories": ["work-email"],
        "subject_categories": ["staff"],
        "location": "xref-management-system",
        "customer_id": CUSTOMER,
        **fields,
    }
    return reported("data.stored", on, **{k: v for k, v in told.items() if v is not None})


def granted(on: float, to: str | None) -> Event:
    """A grant to somebody of an organisation."""
    organisation = {} if to is None else {"grantee_organisation": to}
    return reported(
        "access.granted", on, grant_id=f"G-{on}", grantee=OWN_STAFF, resource="xref", **organisation
    )


def signed(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """Confidentiality signed by a member of staff of Ingressus."""
    return event(
        "acknowledgement.recorded", on, person=OWN_STAFF, document="confidentiality", **fields
    )


def rule_set(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """The retention rule of the library: two months after storing, unless told otherwise."""
    told = {"rule_id": "noord-1", "category": "work-email", "period": "P2M", **fields}
    return event("retention.rule_set", on, customer_id=CUSTOMER, **told)


def deleted(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """The data of the library were deleted."""
    return reported("data.deleted", on, **{"customer_id": CUSTOMER, **fields})


def notice(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """Notice of the contract with the library was given."""
    told = {"contract_id": "C-NOORD", "customer_id": CUSTOMER, **fields}
    return reported("contract.termination_notified", on, **told)


def ended(on: float) -> Event:
    """The contract with the library ended."""
    return reported("contract.ended", on, contract_id="C-NOORD", customer_id=CUSTOMER)


def asked(on: float) -> Event:
    """Somebody asked the service desk for access to their data."""
    return reported("dsr.received", on, request_id="R-1", right="A15", received_at=instant(on))


def answered(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """A step of the answer to that request."""
    return reported(f"dsr.{kind}", on, request_id="R-1", **fields)


def page_shows(on: float, text_sha256: str) -> Event:
    """The page of the statement as somebody found it."""
    return reported(
        "exchange.performed",
        on,
        direction="out",
        exchange_kind="publication",
        recipient={"role": "public"},
        content_classes=["privacy-policy"],
        sha256=text_sha256,
    )


def announced(on: float, effective: float, text_sha256: str) -> Event:
    """A change of the statement was communicated."""
    return reported(
        "policy.change_communicated",
        on,
        policy_id="ingressus-privacy",
        channel="e-mail",
        text_sha256=text_sha256,
        effective_from=instant(effective),
    )


def new_version(on: float) -> list[Event]:
    """The same promises, published again under another text."""
    file = statement_file(NAME)
    other = msgspec.structs.replace(file.statement, text_sha256=NEW_TEXT)
    changed = msgspec.structs.replace(file, statement=other)
    return publication_events(changed, None, occurred_at=day(on))


def registered(on: float, *categories: str, purpose: str = "application-access") -> Event:
    """The entry of the portal in the register of Ingressus as processor."""
    return event(
        "processing_activity.registered",
        on,
        processing_activity_id="urn:example:portal",
        role="processor",
        organisation="ingressus",
        purposes=[{"id": purpose}],
        categories=[{"subject_category": "staff", "data_categories": list(categories)}],
    )


APPROVED: Final = [sub_processor("approved", 1, "intermax"), sub_processor("approved", 1, "siyou")]
LEFT: Final = event("identity.status_changed", 20, person=STAFF, status="left")
BACK: Final = event("identity.status_changed", 40, person=STAFF, status="active")
AGREEMENT: Final = event(
    "dpa.concluded",
    1,
    agreement_id="DPA-NOORD",
    agreement_kind="controller-processor",
    parties=[
        {"role": "controller", "organisation": LIBRARY},
        {"role": "processor", "organisation": "ingressus"},
    ],
)
