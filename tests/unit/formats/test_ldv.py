"""What spans of a processing log become."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import asdict

from formats.ldv import looks_like, read
from formats.reading import Outcome, Translated, Unreadable
from ledger.events import PLANS, kind_of
from tests.shared_data import shared
from tests.unit.formats.sources import context_of, facts, outcomes, reasons, skipped, warnings
from tests.unit.formats.traces import ACTIVITY, SUBJECT, request_of, span_of

FLAG = "ldv-1.0.0: namespace: {} is not adopted; kept as sent"


def found_of(*spans: dict[str, Any]) -> list[Outcome]:
    return outcomes(read, json.dumps(request_of(*spans)))


def published(name: str) -> list[Outcome]:
    with shared(f"vectors/otlp-ldv/{name}").open("rb") as stream:
        return list(read(stream, context_of()))


def test_a_line_becomes_a_processing() -> None:
    """A field of a processing log would be lost or stand elsewhere."""
    span = span_of(parentSpanId="781d5cf380d10509", extra=7)
    span["status"]["message"] = "handled by M. de Vries"
    (fact,) = facts(found_of(span))
    assert fact.pop("event_id")
    started_at = datetime(2025, 5, 22, 7, 19, 11, 626_000, tzinfo=UTC)
    assert fact == {
        "kind": "processing.performed.v1",
        "occurred_at": started_at,
        "occurred_precision": "microsecond",
        "system": "web-1",
        "parser": "zegel-ldv/1",
        "trace_id": "20f55db09c846c792f758b26cba324f0",
        "span_id": "b97bd35bf939d73e",
        "parent_span_id": "781d5cf380d10509",
        "status": "ok",
        "name": "Customer file opened",
        "started_at": started_at,
        "started_nanoseconds": 123,
        "ended_at": datetime(2025, 5, 22, 7, 19, 11, 626_100, tzinfo=UTC),
        "ended_nanoseconds": 440,
        "processing_activity_id": "urn:ldv:activity:1407",
        "subject": "data-subject:customer:c-4711",
        "subject_id_type": "customer",
        "status_message": "handled by M. de Vries",
        "resource": {"service.name": "customer-desk"},
        "attributes": {"extra": 7},
    }


def test_the_id_of_a_line_is_its_trace_and_span() -> None:
    """The same line from another file would be recorded twice, or two lines be taken for one."""
    first, second = facts(found_of(span_of(), span_of(spanId="781d5cf380d10509")))
    (alone,) = facts(outcomes(read, json.dumps(request_of(span_of())), source=b"another file"))
    assert first["event_id"] == alone["event_id"] != second["event_id"]
    (later,) = facts(found_of(span_of(startTimeUnixNano="1700000000000000000")))
    assert later["event_id"] == first["event_id"]


def test_a_register_that_defines_the_id_is_kept_with_it() -> None:
    """Two people with the same number in two registers would be one."""
    register = "https://register.example.org/customer-number"
    (fact,) = facts(found_of(span_of(**{f"{SUBJECT}_type": register})))
    assert fact["subject"] == f"data-subject:uri:{register} c-4711"
    assert fact["subject_id_type"] == register


def test_a_plain_citizen_number_stays_in_the_vault() -> None:
    """A citizen number would stand in a public field."""
    changes = {SUBJECT: "999990342", f"{SUBJECT}_type": "BSN", "name": "Read 999990342"}
    (only,) = found_of(span_of(**changes))
    assert isinstance(only, Translated)
    assert warnings([only]) == ["ldv-1.0.0: subject-id: a plain BSN, kept in the vault only"]
    plan = PLANS[kind_of(only.event)]
    holding = {name for name, value in asdict(only.event).items() if "999990342" in str(value)}
    assert holding == {"subject", "name"}
    assert all(plan.field(name) is not None for name in holding)


def test_a_citizen_number_in_the_activity_is_refused() -> None:
    """A citizen number would stand in a public field."""
    (only,) = found_of(span_of(**{ACTIVITY: "https://example.org/999990342"}))
    assert isinstance(only, Unreadable)
    assert "bsn-in-public-field" in only.reason
    assert "999990342" not in only.reason


def test_a_subject_that_no_field_holds_is_refused_without_naming_it() -> None:
    """A subject would be cut short and become somebody else, or stand in an error message."""
    register = "https://register.example.org/" + "x" * 280
    found = found_of(span_of(**{f"{SUBJECT}_type": register}), span_of(traceId="x"))
    assert [reason.partition(": ")[0] for reason in reasons(found)] == [
        "processing.performed.v1",
        "ldv-1.0.0",
    ]
    assert "c-4711" not in str(reasons(found))


def test_bytes_that_are_no_json_are_one_unreadable_document() -> None:
    """A damaged file would end the import with an error of a library."""
    assert reasons(outcomes(read, '{"resourceSpans":\n[')) == ["expected JSON, found other bytes"]


def test_faults_and_messages_are_personal() -> None:
    """What an exception says about a customer would be sealed in public."""
    exception = {f"exception.{part}": f"the {part}" for part in ("type", "message", "stacktrace")}
    (fact,) = facts(found_of(span_of(**exception, status={"code": 2})))
    assert fact["status"] == "error"
    assert [fact[f"exception_{part}"] for part in ("type", "message", "stacktrace")] == [
        "the type",
        "the message",
        "the stacktrace",
    ]
    plan = PLANS["processing.performed.v1"]
    personal = {"name", "status_message", "resource", "attributes", "foreign_processor"}
    personal |= {"exception_type", "exception_message", "exception_stacktrace", "subject"}
    assert personal <= {field.name for field in plan.fields}


def test_a_long_stack_trace_is_cut_with_a_warning() -> None:
    """A line would be refused, or a text shortened in silence."""
    found = found_of(span_of(**{"exception.stacktrace": "x" * 9000}))
    (fact,) = facts(found)
    assert len(fact["exception_stacktrace"]) == 8192
    assert warnings(found) == ["ldv-1.0.0: exception_stacktrace: cut to 8192 characters"]


def test_a_missing_name_is_filled_in_and_said() -> None:
    """A line without a name would be lost, or its name look like the sender's."""
    (fact,) = facts(found_of(span_of(name="")))
    assert (fact["name"], fact["name_was_empty"]) == ("unnamed", True)


