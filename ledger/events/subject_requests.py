"""Requests of data subjects and complaints.

Source: GDPR art. 7(3), 12, 15 to 22 and 77.
"""

from typing import ClassVar, Literal

from ledger.events.envelope import Envelope
from ledger.personal import DataSubject, Person, Reference, RequestId, Text
from ledger.units import Instant, OrganisationId, Sha256Hex, Slug

Right = Literal["A7-3", "A15", "A16", "A17", "A18", "A19", "A20", "A21", "A22"]
"""The article of the GDPR that gives the right."""

RightName = Literal[
    "access",
    "correction",
    "completion",
    "erasure",
    "restriction",
    "portability",
    "objection",
    "human-decision",
    "consent-withdrawal",
    "recipients-notification",
]
RefusalGround = Literal[
    "manifestly-unfounded",
    "excessive",
    "subject-not-identifiable",
    "rights-of-others",
    "legal-obligation",
    "freedom-of-expression",
    "public-interest",
    "legal-claims",
    "compelling-grounds",
    "conditions-not-met",
    "national-exemption",
]
Remedy = Literal["complaint", "judicial-remedy"]
"""Source: GDPR art. 12(4): a refusal names both."""


class RequestFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request of a data subject."""

    STREAM_FIELD: ClassVar = "request_id"
    request_id: RequestId
    subject: DataSubject | None = None
    controller: OrganisationId | None = None


class DsrReceived(
    RequestFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dsr.received.v1"
):
    """A data subject exercised a right; the term runs from `received_at`."""

    right: Right
    right_name: RightName | None = None
    """Tells apart what one article joins: A16 gives correction and completion."""
    channel: Slug | None = None
    received_at: Instant | None = None
    representative: Person | None = None
    details: Text | None = None


class DsrAcknowledged(
    RequestFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dsr.acknowledged.v1"
):
    """The data subject was told that the request came in."""

    right: Right | None = None
    channel: Slug | None = None
    received_at: Instant | None = None


class AnswerFields(RequestFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step that the data subject is told of, with its reasons."""

    reasons: Text | None = None
    notified_at: Instant | None = None
    channel: Slug | None = None


class DsrIdentityRequested(
    AnswerFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="dsr.identity_requested.v1",
):
    """Because of doubt the requester was asked to show who they are."""


class DsrIdentityVerified(
    AnswerFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="dsr.identity_verified.v1",
):
    """It is established who made the request."""

    method: Slug | None = None


class DsrClarificationRequested(
    AnswerFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="dsr.clarification_requested.v1",
):
    """The requester was asked which data or processing the request is about."""


class DsrClarified(
    AnswerFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dsr.clarified.v1"
):
    """The requester said what the request is about."""


class DsrExtended(
    AnswerFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dsr.extended.v1"
):
    """The term was extended by two months, and the data subject was told why."""


class DsrFulfilled(
    AnswerFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dsr.fulfilled.v1"
):
    """The request was granted and the answer sent."""

    response_sha256: Sha256Hex | None = None
    partly: bool | None = None


class DsrRefused(
    AnswerFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dsr.refused.v1"
):
    """The request was refused, on a ground and naming the remedies."""

    ground: RefusalGround | None = None
    remedies_named: tuple[Remedy, ...] = ()
    decided_by: Person | None = None
    automatic: bool | None = None


class DsrWithdrawn(
    AnswerFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dsr.withdrawn.v1"
):
    """The data subject took the request back."""


class DsrRecipientsNotified(
    AnswerFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="dsr.recipients_notified.v1",
):
    """Recipients were told of a correction, erasure or restriction.

    Source: GDPR art. 19.
    """

    recipients: tuple[OrganisationId, ...] = ()
    recipient_people: tuple[Person, ...] = ()


class DsrTemplateProvided(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dsr.template_provided.v1"
):
    """A sample letter for a request was given."""

    STREAM_FIELD: ClassVar = "request_id"
    request_id: RequestId | None = None
    subject: DataSubject | None = None
    person: Person | None = None
    channel: Slug | None = None
    document_sha256: Sha256Hex | None = None


class ComplaintLodged(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="complaint.lodged.v1"
):
    """A data subject complained to a supervisory authority."""

    STREAM_FIELD: ClassVar = "request_id"
    request_id: RequestId | None = None
    subject: DataSubject | None = None
    authority: OrganisationId
    reference: Reference | None = None
    ground: Text | None = None


SubjectRequestEvent = (
    DsrReceived
    | DsrAcknowledged
    | DsrIdentityRequested
    | DsrIdentityVerified
    | DsrClarificationRequested
    | DsrClarified
    | DsrExtended
    | DsrFulfilled
    | DsrRefused
    | DsrWithdrawn
    | DsrRecipientsNotified
    | DsrTemplateProvided
    | ComplaintLodged
)
