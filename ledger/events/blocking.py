"""Intruders and their addresses: attempts, recording, blocking."""

from typing import ClassVar, Literal
from uuid import UUID

from ledger.events.envelope import Envelope
from ledger.personal import BlockId, IpAddress, Person, Text
from ledger.units import Count, Instant, ProgramName, ResourceName, Slug

Decider = Literal["automatic", "person"]


class IntrusionAttemptDetected(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="intrusion.attempt_detected.v1",
):
    """Something tried to get in where it has no right to be."""

    ip: IpAddress
    target: ResourceName | None = None
    account: Person | None = None
    """The account that was tried, whether it exists or not."""
    detector: ProgramName | None = None
    detector_rule: Slug | None = None
    attempts: Count | None = None


class IpRecorded(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="ip.recorded.v1"
):
    """An address was kept, because of the attempts named or for another reason."""

    ip: IpAddress
    target: ResourceName | None = None
    attempt_ids: tuple[UUID, ...] = ()
    reason: Text | None = None


class BlockFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The blocking of one address."""

    STREAM_FIELD: ClassVar = "block_id"
    block_id: BlockId
    ip: IpAddress
    scope: ResourceName | None = None
    """Where the address is kept out: `sshd`, `website`."""
    attempt_ids: tuple[UUID, ...] = ()
    decided_by: Decider | None = None
    decider: Person | None = None
    reason: Text | None = None


class IpBlocked(
    BlockFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="ip.blocked.v1"
):
    """An address was kept out from now on, until an instant if one is given."""

    until: Instant | None = None


class IpUnblocked(
    BlockFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="ip.unblocked.v1"
):
    """An address is let in again."""


class IpRecordDeleted(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="ip.record_deleted.v1"
):
    """A kept address was deleted at its source."""

    ip: IpAddress
    reason: Text | None = None


BlockingEvent = IntrusionAttemptDetected | IpRecorded | IpBlocked | IpUnblocked | IpRecordDeleted
