"""A processing of personal data as its application logged it, and the terms of its line.

What VNG calls an action (`verwerkingsactie`) is a line of a processing log whose terms were said
with it: who may see it and how long it is shown. They change later, and the action can be
withdrawn; each change is an event of its own under the id that the action keeps for good.

Source: Logboek Dataverwerkingen 1.0.0 §3.2.2 (fields) and §3.3 (attributes); VNG
Verwerkingenlogging, decision B3891 (every change is a new record under the same logical id).
"""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from ledger.events.envelope import Envelope
from ledger.personal import Attributes, DataSubject, SourceUri, Text
from ledger.units import Instant, SpanIdHex, TermText, TraceIdHex

ProcessingStatus = Literal["unset", "ok", "error"]
Confidentiality = Literal["normal", "confidential", "lifted"]
"""Whether the person concerned may see an action; `lifted`: it was confidential once."""

SubMicrosecond = Annotated[
    int,
    Meta(ge=0, le=999, title="nanoseconds", description="nanoseconds below the microsecond, 0-999"),
]


class ProcessingPerformed(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="processing.performed.v1"
):
    """An application performed one act of processing, as a line of a processing log says."""

    trace_id: TraceIdHex
    span_id: SpanIdHex
    parent_span_id: SpanIdHex | None = None
    status: ProcessingStatus
    name: Text
    name_was_empty: bool | None = None
    """The source sent no name, so the reader of its format filled one in."""
    started_at: Instant
    started_nanoseconds: SubMicrosecond | None = None
    ended_at: Instant
    ended_nanoseconds: SubMicrosecond | None = None
    subject: DataSubject | None = None
    subject_id_type: Text | None = None
    """The type of the subject's id as the source wrote it: `BSN`, or the URI of a register."""
    foreign_processor: SourceUri | None = None
    status_message: Text | None = None
    exception_type: Text | None = None
    exception_message: Text | None = None
    exception_stacktrace: Text | None = None
    resource: Attributes | None = None
    attributes: Attributes | None = None


class ProcessingRegistered(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="processing.registered.v1"
):
    """An act of processing was registered, or anew as a whole, with the terms of its lines.

    The line with this trace and span tells what was done; the lines below it name the people.
    """

    action_id: UUID
    trace_id: TraceIdHex
    span_id: SpanIdHex
    processing_id: UUID | None = None
    """The processing of which it is a part, as its source calls it."""
    activity_id: UUID | None = None
    """The id of the activity as its source calls it, beside the URI in the line."""
    confidentiality: Confidentiality
    shown_for: TermText | None = None
    """How long after it was performed it is shown to those who ask; none given: always."""


class ProcessingTermsChanged(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="processing.terms_changed.v1",
):
    """The terms of an act of processing changed; what is not given stays."""

    action_id: UUID
    confidentiality: Confidentiality | None = None
    shown_for: TermText | None = None


class ProcessingWithdrawn(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="processing.withdrawn.v1"
):
    """An act of processing is shown no more to those who ask; its lines stay in the log."""

    action_id: UUID
    reason: Text | None = None


ProcessingEvent = (
    ProcessingPerformed | ProcessingRegistered | ProcessingTermsChanged | ProcessingWithdrawn
)
