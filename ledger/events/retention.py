"""How long data stay: rules, legal holds and the end of backups."""

from typing import ClassVar

from ledger.events.envelope import Envelope
from ledger.personal import DataSubject, FileId, HoldId, IpAddress, Person, Text
from ledger.units import (
    Count,
    Duration,
    Instant,
    KindName,
    OrganisationId,
    Period,
    ResourceName,
    Slug,
    SystemId,
)


class RetentionRuleSet(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="retention.rule_set.v1"
):
    """A rule says how long a category of data is kept, counted from a trigger, and why."""

    STREAM_FIELD: ClassVar = "rule_id"
    rule_id: Slug
    category: Slug
    kinds: tuple[KindName, ...] = ()
    """Of events of the log itself, whose disclosures the rule erases when they are due."""
    systems: tuple[SystemId, ...] = ()
    """Only what these systems reported; the `system` of this event says who reported the rule."""
    period: Period | None = None
    duration: Duration | None = None
    """Where the rule counts elapsed time instead of days: seconds after a file was processed."""
    trigger: Slug | None = None
    basis: Slug | None = None
    """The law or agreement behind it: `awr-52`."""
    organisation: OrganisationId | None = None
    dataset: ResourceName | None = None
    scope: ResourceName | None = None
    customer_id: DataSubject | None = None
    decided_by: Person | None = None
    reason: Text | None = None
    effective_from: Instant | None = None
    overrides: tuple[Slug, ...] = ()
    """Rules that give way to this one where both concern the same data."""


class LegalHoldFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A duty to keep data beyond their term."""

    STREAM_FIELD: ClassVar = "hold_id"
    hold_id: HoldId
    person: Person | None = None
    ip: IpAddress | None = None
    kinds: tuple[KindName, ...] = ()
    """Only events of these kinds; none given: all that the hold is about."""
    systems: tuple[SystemId, ...] = ()
    """Only what these systems reported; the `system` of this event says who reported the hold."""
    dataset: ResourceName | None = None
    file_id: FileId | None = None
    scope: ResourceName | None = None
    basis: Slug | None = None
    customer_id: DataSubject | None = None
    decided_by: Person | None = None
    reason: Text | None = None


class LegalHoldPlaced(
    LegalHoldFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="legal_hold.placed.v1",
):
    """Data must be kept, whatever their retention rule says."""

    valid_until: Instant | None = None


class LegalHoldReleased(
    LegalHoldFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="legal_hold.released.v1",
):
    """The duty to keep data beyond their term ended."""


class BackupExpired(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="backup.expired.v1"
):
    """A backup ran out and was destroyed, with the copies in it."""

    dataset: ResourceName | None = None
    location: ResourceName | None = None
    scope: ResourceName | None = None
    count: Count | None = None
    period: Period | None = None
    taken_at: Instant | None = None


RetentionEvent = RetentionRuleSet | LegalHoldPlaced | LegalHoldReleased | BackupExpired
