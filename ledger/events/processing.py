"""A processing of personal data as its application logged it.

Source: Logboek Dataverwerkingen 1.0.0 §3.2.2 (fields) and §3.3 (attributes).
"""

from typing import Annotated, Literal

from msgspec import Meta

from ledger.events.envelope import Envelope
from ledger.personal import Attributes, DataSubject, SourceUri, Text
from ledger.units import Instant, SpanIdHex, TraceIdHex

ProcessingStatus = Literal["unset", "ok", "error"]
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


ProcessingEvent = ProcessingPerformed
