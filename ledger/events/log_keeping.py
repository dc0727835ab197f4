"""The log about what it keeps: corrections, erasure, keys, retention."""

from typing import ClassVar, Literal
from uuid import UUID

from ledger.events.envelope import Envelope
from ledger.personal import DataSubject, ErasureId, IpAddress, Person, RequestId, Text
from ledger.units import Count, Instant, Sha256Hex, Slug, VerifierKeyText

KeyRole = Literal["epoch", "blind-index", "sameness", "signing"]
SubjectKind = Literal["person", "ip", "data-subject", "case"]


class LogCorrectionRecorded(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.correction_recorded.v1",
):
    """An earlier event was wrong; the event that says it right names it in `supersedes`."""

    corrected_event_id: UUID
    reason: Text | None = None
    corrected_by: Person | None = None


class LogSubjectKeyDestroyed(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.subject_key_destroyed.v1",
):
    """The key of one subject was destroyed, so that its disclosures open no more."""

    key_id: UUID
    """A random id that stands for nobody once the key is gone."""
    reason: Text | None = None


class ErasureFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One erasure of one subject."""

    STREAM_FIELD: ClassVar = "erasure_id"
    erasure_id: ErasureId
    subject_kind: SubjectKind | None = None


class LogErasureRequested(
    ErasureFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.erasure_requested.v1",
):
    """Somebody asked that a subject be erased from the log, and no legal hold forbids it."""

    person: Person | None = None
    ip: IpAddress | None = None
    subject: DataSubject | None = None
    rule_id: Slug | None = None
    """The retention rule that asked, where no person did."""
    request_id: RequestId | None = None
    reason: Text | None = None


class LogErasureConfirmed(
    ErasureFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.erasure_confirmed.v1",
):
    """Keys, disclosures, index entries and view cells of a subject are destroyed."""

    erasure_horizon: Instant | None = None
    """When the last backup that could hold the key has expired."""
    key_ids: tuple[UUID, ...] = ()
    keys_destroyed: Count | None = None
    disclosures_destroyed: Count | None = None
    records_affected: Count | None = None
    erased_sha256: Sha256Hex | None = None
    """Commits to what was erased: the digests of the destroyed disclosures, record by record."""


class LogKeyRotated(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="log.key_rotated.v1"
):
    """A key of the log was replaced by a new one."""

    key_role: KeyRole
    from_epoch: Count | None = None
    to_epoch: Count | None = None
    keys_rewrapped: Count | None = None
    destroyed_epochs: tuple[Count, ...] = ()
    """Epochs whose keys were destroyed with this step, because their horizon had passed."""
    erasure_horizon: Instant | None = None
    """When the last backup that could hold the replaced key has expired."""
    verifier_key: VerifierKeyText | None = None
    """Of a signing key: the new one, as verifiers write it."""
    reason: Text | None = None


class LogRetentionExecuted(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="log.retention_executed.v1"
):
    """A retention rule was carried out on what the log itself keeps."""

    rule_id: Slug
    category: Slug | None = None
    before: Instant | None = None
    """What occurred earlier than this was destroyed."""
    disclosures_destroyed: Count | None = None
    keys_destroyed: Count | None = None
    held: Count | None = None
    """What stayed because of a legal hold."""
    erasure_index: Count | None = None
    """The index of the `log.erasure_requested` that began it."""
    minimum_index: Count | None = None
    """Of a pruning: sealed records below this index were removed, after an export."""
    archived_index: Count | None = None
    """Of an archiving: the sealed bytes of records below this index are in the archive alone."""
    root_sha256: Sha256Hex | None = None
    """Of a pruning or an archiving: the root of the tree over the records below that index."""
    manifest_sha256: Sha256Hex | None = None
    """The manifest of the export that holds pruned records, or those of archived segments."""
    decided_by: Person | None = None
    reason: Text | None = None


LogKeepingEvent = (
    LogCorrectionRecorded
    | LogSubjectKeyDestroyed
    | LogErasureRequested
    | LogErasureConfirmed
    | LogKeyRotated
    | LogRetentionExecuted
)
