"""Consent: asked for, given, refused, withdrawn, expired, renewed.

Source: the record of ISO/IEC TS 27560:2023.
"""

from typing import ClassVar, Literal

from msgspec import Struct

from ledger.events.envelope import Envelope
from ledger.personal import ConsentCaseId, ConsentId, DataSubject, Person, Text
from ledger.units import (
    CountryCode,
    Instant,
    LanguageCode,
    OrganisationId,
    Sha256Hex,
    Slug,
    Uri,
    VersionLabel,
)

ConsentForm = Literal["written", "electronic", "oral"]


class ConsentScope(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What a consent covers."""

    purposes: tuple[Slug, ...] = ()
    recipients: tuple[OrganisationId, ...] = ()
    data_categories: tuple[Slug, ...] = ()


class ConsentFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One consent: whose, on which notice, covering what, in which form."""

    STREAM_FIELD: ClassVar = "consent_id"
    consent_id: ConsentId
    subject: DataSubject | None = None
    representative: Person | None = None
    controller: OrganisationId | None = None
    case_id: ConsentCaseId | None = None
    """The one case that the consent is for, where it is given per case."""
    record_schema: Slug | None = None
    notice_version: VersionLabel | None = None
    notice_sha256: Sha256Hex | None = None
    notice_url: Uri | None = None
    language: LanguageCode | None = None
    jurisdiction: CountryCode | None = None
    scope: ConsentScope | None = None
    form: ConsentForm | None = None
    explicit: bool | None = None
    method: Slug | None = None
    withdrawal_method: Slug | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    reason: Text | None = None


class ConsentRequested(
    ConsentFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="consent.requested.v1",
):
    """Somebody was asked to consent."""


class ConsentGiven(
    ConsentFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="consent.given.v1",
):
    """Somebody consented."""


class ConsentRefused(
    ConsentFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="consent.refused.v1",
):
    """Somebody who was asked did not consent."""


class ConsentWithdrawn(
    ConsentFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="consent.withdrawn.v1",
):
    """Somebody took a consent back."""


class ConsentExpired(
    ConsentFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="consent.expired.v1",
):
    """A consent ran out."""


class ConsentRenewed(
    ConsentFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="consent.renewed.v1",
):
    """A consent was confirmed for a further time."""


ConsentEvent = (
    ConsentRequested
    | ConsentGiven
    | ConsentRefused
    | ConsentWithdrawn
    | ConsentExpired
    | ConsentRenewed
)