def test_an_activity_that_is_no_uri_is_kept_as_sent() -> None:
    """What a sender said about a line without a subject would be lost."""
    changes = {SUBJECT: None, f"{SUBJECT}_type": None, ACTIVITY: "14"}
    (fact,) = facts(found_of(span_of(**changes)))
    assert "processing_activity_id" not in fact
    assert fact["attributes"] == {ACTIVITY: "14"}


def test_requests_are_read_in_every_arrangement() -> None:
    """Files of some senders could not be imported."""
    one = json.dumps(request_of(span_of()))
    for source in (one, f"[{one},{one}]", f"{one}\n{one}\n", json.dumps(json.loads(one), indent=1)):
        assert {fact["span_id"] for fact in facts(outcomes(read, source))} == {"b97bd35bf939d73e"}


def test_an_import_that_stops_within_a_request_goes_on_there() -> None:
    """Spans would be left out after a crash: importers go on after the last offset they kept."""
    spans = [span_of(spanId=f"{number:016x}") for number in range(1, 6)]
    source = json.dumps([request_of(*spans), request_of(*spans)])
    ends = [outcome.end_offset for outcome in outcomes(read, source)]
    assert ends == sorted(set(ends))
    assert len(ends) == 10
    assert ends[-1] == len(source)


def test_what_is_broken_spoils_no_other_span() -> None:
    """One bad span would keep a whole request out."""
    request = request_of(span_of(), span_of(traceId="x"), span_of(name="last"))
    request["resourceSpans"].append("broken")
    found = outcomes(read, json.dumps(request) + "\n{}\n")
    assert len(facts(found)) == 2
    assert reasons(found) == [
        "ldv-1.0.0: trace-id: expected 16 bytes in hexadecimal, not all zero",
        "expected resourceSpans as an array of objects, found another element",
    ]
    assert skipped(found) == ["a request without spans"]


def test_the_first_published_file_is_treated_as_expected() -> None:
    """Lines of a real pilot would be misjudged."""
    found = published("codesprint-resultaten_trace-imagem.json")
    kinds = {outcome.place.rpartition(" ")[2]: outcome for outcome in found}
    assert len(found) == len(kinds) == 4
    faulty = kinds["781d5cf380d10509"]
    assert isinstance(faulty, Unreadable)
    assert "subject-type: expected dpl.core.data_subject_id_type" in faulty.reason
    assert "activity: expected dpl.core.processing_activity_id" in faulty.reason
    assert warnings([kinds["b97bd35bf939d73e"]]) == [FLAG.format("dpl.object")]
    assert warnings([kinds["c6d4fe464d7b91ad"]]) == [FLAG.format("dpl.objects")]
    assert skipped([kinds["7ed6f333dd5dd57b"]]) == ["a span without dpl attributes"]
    (first, second) = facts(found)
    assert (first["status"], first["trace_id"]) == ("unset", "20f55db09c846c792f758b26cba324f0")
    assert first["parent_span_id"] == "781d5cf380d10509"
    assert "dpl.object.processing_activity_id" in first["attributes"]
    assert "foreign_operation.trace_id" in first["attributes"]
    assert "dpl.objects.datasets" in second["attributes"]
    assert len(first["resource"]["process.command_args"]) == 4


def test_the_second_published_file_is_treated_as_expected() -> None:
    """Unsampled spans would be dropped, or opaque attributes parsed."""
    found = published("codesprint-resultaten_trace-nelen_schuurmans.json")
    events = facts(found)
    assert len(found) == len(events) == len({fact["trace_id"] for fact in events}) == 12
    assert {fact["status"] for fact in events} == {"ok"}
    assert not any("processing_activity_id" in fact or "subject" in fact for fact in events)
    assert set(warnings(found)) == {FLAG.format("dpl.objects")}
    assert any(fact["attributes"]["foreign_operation.trace_id"].endswith("g") for fact in events)


def test_the_third_published_file_is_refused_with_all_three_findings() -> None:
    """A name would be recorded as a code, or its sender not learn all that is wrong."""
    (only,) = published("prov-o_mapping_trace.json")
    assert isinstance(only, Unreadable)
    found = only.reason.removeprefix("ldv-1.0.0: ").split("; ")
    assert [finding.partition(":")[0] for finding in found] == [
        "subject-id",
        "subject-type",
        "activity",
    ]
    assert "Eik" not in only.reason


@pytest.mark.parametrize(
    ("head", "name", "likely"),
    [
        (b'[{ "resourceSpans": [', "x", True),
        (b'{"batches":[{"scopeSpans":[', "x", True),
        (b'{"kind":"access.used"}', "trace.json", True),
        (b'{"kind":"access.used"}', "events.json", False),
        (b"resourceSpans", "trace.json", False),
    ],
)
def test_traces_are_recognised(head: bytes, name: str, *, likely: bool) -> None:
    """People would have to name the format of every file."""
    assert bool(looks_like(head, name)) is likely
