"""OTLP/JSON traces of Logboek Dataverwerkingen (LDV) 1.0.0 as `processing.performed` events.

A file holds one request, one request per line, or an array of requests, which is split. Each span
is judged by the profile of `formats.ldv_profile`: faults make it unreadable with every finding
named, flags become warnings. A span without any `dpl.*` attribute is no line of a processing log:
skipped and counted. The order of spans does not matter, and the sampled flag is ignored.

| Span | Event |
|---|---|
| `traceId`, `spanId` | `trace_id`, `span_id`, and together the event id |
| start and end in nanoseconds | `occurred_at` = `started_at`, `ended_at`, the rest beside them |
| `dpl.core.data_subject_id` and its type | `subject` as `data-subject:TYPE:ID`, `subject_id_type` |
| `dpl.core.processing_activity_id` | `processing_activity_id` when it is a URI, else an attribute |
| `dpl.core.foreign_operation.processor` | `foreign_processor` |
| `name`, `status.message`, `exception.*`, resource, other attributes | personal text, as sent |

A subject whose type is the URI of a register becomes `data-subject:uri:URI ID`. A plain BSN lives
in the vault only; one inside the activity's URI, which is public, is a fault.

Source: Logboek Dataverwerkingen 1.0.0 §3.2.2 and §3.3; OTLP specification for the encoding.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, Final

from formats.json_documents import Document, read_documents
from formats.ldv_profile import (
    ACTIVITY,
    PROCESSOR,
    PROFILE,
    SUBJECT,
    SUBJECT_TYPE,
    Finding,
    check_span,
    is_ldv_line,
    is_uri,
)
from formats.ldv_subject import SubjectId, identity_of
from formats.otlp import Span, spans_of
from formats.reading import (
    Outcome,
    ReadContext,
    Skipped,
    Translated,
    Unreadable,
    defect,
    reason_of,
)
from ledger.errors import FormatError, MalformedEvent
from ledger.events import event_from_mapping

NAME: Final = "ldv"
PARSER: Final = "zegel-ldv/1"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STATUS: Final = ("unset", "ok", "error")
_UNNAMED: Final = "unnamed"
_MAX_TEXT: Final = 8192
_EXCEPTION: Final = ("exception.type", "exception.message", "exception.stacktrace")


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are an OTLP/JSON trace."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"{", b"[")):
        return 0
    if b'"resourceSpans"' in head or (b'"batches"' in head and b'"scopeSpans"' in head):
        return 95
    return 20 if "trace" in file_name and file_name.endswith((".json", ".jsonl")) else 0


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every span of every request as a fact, skipped or unreadable, in the order of the file.

    Raises:
        FormatError: a request that spans lines is too large to hold.
    """
    for document in read_documents(stream, "request"):
        if isinstance(document, Unreadable):
            yield document
            continue
        yield from _outcomes(document, context)


def _outcomes(document: Document, context: ReadContext) -> Iterator[Outcome]:
    spans: list[Span] = []
    fault: Unreadable | None = None
    try:
        for span in spans_of(document.value, document.place):
            spans.append(span)  # noqa: PERF402 - those before a fault are kept
    except FormatError as error:
        fault = document.unreadable(f"expected {error.expected}, found {error.found}")
    except Exception as error:  # noqa: BLE001 - see `defect`
        fault = defect(error, document.unreadable)
    for number, span in enumerate(spans, start=1):
        is_last = number == len(spans) and fault is None
        end_offset = document.end_offset if is_last else document.offset + number
        place = f"{document.place}, {place_of(span, number)}"
        try:
            outcome = translate_span(span, place, end_offset, context)
        except Exception as error:  # noqa: BLE001 - see `defect`
            fault = fault or defect(error, document.unreadable)
        else:
            yield outcome
    if fault is not None:
        yield fault
    elif not spans:
        yield Skipped(document.place, "a request without spans", 1, document.end_offset)


