"""Data at rest: stored, corrected, restricted, anonymised, deleted."""

from uuid import UUID

from ledger.events.envelope import Envelope
from ledger.personal import ContractId, DataSubject, FileId, RequestId, SpecificationId, Text
from ledger.units import Count, Instant, ResourceName, Slug


class DataFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which data an event is about: a dataset, a file or an object of the envelope."""

    dataset: ResourceName | None = None
    file_id: FileId | None = None
    location: ResourceName | None = None
    encrypted: bool | None = None
    subject_categories: tuple[Slug, ...] = ()
    content_classes: tuple[Slug, ...] = ()
    method: Slug | None = None
    scope: ResourceName | None = None
    """Which part: `customer-file`, `backup`, `logs`."""
    count: Count | None = None
    customer_id: DataSubject | None = None
    contract_id: ContractId | None = None
    specification_id: SpecificationId | None = None


class DataStored(
    DataFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="data.stored.v1"
):
    """Personal data were stored."""


class DataCorrected(
    DataFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="data.corrected.v1"
):
    """Stored personal data were corrected or completed."""

    request_id: RequestId | None = None
    reason: Text | None = None


class DataRestricted(
    DataFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="data.restricted.v1"
):
    """Stored personal data may be kept but not used.

    Source: GDPR art. 18.
    """

    request_id: RequestId | None = None
    reason: Text | None = None


class DataRestrictionLifted(
    DataFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="data.restriction_lifted.v1",
):
    """A restriction ended, after the data subject was told.

    Source: GDPR art. 18(3).
    """

    request_id: RequestId | None = None
    subject_informed_at: Instant | None = None
    reason: Text | None = None


class DataAnonymised(
    DataFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="data.anonymised.v1"
):
    """Stored personal data were changed so that they name nobody any more."""

    trigger_event_id: UUID | None = None
    reason: Text | None = None


class DataDeleted(
    DataFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="data.deleted.v1"
):
    """Stored personal data were deleted, because of the trigger event if one is given."""

    trigger_event_id: UUID | None = None
    request_id: RequestId | None = None
    reason: Text | None = None


class DeletionVerified(
    DataFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="deletion.verified.v1"
):
    """Somebody checked that deleted data are gone."""

    trigger_event_id: UUID | None = None
    deletion_event_id: UUID | None = None
    remaining_count: Count | None = None


StorageEvent = (
    DataStored
    | DataCorrected
    | DataRestricted
    | DataRestrictionLifted
    | DataAnonymised
    | DataDeleted
    | DeletionVerified
)
