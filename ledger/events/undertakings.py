"""What people undertook or are certified for: confidentiality, codes, certificates."""

from typing import ClassVar

from ledger.events.envelope import Envelope
from ledger.personal import CertificateId, DataSubject, Person, Text
from ledger.units import Instant, OrganisationId, Sha256Hex, Slug, VersionLabel


class AcknowledgementRecorded(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="acknowledgement.recorded.v1",
):
    """A person accepted a document: a non-disclosure agreement, a professional code, a protocol."""

    person: Person
    document: Slug
    version: VersionLabel | None = None
    document_sha256: Sha256Hex | None = None
    organisation: OrganisationId | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None


class CertificationFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate of a person."""

    STREAM_FIELD: ClassVar = "certificate_id"
    certificate_id: CertificateId
    person: Person
    document: Slug | None = None
    version: VersionLabel | None = None
    valid_until: Instant | None = None
    role: Slug | None = None
    customer_id: DataSubject | None = None


class CertificationGranted(
    CertificationFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="certification.granted.v1",
):
    """A person was certified, perhaps in a role for one customer."""

    valid_from: Instant | None = None
    granted_by: OrganisationId | None = None


class CertificationExpired(
    CertificationFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="certification.expired.v1",
):
    """A certificate ran out."""


class CertificationRevoked(
    CertificationFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="certification.revoked.v1",
):
    """A certificate was taken away."""

    revoked_by: Person | None = None
    reason: Text | None = None


UndertakingEvent = (
    AcknowledgementRecorded | CertificationGranted | CertificationExpired | CertificationRevoked
)