def place_of(span: Span, number: int) -> str:
    """How people are pointed to one of the spans of a request, such as `span 00f067aa0ba902b7`."""
    return f"span {span.span_id.hex() if span.span_id else f'number {number}'}"


def translate_span(span: Span, place: str, end_offset: int, context: ReadContext) -> Outcome:
    """What becomes of one span: an event, skipped without `dpl.*`, or unreadable by the profile."""
    if not is_ldv_line(span):
        return Skipped(place, "a span without dpl attributes", 1, end_offset)
    findings = check_span(span)
    faults = [str(finding) for finding in findings if finding.is_fault]
    if faults:
        return Unreadable(place, f"{PROFILE}: {'; '.join(faults)}", span.to_bytes(), end_offset)
    values, cuts = _values(span, context)
    try:
        event = event_from_mapping(values)
    except MalformedEvent as error:
        return Unreadable(place, reason_of(error), span.to_bytes(), end_offset)
    warnings = tuple(f"{PROFILE}: {finding}" for finding in (*findings, *cuts))
    return Translated(place, event, end_offset, warnings)


def _values(span: Span, context: ReadContext) -> tuple[dict[str, Any], list[Finding]]:
    """The fields of the event of a span without faults, and a flag per text that was cut."""
    trace_id, span_id = span.trace_id or b"", span.span_id or b""
    parent = span.parent_span_id or b""
    started_at, started_ns = _instant(span.start_ns or 0)
    ended_at, ended_ns = _instant(span.end_ns or 0)
    taken = {SUBJECT, SUBJECT_TYPE, PROCESSOR, *_EXCEPTION}
    activity = span.attributes.get(ACTIVITY)
    if is_uri(activity):
        taken.add(ACTIVITY)
    else:
        activity = None
    exception = {name: span.attributes.get(name) or span.exception.get(name) for name in _EXCEPTION}
    texts = {
        "name": span.name or _UNNAMED,
        "status_message": span.status_message,
        "subject_id_type": span.attributes.get(SUBJECT_TYPE),
        **{name.replace(".", "_"): value for name, value in exception.items()},
    }
    cut = [name for name, text in texts.items() if isinstance(text, str) and len(text) > _MAX_TEXT]
    values = {
        "kind": "processing.performed",
        "event_id": context.own_id(NAME, trace_id, span_id),
        "occurred_at": started_at,
        "occurred_precision": "microsecond",
        "system": context.system,
        "parser": PARSER,
        "trace_id": trace_id.hex(),
        "span_id": span_id.hex(),
        "parent_span_id": parent.hex() if any(parent) else None,
        "status": _STATUS[span.status_code or 0],
        "name_was_empty": None if span.name else True,
        "started_at": started_at,
        "started_nanoseconds": started_ns or None,
        "ended_at": ended_at,
        "ended_nanoseconds": ended_ns or None,
        "processing_activity_id": activity,
        "subject": _subject(span),
        "foreign_processor": span.attributes.get(PROCESSOR),
        "resource": span.resource,
        "attributes": {name: value for name, value in span.attributes.items() if name not in taken},
        **{name: _shortened(text) for name, text in texts.items()},
    }
    known = {name: value for name, value in values.items() if value not in (None, {}, "")}
    flags = [Finding(name, f"cut to {_MAX_TEXT} characters", is_fault=False) for name in cut]
    return known, flags


def _instant(nanoseconds: int) -> tuple[datetime, int]:
    """The instant in microseconds and the nanoseconds left over."""
    microseconds, rest = divmod(nanoseconds, 1000)
    return _EPOCH + timedelta(microseconds=microseconds), rest


def _subject(span: Span) -> str | None:
    subject, id_type = span.attributes.get(SUBJECT), span.attributes.get(SUBJECT_TYPE)
    if subject is None or not isinstance(id_type, str):
        return None
    return identity_of(SubjectId(id_type, str(subject)))


def _shortened(text: object) -> str | None:
    """At most as much as a text field holds; a stack trace can be longer."""
    return None if text in (None, "") else str(text)[:_MAX_TEXT]
