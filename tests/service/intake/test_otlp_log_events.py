"""Log records as events: which are taken, and which nobody may send."""

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from ledger.events.access import AccessUsed
from service.context import Context
from service.intake.otlp_http import LOGS_PATH
from tests.served import client_of
from tests.served_otlp import posted, recorded
from tests.unit.formats.traces import attribute


@pytest.fixture
def client(context: Context) -> TestClient:
    return client_of(context, "recorder")


def log_request_of(*records: dict[str, Any]) -> dict[str, Any]:
    resource = {"attributes": [attribute("service.name", "customer-desk")]}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": records}]}]}


def record_of(**changes: object) -> dict[str, Any]:
    attributes = [attribute("actor", "person:m.devries"), attribute("resource", "customer-file")]
    given = {
        "timeUnixNano": "1747898351626000123",
        "eventName": "access.used",
        "attributes": attributes,
    }
    return given | changes


def test_log_records_become_the_events_that_they_name(context: Context, client: TestClient) -> None:
    """Applications that log events could not report them as they log."""
    request = log_request_of(record_of(), record_of(timeUnixNano="1747898351626000999"))
    for _ in range(2):
        assert posted(client, request, path=LOGS_PATH) == (200, {})
    found = recorded(context, AccessUsed)
    assert [(event.actor, event.system) for event in found] == [
        ("person:m.devries", "customer-desk")
    ] * 2


def test_log_records_without_a_kind_are_refused_unless_allowed(
    context: Context, client: TestClient
) -> None:
    """Ordinary log lines would count as recorded facts."""
    request = log_request_of(record_of(), {"body": {"stringValue": "started"}})
    status, told = posted(client, request, path=LOGS_PATH)
    assert status == 400
    assert "log record 2: a log record that names no kind of event" in told["message"]
    skipping = replace(context, settings=replace(context.settings, skip_logs_without_kind=True))
    status, told = posted(client_of(skipping, "recorder"), request, path=LOGS_PATH)
    assert (status, told["partialSuccess"]["rejectedLogRecords"]) == (200, "1")
    assert len(recorded(context, AccessUsed)) == 1


@pytest.mark.parametrize("kind", ["log.read", "log.erasure_requested"])
def test_kinds_of_the_log_itself_are_refused(
    context: Context, client: TestClient, kind: str
) -> None:
    """A sender could forge what the log tells of itself."""
    request = log_request_of(record_of(eventName=kind, attributes=[]))
    assert posted(client, request, path=LOGS_PATH)[0] == 400
    assert recorded(context, AccessUsed) == []


def test_what_only_some_may_decide_is_refused(client: TestClient) -> None:
    """A program that may only record could end a legal hold."""
    attributes = [attribute("hold_id", "hold-1"), attribute("reason", "over")]
    request = log_request_of(record_of(eventName="legal_hold.released", attributes=attributes))
    status, told = posted(client, request, path=LOGS_PATH)
    assert (status, told["code"]) == (403, 7), told
