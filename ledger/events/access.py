"""Access to personal data: asked for, granted, used, taken away and reviewed."""

from typing import ClassVar, Literal

from ledger.events.envelope import Envelope
from ledger.personal import (
    ContractId,
    DataSubject,
    GrantId,
    Person,
    ReviewId,
    SessionId,
    Text,
    TicketId,
)
from ledger.units import Count, Instant, OrganisationId, ResourceName, Slug

AuthMethod = Literal[
    "password",
    "public-key",
    "active-directory",
    "multi-factor",
    "certificate",
    "api-key",
    "single-sign-on",
    "other",
]
ReviewDecision = Literal["keep", "change", "revoke"]


class AccessRequested(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="access.requested.v1"
):
    """Somebody asked for access to a resource."""

    STREAM_FIELD: ClassVar = "grant_id"
    grant_id: GrantId
    resource: ResourceName
    grantee: Person | None = None
    acts: tuple[Slug, ...] = ()
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    justification: Text | None = None
    ticket: TicketId | None = None
    contract_id: ContractId | None = None


class AccessGranted(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="access.granted.v1"
):
    """A grant came into force: the grantee may perform the acts on the resource."""

    STREAM_FIELD: ClassVar = "grant_id"
    grant_id: GrantId
    grantee: Person
    grantee_organisation: OrganisationId | None = None
    resource: ResourceName
    acts: tuple[Slug, ...] = ()
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    granted_by: Person | None = None
    justification: Text | None = None
    ticket: TicketId | None = None
    contract_id: ContractId | None = None


class AccessDenied(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="access.denied.v1"
):
    """A request for access was turned down."""

    STREAM_FIELD: ClassVar = "grant_id"
    grant_id: GrantId
    resource: ResourceName
    grantee: Person | None = None
    justification: Text | None = None
    ticket: TicketId | None = None
    acts: tuple[Slug, ...] = ()
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    denied_by: Person | None = None
    contract_id: ContractId | None = None


class AccessModified(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="access.modified.v1"
):
    """The acts or the period of a grant changed; the fields give the grant as it is from now on."""

    STREAM_FIELD: ClassVar = "grant_id"
    grant_id: GrantId
    resource: ResourceName | None = None
    acts: tuple[Slug, ...] = ()
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    granted_by: Person | None = None
    justification: Text | None = None
    ticket: TicketId | None = None
    grantee: Person | None = None
    contract_id: ContractId | None = None


class AccessRevoked(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="access.revoked.v1"
):
    """A grant was taken away."""

    STREAM_FIELD: ClassVar = "grant_id"
    grant_id: GrantId
    grantee: Person | None = None
    resource: ResourceName | None = None
    justification: Text | None = None
    ticket: TicketId | None = None
    acts: tuple[Slug, ...] = ()
    revoked_by: Person | None = None
    contract_id: ContractId | None = None


class AccessUsed(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="access.used.v1"
):
    """Somebody used access: logged in, opened a file, read data; a bulk fact, so its own stream."""

    resource: ResourceName
    grant_id: GrantId | None = None
    act: Slug | None = None
    justification: Text | None = None
    ticket: TicketId | None = None
    auth_method: AuthMethod | None = None
    employment_verified: bool | None = None
    session: SessionId | None = None
    records_count: Count | None = None
    customer_id: DataSubject | None = None


class AccessAttemptDenied(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="access.attempt_denied.v1"
):
    """An attempt to use access was refused by the system."""

    resource: ResourceName
    grant_id: GrantId | None = None
    act: Slug | None = None
    justification: Text | None = None
    ticket: TicketId | None = None
    auth_method: AuthMethod | None = None
    session: SessionId | None = None
    attempts: Count | None = None
    employment_verified: bool | None = None
    records_count: Count | None = None
    customer_id: DataSubject | None = None


class AccessReviewStarted(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="access.review_started.v1"
):
    """A review of grants began."""

    STREAM_FIELD: ClassVar = "review_id"
    review_id: ReviewId
    scope: ResourceName
    reviewer: Person | None = None


class AccessReviewItemDecided(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="access.review_item_decided.v1",
):
    """A reviewer decided about one grant."""

    STREAM_FIELD: ClassVar = "review_id"
    review_id: ReviewId
    grant_id: GrantId
    decision: ReviewDecision
    reviewer: Person | None = None
    justification: Text | None = None


class AccessReviewCompleted(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="access.review_completed.v1",
):
    """A review of grants was signed off."""

    STREAM_FIELD: ClassVar = "review_id"
    review_id: ReviewId
    scope: ResourceName | None = None
    reviewer: Person | None = None
    justification: Text | None = None


AccessEvent = (
    AccessRequested
    | AccessGranted
    | AccessDenied
    | AccessModified
    | AccessRevoked
    | AccessUsed
    | AccessAttemptDenied
    | AccessReviewStarted
    | AccessReviewItemDecided
    | AccessReviewCompleted
)
