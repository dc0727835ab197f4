"""The profile `ldv-1.0.0`: every rule found by name, faults told from flags."""

from typing import Any

import pytest

from formats.ldv_profile import check_span, is_uri
from formats.otlp import Span, spans_of
from tests.unit.formats.traces import ACTIVITY, SUBJECT, attribute, request_of, span_of


def parsed(span: dict[str, Any]) -> Span:
    (only,) = spans_of(request_of(span), "request")
    return only


def findings(**changes: object) -> list[tuple[str, bool]]:
    return [(found.rule, found.is_fault) for found in check_span(parsed(span_of(**changes)))]


def test_a_good_line_has_no_finding() -> None:
    """Good lines would be kept out."""
    assert findings() == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"traceId": ""}, "trace-id"),
        ({"traceId": "0" * 32}, "trace-id"),
        ({"traceId": "20f55db09c846c792f758b26cba324"}, "trace-id"),
        ({"traceId": "IPVdsJyEbHkvdYsmy6Mk8A=="}, "trace-id"),
        ({"traceId": 7}, "trace-id"),
        ({"spanId": "0" * 16}, "span-id"),
        ({"spanId": None}, "span-id"),
        ({"parentSpanId": "781d"}, "parent-span-id"),
        ({"startTimeUnixNano": "0"}, "times"),
        ({"endTimeUnixNano": None}, "times"),
        ({"endTimeUnixNano": "1747898351625999999"}, "times"),
        ({"endTimeUnixNano": str(2**64)}, "times"),
        ({"endTimeUnixNano": "-5"}, "times"),
        ({"endTimeUnixNano": "soon"}, "times"),
        ({"endTimeUnixNano": 1.5}, "times"),
        ({"status": {"code": 3}}, "status"),
        ({"status": {"code": "STATUS_CODE_OK"}}, "status"),
        ({"status": {"code": True}}, "status"),
        ({ACTIVITY: None}, "activity"),
        ({ACTIVITY: "RVA: Some text"}, "activity"),
        ({ACTIVITY: "urn:ldv:activity:999990342"}, "bsn-in-public-field"),
        ({ACTIVITY: "urn:ldv:activity:%39%39%39990342"}, "bsn-in-public-field"),
        ({f"{SUBJECT}_type": None}, "subject-type"),
        ({f"{SUBJECT}_type": "a type"}, "subject-type"),
        ({SUBJECT: None}, "subject-id"),
        ({SUBJECT: ""}, "subject-id"),
        ({SUBJECT: 4711}, "subject-id"),
        ({SUBJECT: "x" * 301}, "subject-id"),
        ({SUBJECT: "Meneer van Eik"}, "subject-id"),
        ({SUBJECT: ["4711", "4712"]}, "subject-count"),
        ({"dpl.core.foreign_operation.processor": "somewhere"}, "processor"),
        ({"dpl.core.foreign_operation.processor": "urn:x:1"}, "processor"),
        ({SUBJECT: "a7f3", f"{SUBJECT}_type": "BSN"}, "subject-id"),
        ({SUBJECT: "999990343", f"{SUBJECT}_type": "bsn"}, "subject-id"),
    ],
)
def test_each_fault_is_named(changes: dict[str, object], rule: str) -> None:
    """A bad line would go in, or its sender not learn what is wrong."""
    assert (rule, True) in findings(**changes)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"name": ""}, "name"),
        ({SUBJECT: "999990342"}, "subject-id"),
        ({"dpl.objects.dataset": "x"}, "namespace"),
        ({"dpl.core.confidentiality_level": "x"}, "namespace"),
        ({"dpl.": "x"}, "namespace"),
        ({SUBJECT: None, f"{SUBJECT}_type": None, ACTIVITY: "14"}, "activity"),
        ({"droppedAttributesCount": 2}, "attributes"),
        ({"flags": 0x300}, "processor"),
    ],
)
def test_each_flag_lets_the_line_in(changes: dict[str, object], rule: str) -> None:
    """A line that the standard tolerates would be kept out, or go in without a word."""
    assert findings(**changes) == [(rule, False)]


@pytest.mark.parametrize(
    "changes",
    [
        {"flags": 256},
        {"flags": 0x200},
        {"flags": 0x300, "dpl.core.foreign_operation.processor": "https://desk.example.org"},
        {"parentSpanId": "781d5cf380d10509"},
        {"status": {}},
        {"status": None},
        {SUBJECT: None, f"{SUBJECT}_type": None, ACTIVITY: None},
        {"dpl.core.foreign_operation.span_id": "x"},
        {"anything": "x"},
        {"traceId": "20F55DB09C846C792F758B26CBA324F0"},
        {"startTimeUnixNano": 1747898351626000000},
    ],
)
def test_what_the_standard_allows_is_no_finding(changes: dict[str, object]) -> None:
    """Lines of conformant senders would be kept out or flagged."""
    assert findings(**changes) == []


def test_a_subject_that_is_sent_twice_is_two_subjects() -> None:
    """One of two people would silently be left out of a line."""
    span = span_of()
    span["attributes"].append(attribute(SUBJECT, "4712"))
    found = check_span(parsed(span))
    assert [finding.rule for finding in found if finding.is_fault] == ["subject-count"]


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("urn:ldv:activity:1407", True),
        ("https://example.org/a%20b", True),
        ("rva:0b7c2a3e-9d2f-4a51-8f0e-6a1b2c3d4e5f", True),
        ("RVA: Aanvraag", False),
        ("https://example.org/a b", False),
        ("https://example.org/%zz", False),
        ("14", False),
        ("x:", False),
        (None, False),
    ],
)
def test_uris_are_judged_by_the_grammar(text: object, *, valid: bool) -> None:
    """Free text would pass for the id of an activity in a register."""
    assert is_uri(text) is valid
