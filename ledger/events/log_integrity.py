"""The log about its own wholeness: coverage, anchors, verification, clock, refusals, reading."""

from typing import Literal
from uuid import UUID

from ledger.events.envelope import Envelope
from ledger.events.parties import Party
from ledger.personal import Person, RequestId, Text
from ledger.units import (
    Count,
    Duration,
    Instant,
    KeyIdHex,
    KindName,
    LogOrigin,
    ProgramName,
    Sha256Hex,
    Slug,
    SystemId,
    Uri,
)
from ledger.verdicts import Verdict

AnchorKind = Literal["rfc3161", "witness"]
VerificationLevel = Literal["quick", "since", "full", "bundle"]


class LogSourceCoverageDeclared(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.source_coverage_declared.v1",
):
    """A source was connected over a whole interval: its silence means that nothing happened."""

    source: SystemId
    covered_from: Instant
    covered_until: Instant | None = None
    kinds: tuple[KindName, ...] = ()
    """Which kinds the source would have reported; none given: all that it knows."""
    declared_by: Person | None = None


class LogCheckpointAnchored(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.checkpoint_anchored.v1",
):
    """A checkpoint was stamped or countersigned by an independent party."""

    root_sha256: Sha256Hex
    tree_size: Count
    anchor: AnchorKind
    anchor_uri: Uri | None = None
    anchored_at: Instant | None = None
    token_sha256: Sha256Hex | None = None


class LogCheckpointCollected(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.checkpoint_collected.v1",
):
    """A checkpoint of another log was collected, so that what anchors this log anchors that one."""

    log_origin: LogOrigin
    """The name of the other log."""
    tree_size: Count
    root_sha256: Sha256Hex
    note_sha256: Sha256Hex
    """Of the signed note, every byte of it."""
    key_ids: tuple[KeyIdHex, ...]
    """Of the keys of the other log that signed it."""


class VerificationFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was verified: the records from `first_index` up to the tree size."""

    first_index: Count | None = None
    tree_size: Count
    root_sha256: Sha256Hex
    verifier: ProgramName | None = None
    level: VerificationLevel | None = None
    records_checked: Count | None = None
    disclosures_checked: Count | None = None
    verified_by: Person | None = None


class LogVerified(
    VerificationFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="log.verified.v1"
):
    """A verification found no fault."""


class LogVerificationFailed(
    VerificationFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.verification_failed.v1",
):
    """A verification found faults."""

    verdict: Verdict
    fault_index: Count | None = None
    faults: Count | None = None
    details: Text | None = None


class LogClockSkewRecorded(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.clock_skew_recorded.v1",
):
    """A clock, of a source or of the log itself, was off by an amount."""

    offset: Duration
    """What must be added to the clock; negative where it was ahead."""
    source: SystemId | None = None
    skew_from: Instant | None = None
    skew_until: Instant | None = None


class LogConflictRecorded(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.conflict_recorded.v1",
):
    """An event id came again with other content, which was refused; this keeps the evidence."""

    reused_event_id: UUID
    first_index: Count
    refused_kind: KindName | None = None
    refused_digest: Sha256Hex | None = None
    """Keyed digest of the refused content, from which nothing can be guessed."""


class LogIntakeRefused(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="log.intake_refused.v1"
):
    """Facts that somebody, the actor, sent were refused whole: they break a profile or a kind."""

    payload_format: Slug
    source: SystemId | None = None
    """The system in whose name they came."""
    items: Count | None = None
    """How many facts were in what was sent."""
    faults: Count
    reasons: Text | None = None
    """Place and rule of the first faults, one on a line."""
    payload_bytes: Count
    payload_kept: bool
    """Whether the quarantine keeps what was sent, under the id of this event."""
    payloads_removed: Count | None = None
    """How many payloads of earlier refusals had to leave the quarantine for this one."""


class LogExportIssued(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="log.export_issued.v1"
):
    """A part of the log was handed out, with what proves it."""

    manifest_sha256: Sha256Hex
    first_index: Count | None = None
    tree_size: Count
    root_sha256: Sha256Hex
    records: Count | None = None
    recipient: Party | None = None
    recipient_person: Person | None = None
    request_id: RequestId | None = None
    """The request of a data subject that this answers."""
    reason: Text | None = None
    export_format: Slug | None = None
    """The language that the records were written in."""
    question: Text | None = None
    """Which records were asked for, with tokens in place of identities."""


class LogRead(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="log.read.v1"):
    """Somebody, the actor, asked the log a question and was shown identities."""

    question: Text
    records: Count
    identities: Count | None = None
    shown: Text | None = None
    """Which records were shown: their indexes as runs, such as `3-9 12`."""
    shown_exactly: bool | None = None
    """False where there were so many runs that near ones were joined."""
    shown_subjects: Text | None = None
    """Whose identities alone were shown, as tokens; without it, of all who stand in the records."""
    lines: Count | None = None
    """How many lines of a source were shown, which could not be read and so are no records."""


LogIntegrityEvent = (
    LogSourceCoverageDeclared
    | LogCheckpointAnchored
    | LogCheckpointCollected
    | LogVerified
    | LogVerificationFailed
    | LogClockSkewRecorded
    | LogConflictRecorded
    | LogIntakeRefused
    | LogExportIssued
    | LogRead
)
