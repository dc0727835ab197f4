"""OTLP log records: which become events, with which fields and ids."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from formats.otlp_document import log_request
from formats.otlp_logs import NO_KIND, log_records_of, translate_record
from formats.reading import Outcome, Skipped, Unreadable
from tests.unit.formats.sources import context_of, facts, warnings
from tests.unit.formats.traces import attribute

TRACE = "20f55db09c846c792f758b26cba324f0"


def named(**values: object) -> dict[str, Any]:
    return {"kvlistValue": {"values": [attribute(name, value) for name, value in values.items()]}}


def used(**changes: object) -> dict[str, Any]:
    return named(**({"actor": "person:m.devries", "resource": "customer-file"} | changes))


def record_of(**changes: object) -> dict[str, Any]:
    record: dict[str, object] = {
        "timeUnixNano": "1747898351626000123",
        "eventName": "access.used",
        "body": used(),
    }
    return {name: value for name, value in (record | changes).items() if value is not None}


def outcome_of(record: dict[str, Any], *, system: str | None = "web-1") -> Outcome:
    service = {"attributes": [attribute("service.name", "customer-desk")]}
    request = {"resourceLogs": [{"resource": service, "scopeLogs": [{"logRecords": [record]}]}]}
    document = log_request(json.dumps(request).encode(), is_json=True)
    (only,) = log_records_of(document)
    assert only.service == "customer-desk"
    return translate_record(only, "log record 1", context_of(system=system))


def fact_of(**changes: object) -> dict[str, Any]:
    (fact,) = facts([outcome_of(record_of(**changes))])
    return fact


def id_of(**changes: object) -> UUID:
    found: UUID = fact_of(**changes)["event_id"]
    return found


def test_a_record_becomes_an_event() -> None:
    """What an application reports by its logger would be lost or stand elsewhere."""
    fact = fact_of(
        traceId=TRACE,
        spanId="b97bd35bf939d73e",
        severityNumber=9,
        attributes=[attribute("purpose", "application-access")],
    )
    assert fact.pop("event_id")
    assert fact == {
        "kind": "access.used.v1",
        "occurred_at": datetime(2025, 5, 22, 7, 19, 11, 626_000, tzinfo=UTC),
        "occurred_precision": "microsecond",
        "system": "web-1",
        "parser": "zegel-otlp-logs/1",
        "actor": "person:m.devries",
        "resource": "customer-file",
        "purpose": "application-access",
        "correlation_id": UUID(TRACE),
    }


def test_the_older_attribute_names_the_event_too() -> None:
    """Loggers that know no event names could report nothing."""
    fact = fact_of(eventName=None, attributes=[attribute("event.name", "access.used.v1")])
    assert fact["kind"] == "access.used.v1"


def test_a_text_body_becomes_a_note() -> None:
    """What a logger says in words would be lost, or stand in a public field."""
    fields = [attribute("actor", "person:m.devries"), attribute("resource", "customer-file")]
    fact = fact_of(body={"stringValue": "opened by M. de Vries"}, attributes=fields)
    assert fact["note"] == "opened by M. de Vries"
    stated = [*fields, attribute("note", "said twice")]
    assert fact_of(body={"stringValue": "x"}, attributes=stated)["note"] == "said twice"


def test_what_the_event_states_itself_counts() -> None:
    """A field of the sender would be overwritten by the envelope of its message."""
    fact = fact_of(
        traceId=TRACE,
        body=used(
            occurred_at="2025-01-01T00:00:00Z",
            system="desk",
            correlation_id="0b7c2a3e-9d2f-4a51-8f0e-6a1b2c3d4e5f",
        ),
    )
    assert fact["occurred_at"] == datetime(2025, 1, 1, tzinfo=UTC)
    assert "occurred_precision" not in fact
    assert fact["system"] == "desk"
    assert fact["correlation_id"] == UUID("0b7c2a3e-9d2f-4a51-8f0e-6a1b2c3d4e5f")


def test_lists_numbers_and_named_values_are_fields_of_their_type() -> None:
    """Only fields that are text could be sent."""
    fact = fact_of(
        body=used(data_categories=["name", "address"], records_count=3, employment_verified=True)
    )
    assert fact["data_categories"] == ("name", "address")
    assert (fact["records_count"], fact["employment_verified"]) == (3, True)


def test_the_time_of_a_collector_stands_in_for_a_missing_one() -> None:
    """A record of a logger that tells no time would be refused."""
    fact = fact_of(timeUnixNano=None, observedTimeUnixNano="1747898351000000000")
    assert fact["occurred_at"] == datetime(2025, 5, 22, 7, 19, 11, tzinfo=UTC)


def test_ids_follow_from_what_a_record_says() -> None:
    """A resent record would be recorded twice, or two facts be taken for one."""
    own = [attribute("event.id", "4711")]
    assert id_of() == id_of() == id_of(severityText="INFO")
    assert len({id_of(), id_of(traceId=TRACE), id_of(timeUnixNano="1747898351626000124")}) == 3
    assert id_of(attributes=own) == id_of(attributes=own, body=used(actor="person:other"))
    assert id_of(attributes=own) != id_of(attributes=[attribute("event.id", "4712")])


@pytest.mark.parametrize("stated", ["attribute", "field"])
def test_a_stated_event_id_is_the_event_id(stated: str) -> None:
    """A sender that names its events could not find them again."""
    own = "0b7c2a3e-9d2f-4a51-8f0e-6a1b2c3d4e5f"
    if stated == "field":
        found = id_of(body=used(event_id=own))
    else:
        found = id_of(attributes=[attribute("zegel.event_id", own)])
    assert found == UUID(own)


def test_attributes_of_loggers_are_left_out_and_named() -> None:
    """A logger that tells where its code stands could record nothing, or lose it unsaid."""
    outcome = outcome_of(record_of(attributes=[attribute("code.function.name", "open_file")]))
    assert warnings([outcome]) == ["attributes left out: code.function.name"]


@pytest.mark.parametrize("name", [None, "browser.click", "", "access"])
def test_a_record_without_a_kind_is_skipped(name: str | None) -> None:
    """Ordinary log lines would be guessed to be facts."""
    outcome = outcome_of(record_of(eventName=name))
    assert isinstance(outcome, Skipped)
    assert outcome.reason == NO_KIND


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"traceId": "20f5"}, "traceId: expected 16 bytes"),
        ({"spanId": "zz"}, "spanId: expected 8 bytes"),
        ({"timeUnixNano": None}, "access.used.v1: field occurred_at: expected"),
        ({"body": used(color="red")}, "access.used.v1: field color: expected a field"),
        ({"body": {"intValue": "5"}}, "body: expected named values or text"),
        ({"body": used(kind="access.granted")}, "kind: expected none"),
        ({"attributes": [attribute("actor", "person:a")]}, "body: expected fields that no"),
        (
            {"attributes": [attribute("purpose", "a"), attribute("purpose", "b")]},
            "attributes: expected each name once",
        ),
        ({"attributes": [attribute("event.name", "access.granted")]}, "attribute event.name"),
        ({"attributes": [attribute("event.id", 5)]}, "attribute event.id: expected text"),
        ({"attributes": [attribute("zegel.event_id", "5")]}, "event id: expected a UUID"),
        (
            {
                "attributes": [
                    attribute("zegel.event_id", "0b7c2a3e-9d2f-4a51-8f0e-6a1b2c3d4e5f"),
                    attribute("event.id", "5"),
                ]
            },
            "event id: expected one id",
        ),
    ],
)
def test_what_fits_no_event_is_refused(changes: dict[str, object], reason: str) -> None:
    """A fact would be recorded in part, or its sender not learn what is wrong."""
    outcome = outcome_of(record_of(**changes))
    assert isinstance(outcome, Unreadable)
    assert outcome.reason.startswith(reason)
    assert "m.devries" not in outcome.reason
    assert json.loads(outcome.raw)["eventName"] == "access.used"
