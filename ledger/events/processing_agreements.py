"""Agreements between controller and processor, and the sub-processors that join.

Source: GDPR art. 28(2) to 28(4).
"""

from typing import ClassVar, Literal

from ledger.events.envelope import Envelope
from ledger.events.parties import Party
from ledger.personal import AgreementId, Person, Text
from ledger.units import (
    CountryCode,
    Duration,
    Instant,
    OrganisationId,
    Period,
    Sha256Hex,
    Slug,
)

AgreementKind = Literal["controller-processor", "processor-sub-processor", "joint-controllers"]
Article28Item = Literal[
    "subject-matter",
    "duration",
    "nature-and-purpose",
    "personal-data-types",
    "subject-categories",
    "controller-rights",
    "documented-instructions",
    "confidentiality",
    "security",
    "sub-processors",
    "subject-rights-assistance",
    "security-and-breach-assistance",
    "deletion-or-return",
    "audits",
]
"""Source: GDPR art. 28(3), its first sentence and (a)-(h)."""


class AgreementFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The terms of a processing agreement."""

    STREAM_FIELD: ClassVar = "agreement_id"
    agreement_id: AgreementId
    parties: tuple[Party, ...] = ()
    agreement_kind: AgreementKind | None = None
    items: tuple[Article28Item, ...] = ()
    purposes: tuple[Slug, ...] = ()
    subject_categories: tuple[Slug, ...] = ()
    deletion_or_return: Literal["deletion", "return", "choice"] | None = None
    breach_notice_within: Duration | None = None
    """How soon the processor reports a breach, where the agreement gives a number."""
    sub_processor_consent: Literal["specific", "general"] | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    document_sha256: Sha256Hex | None = None
    instructions: Text | None = None
    signed_by: tuple[Person, ...] = ()


class DpaConcluded(
    AgreementFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dpa.concluded.v1"
):
    """A data processing agreement came into force."""


class DpaAmended(
    AgreementFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dpa.amended.v1"
):
    """A data processing agreement changed; the fields give its terms from now on."""


class DpaEnded(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dpa.ended.v1"):
    """A data processing agreement is no longer in force."""

    STREAM_FIELD: ClassVar = "agreement_id"
    agreement_id: AgreementId
    parties: tuple[Party, ...] = ()
    agreement_kind: AgreementKind | None = None
    ended_at: Instant | None = None
    reason: Text | None = None


class SubProcessorFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sub-processor within a processing agreement."""

    STREAM_FIELD: ClassVar = "agreement_id"
    agreement_id: AgreementId
    sub_processor: OrganisationId
    processor: OrganisationId | None = None
    controller: OrganisationId | None = None
    country: CountryCode | None = None
    services: tuple[Slug, ...] = ()


class SubProcessorProposed(
    SubProcessorFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="sub_processor.proposed.v1",
):
    """A processor told the controller that it wants to engage a sub-processor."""

    notice_period: Period | None = None
    objection_due: Instant | None = None
    effective_from: Instant | None = None


class SubProcessorApproved(
    SubProcessorFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="sub_processor.approved.v1",
):
    """The controller authorised a sub-processor."""

    approved_by: Person | None = None
    effective_from: Instant | None = None


class SubProcessorObjected(
    SubProcessorFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="sub_processor.objected.v1",
):
    """The controller objected to a sub-processor."""

    objected_by: Person | None = None
    reason: Text | None = None


class SubProcessorEngaged(
    SubProcessorFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="sub_processor.engaged.v1",
):
    """A sub-processor began to process."""

    effective_from: Instant | None = None
    document_sha256: Sha256Hex | None = None


class SubProcessorRemoved(
    SubProcessorFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="sub_processor.removed.v1",
):
    """A sub-processor stopped processing."""

    effective_from: Instant | None = None
    reason: Text | None = None


ProcessingAgreementEvent = (
    DpaConcluded
    | DpaAmended
    | DpaEnded
    | SubProcessorProposed
    | SubProcessorApproved
    | SubProcessorObjected
    | SubProcessorEngaged
    | SubProcessorRemoved
)
