"""Lines as the reading extension of LDV has them, whatever stands in their attributes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from formats.ldv_subject import SubjectId
from formats.lezen import operation, read_batch, read_question
from ledger.events.processing import ProcessingPerformed
from projections.processing.asking import LineRow

AT = datetime(2026, 1, 2, tzinfo=UTC)
ROW = LineRow(
    idx=0,
    line_id="",
    event_id="",
    trace_id="a" * 32,
    span_id="b" * 16,
    parent_span_id=None,
    activity=None,
    subject=None,
    status="unset",
    started=0,
    started_ns=0,
    ended=1_500_000,
    ended_ns=999,
    recorded=0,
    system=None,
)
EVENT = ProcessingPerformed(
    occurred_at=AT,
    trace_id=ROW.trace_id,
    span_id=ROW.span_id,
    status="unset",
    name="look up",
    started_at=AT,
    ended_at=AT,
)


def shown(row: LineRow = ROW, event: ProcessingPerformed | None = EVENT) -> dict[str, Any]:
    return operation(row, event, asked=None, hex_traces=True)


def test_a_bare_line_has_what_is_required_and_no_more() -> None:
    """A client would read an empty attribute as a fact."""
    assert shown() == {
        "traceId": "a" * 32,
        "spanId": "b" * 16,
        "status": "Unset",
        "name": "look up",
        "startTime": "1970-01-01T00:00:00.000000Z",
        "endTime": "1970-01-01T00:00:01.500000999Z",
    }
    assert shown(event=None) == {**shown(), "name": "withheld"}


@pytest.mark.parametrize(
    ("sent", "nested"),
    [
        ({"dpl.objects.dataset_id": 1}, {"dpl": {"objects": {"datasetId": 1}}}),
        ({"http.route": "/x", "plain": None}, {"http.route": "/x", "plain": None}),
        ({"dpl.a": 1, "dpl.a.b": 2}, {"dpl": {"a": 1}}),
        ({"dpl.a.b": 2, "dpl.a": 1}, {"dpl": {"a": {"b": 2}}}),
        ({"dpl.core.more": "x"}, {"dpl": {"core": {"more": "x"}}}),
    ],
)
def test_attributes_of_the_standard_are_nested(sent: dict[str, Any], nested: object) -> None:
    """A client would look for an attribute where the draft puts it, and find nothing."""
    assert shown(event=replace(EVENT, attributes=sent))["attributes"] == nested


def test_what_the_line_says_wins_from_attributes_of_the_same_name() -> None:
    """An application could show another person than the one whom its line is about."""
    sent = {
        "dpl.core": "odd",
        "dpl.core.data_subject_id": "somebody else",
        "dpl.core.foreign_operation.span_id": "c" * 16,
    }
    event = replace(
        EVENT,
        attributes=sent,
        foreign_processor="https://x.example/",
        subject="data-subject:BSN:999990342",
        subject_id_type="bsn",
    )
    row = replace(ROW, activity="urn:x:1", subject="data-subject#1")
    for attributes in (sent, dict(reversed(sent.items()))):
        core = shown(row, replace(event, attributes=attributes))["attributes"]["dpl"]["core"]
        assert core["dataSubjectId"] == "999990342"
        assert core["dataSubjectIdType"] == "bsn"
        assert core["processingActivityId"] == "urn:x:1"
        assert core["foreignOperation"]["processor"] == "https://x.example/"


def test_who_was_asked_for_is_said_back_and_nobody_else_is_told() -> None:
    """The answer would hold a token that no client of the draft understands."""
    withheld = replace(EVENT, subject="data-subject#" + "0" * 32, subject_id_type="withheld")
    assert "attributes" not in shown(event=withheld)
    asked = SubjectId("BSN", "999990342")
    told = operation(ROW, withheld, asked=asked, hex_traces=False)
    assert told["traceId"] == "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
    assert told["attributes"]["dpl"]["core"] == {
        "dataSubjectId": "999990342",
        "dataSubjectIdType": "BSN",
    }


def test_a_context_of_a_batch_gives_its_times_to_each_question() -> None:
    """A time would narrow the first question alone."""
    body = b"""{"context": {"endTime": "2026-01-02T00:00:00Z"}, "requests": [
        {"filter": {"traceId": "AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa"}},
        {"filter": {"dpl": {"core": {"processingActivityId": "urn:x:1"}},
                    "startTime": "2026-01-01T00:00:00Z"}}]}"""
    first, second = read_batch(body, 2)
    assert (first.trace_id, first.end_time, first.start_time) == ("a" * 32, AT, None)
    assert (second.activity, second.end_time) == ("urn:x:1", AT)
    assert second.start_time is not None


def test_a_number_without_type_is_a_citizen_number_if_it_passes_the_test() -> None:
    """The example of the draft, which leaves the type out, would find nobody."""
    found = read_question(b'{"dpl": {"core": {"dataSubjectId": "999990342"}}}')
    assert found.subject == SubjectId("BSN", "999990342")
    assert "999990342" not in found.text("data-subject#1")
