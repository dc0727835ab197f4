"""Contact with people: asked for and performed."""

from typing import Literal

from ledger.events.envelope import Envelope
from ledger.personal import ContractId, DataSubject, Person, RequestId, Text
from ledger.units import Slug

ContactChannel = Literal[
    "phone", "e-mail", "letter", "text-message", "chat", "portal", "in-person", "other"
]
ContactOutcome = Literal["reached", "not-reached"]


class ContactFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contact with one person; `purpose` of the envelope says what for."""

    channel: ContactChannel
    person: Person | None = None
    customer_id: DataSubject | None = None
    contract_id: ContractId | None = None
    request_id: RequestId | None = None
    topic: Slug | None = None
    """What the contact was about: `service-message`, `sample-letter`."""
    message: Text | None = None


class ContactRequested(
    ContactFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="contact.requested.v1"
):
    """Somebody asked to be contacted."""


class ContactPerformed(
    ContactFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="contact.performed.v1"
):
    """An organisation contacted, or tried to contact, somebody."""

    contact_outcome: ContactOutcome | None = None


ContactEvent = ContactRequested | ContactPerformed
