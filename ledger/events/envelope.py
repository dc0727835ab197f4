"""The fields that every event has, whatever happened.

They cover the six fields of BIO2 8.15.01 (action, object, outcome, origin, actor, time), the
purpose of use of NEN 7513 and both times of VNG Verwerkingenlogging; trace and span of LDV stand in
`ledger.events.processing`.
"""

from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from ledger.personal import DataSubject, IpAddress, ObjectId, Person, Text
from ledger.units import (
    ActorKind,
    Count,
    Duration,
    Instant,
    LegalBasis,
    MediaType,
    OrganisationId,
    Outcome,
    ProgramName,
    Sha256Hex,
    Slug,
    SystemId,
    Uri,
    ZoneName,
)

Precision = Literal["day", "hour", "minute", "second", "millisecond", "microsecond"]


class Evidence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A document that supports an event, named by its hash."""

    sha256: Sha256Hex
    media_type: MediaType | None = None
    uri: Uri | None = None


class Envelope(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
):
    """What every event says: when, where, who, about whom, why, and on which evidence."""

    STREAM_FIELD: ClassVar[str | None] = None

    event_id: UUID | None = None
    occurred_at: Instant
    occurred_zone: ZoneName | None = None
    occurred_precision: Precision | None = None
    occurred_uncertainty: Duration | None = None
    observed_at: Instant | None = None

    system: SystemId | None = None
    host: Text | None = None
    origin: IpAddress | None = None
    collector: ProgramName | None = None
    parser: ProgramName | None = None
    clock_offset: Duration | None = None

    actor: Person | None = None
    actor_kind: ActorKind | None = None
    actor_organisation: OrganisationId | None = None
    actor_role: Slug | None = None
    on_behalf_of: OrganisationId | None = None

    object_kind: Slug | None = None
    object_id: ObjectId | None = None
    subjects: tuple[DataSubject, ...] = ()
    subject_count: Count | None = None
    action: Slug | None = None
    outcome: Outcome | None = None

    processing_activity_id: Uri | None = None
    purpose: Slug | None = None
    legal_basis: LegalBasis | None = None
    data_categories: tuple[Slug, ...] = ()

    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    evidence: tuple[Evidence, ...] = ()
    supersedes: UUID | None = None
    note: Text | None = None
