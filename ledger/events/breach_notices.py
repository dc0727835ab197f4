"""Who is told of a breach: the decision, the notices and the authority's answer.

Source: GDPR art. 33(1) to 33(4) and 34.
"""

from typing import Literal

from ledger.events.breach import BreachFields
from ledger.personal import Person, Reference, Text
from ledger.units import Count, Instant, OrganisationId, Sha256Hex, Slug

Addressee = Literal["authority", "controller", "subjects"]
NoticeKind = Literal["initial", "supplement", "final", "withdrawal"]
NoticeContent = Literal["nature", "contact-point", "consequences", "measures"]
"""Source: GDPR art. 33(3)(a)-(d), in that order."""

DecisionGround = Literal[
    "required", "risk-unlikely", "unintelligible", "risk-removed", "disproportionate-effort"
]
"""`required` where notice is given; the others are grounds for giving none.

Source: GDPR art. 33(1) for an unlikely risk, 34(3)(a)-(c) for the other three, in that order.
"""


class BreachNotificationDecided(
    BreachFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="breach.notification_decided.v1",
):
    """It was decided whether an addressee is told of a breach, and on which ground."""

    addressee: Addressee
    notify: bool
    ground: DecisionGround | None = None
    decided_by: Person | None = None
    reason: Text | None = None


class NoticeFields(BreachFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice of a breach to an organisation."""

    notice_kind: NoticeKind
    content: tuple[NoticeContent, ...] = ()
    """Which items of art. 33(3) the notice holds; what is missing follows in phases."""
    reference: Reference | None = None
    notified_at: Instant | None = None
    document_sha256: Sha256Hex | None = None


class BreachControllerNotified(
    NoticeFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="breach.controller_notified.v1",
):
    """A processor told the controller of a breach."""

    controller: OrganisationId


class BreachAuthorityNotified(
    NoticeFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="breach.authority_notified.v1",
):
    """The controller told the supervisory authority of a breach; if late, why."""

    authority: OrganisationId
    reasons_for_delay: Text | None = None


class BreachSubjectsNotified(
    BreachFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="breach.subjects_notified.v1",
):
    """The people concerned were told of a breach, directly or by a public communication."""

    manner: Literal["direct", "public"]
    count: Count | None = None
    channel: Slug | None = None
    notified_at: Instant | None = None
    document_sha256: Sha256Hex | None = None


class BreachAuthorityResponded(
    BreachFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="breach.authority_responded.v1",
):
    """The authority asked for information, ordered to tell the subjects, or answered otherwise."""

    authority: OrganisationId
    response: Literal["information-request", "order", "acknowledgement", "closing"]
    due_at: Instant | None = None
    reference: Reference | None = None
    details: Text | None = None


BreachNoticeEvent = (
    BreachNotificationDecided
    | BreachControllerNotified
    | BreachAuthorityNotified
    | BreachSubjectsNotified
    | BreachAuthorityResponded
)
