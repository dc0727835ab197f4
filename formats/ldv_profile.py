"""The profile `ldv-1.0.0`: what is wrong or odd with one span as a line of a processing log.

A *fault* keeps a line out; a *flag* lets it in with a warning. Every finding names its rule and no
value, because a value may name a person.

Source: Logboek Dataverwerkingen 1.0.0 §3.2.2 (fields), §3.3.1 (subject, activity), §3.3.2 (name,
faults); RFC 3986 §3 (URIs); OTLP trace.proto (identifiers, times).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from formats.otlp import Span
from ledger.identifiers import BSN, CitizenNumberRefused, is_bsn, names_bsn, normalised_bsn

PROFILE: Final = "ldv-1.0.0"

ACTIVITY: Final = "dpl.core.processing_activity_id"
SUBJECT: Final = "dpl.core.data_subject_id"
SUBJECT_TYPE: Final = "dpl.core.data_subject_id_type"
PROCESSOR: Final = "dpl.core.foreign_operation.processor"

_CORE: Final = frozenset({ACTIVITY, SUBJECT, SUBJECT_TYPE})
_FOREIGN: Final = "dpl.core.foreign_operation."
_URI: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+", re.ASCII
)
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+", re.ASCII)
_WORD: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_NAMESPACE: Final = re.compile(r"dpl\.[A-Za-z0-9_]{1,32}(?=\.)", re.ASCII)
_STATUS_CODES: Final = frozenset({0, 1, 2})
_MAX_SUBJECT_CHARACTERS: Final = 300
_MAX_URI_CHARACTERS: Final = 2048


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a span does not meet."""

    rule: str
    message: str
    is_fault: bool = True

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


def is_ldv_line(span: Span) -> bool:
    """Whether the span has any attribute of a processing log."""
    return any(name.startswith("dpl.") for name in span.attributes)


def check_span(span: Span) -> tuple[Finding, ...]:
    """Every finding about one span, faults and flags, in the order of the profile."""
    return (*_identity(span), *_times(span), *_subject(span), *_activity(span), *_others(span))


def is_uri(value: object) -> bool:
    """Whether a value is an absolute URI by the grammar: `RVA: Some text` is none, `urn:x:1` is."""
    return (
        isinstance(value, str)
        and len(value) <= _MAX_URI_CHARACTERS
        and _URI.fullmatch(value) is not None
    )


def _identity(span: Span) -> Iterator[Finding]:
    if span.trace_id is None or not any(span.trace_id):
        yield Finding("trace-id", "expected 16 bytes in hexadecimal, not all zero")
    if span.span_id is None or not any(span.span_id):
        yield Finding("span-id", "expected 8 bytes in hexadecimal, not all zero")
    if "parentSpanId" in span.malformed:
        yield Finding("parent-span-id", "expected 8 bytes in hexadecimal, or nothing")
    if not span.name:
        yield Finding("name", "expected a name, found none; filled in", is_fault=False)


def _times(span: Span) -> Iterator[Finding]:
    if span.start_ns is None or span.end_ns is None:
        yield Finding("times", "expected start and end in nanoseconds since 1970")
    elif span.end_ns < span.start_ns:
        yield Finding("times", "expected an end that is not before the start")
    if span.status_code not in _STATUS_CODES:
        yield Finding("status", "expected code 0, 1 or 2 as an integer")


def _subject(span: Span) -> Iterator[Finding]:
    subject = span.attributes.get(SUBJECT)
    id_type = span.attributes.get(SUBJECT_TYPE)
    if SUBJECT in span.repeated or SUBJECT_TYPE in span.repeated:
        yield Finding("subject-count", "expected at most one data subject per line")
    if SUBJECT in span.attributes:
        yield from _subject_id(subject, id_type)
        if SUBJECT_TYPE not in span.attributes:
            yield Finding("subject-type", f"expected {SUBJECT_TYPE} with a data subject")
    elif SUBJECT_TYPE in span.attributes:
        yield Finding("subject-id", f"expected {SUBJECT} with its type")
    if SUBJECT_TYPE in span.attributes and not (
        isinstance(id_type, str) and (_WORD.fullmatch(id_type) or is_uri(id_type))
    ):
        yield Finding("subject-type", "expected BSN, personeelsnummer or the URI of a register")


def _subject_id(subject: object, id_type: object) -> Iterator[Finding]:
    if isinstance(subject, list):
        yield Finding("subject-count", "expected at most one data subject per line")
    elif not isinstance(subject, str) or not subject:
        yield Finding("subject-id", "expected text")
    elif len(subject) > _MAX_SUBJECT_CHARACTERS:
        yield Finding("subject-id", f"expected at most {_MAX_SUBJECT_CHARACTERS} characters")
    elif any(character.isspace() for character in subject):
        yield Finding("subject-id", "expected a code, found blanks as in a name")
    elif isinstance(id_type, str) and id_type.upper() == BSN and not _is_number(subject):
        yield Finding("subject-id", "expected a BSN that passes the eleven-test")
    elif is_bsn(subject):
        yield Finding("subject-id", "a plain BSN, kept in the vault only", is_fault=False)


def _is_number(subject: str) -> bool:
    try:
        normalised_bsn(subject)
    except CitizenNumberRefused:
        return False
    return True


def _activity(span: Span) -> Iterator[Finding]:
    activity = span.attributes.get(ACTIVITY)
    has_subject = SUBJECT in span.attributes
    if ACTIVITY not in span.attributes:
        if has_subject:
            yield Finding("activity", f"expected {ACTIVITY} with a data subject")
        return
    if not is_uri(activity):
        message = "expected an absolute URI of a register"
        yield Finding("activity", message, is_fault=has_subject)
    elif isinstance(activity, str) and names_bsn(activity):
        yield Finding("bsn-in-public-field", f"expected no citizen number in {ACTIVITY}")


def _others(span: Span) -> Iterator[Finding]:
    processor = span.attributes.get(PROCESSOR)
    if PROCESSOR in span.attributes and not (
        is_uri(processor) and isinstance(processor, str) and _URL.match(processor)
    ):
        yield Finding("processor", f"expected {PROCESSOR} as a URL")
    if span.parent_is_remote and not any(name.startswith(_FOREIGN) for name in span.attributes):
        message = f"expected {PROCESSOR}, as another application called"
        yield Finding("processor", message, is_fault=False)
    yield from _namespaces(span)
    if span.repeated - {SUBJECT, SUBJECT_TYPE}:
        yield Finding("attributes", "sent more than once, the last one kept", is_fault=False)
    if span.dropped:
        yield Finding("attributes", "the sender left some out", is_fault=False)


def _namespaces(span: Span) -> Iterator[Finding]:
    """A flag per namespace outside the adopted standard."""
    unknown = set()
    for name in span.attributes:
        if name.startswith("dpl.") and name not in _CORE and not name.startswith(_FOREIGN):
            match = _NAMESPACE.match(name)
            unknown.add(match[0] if match else "dpl")
    for namespace in sorted(unknown):
        what = (
            f"{namespace} has no such attribute"
            if namespace == "dpl.core"
            else (f"{namespace} is not adopted")
        )
        yield Finding("namespace", f"{what}; kept as sent", is_fault=False)
