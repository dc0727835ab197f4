"""Spans as lines of a processing log: which are taken, in whose name, with which warning."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from ledger.events.processing import ProcessingPerformed
from service.access.caller import Caller
from service.context import Context
from tests.served import client_of
from tests.served_otlp import posted, recorded
from tests.shared_data import shared
from tests.unit.formats.traces import ACTIVITY, SUBJECT, request_of, span_of

NOT_LDV: Final = {ACTIVITY: None, SUBJECT: None, f"{SUBJECT}_type": None}


@pytest.fixture
def client(context: Context) -> TestClient:
    return client_of(context, "recorder")


def published(name: str) -> Any:  # noqa: ANN401 - JSON of any shape
    return json.loads(shared(f"vectors/otlp-ldv/{name}").read_bytes())


def test_children_may_come_before_their_parents(context: Context, client: TestClient) -> None:
    """Senders that export spans as they end could record no nested act."""
    child = span_of(spanId="1" * 16, parentSpanId="2" * 16)
    assert posted(client, request_of(child)) == (200, {})
    assert posted(client, request_of(span_of(spanId="2" * 16))) == (200, {})
    assert [line.parent_span_id for line in recorded(context, ProcessingPerformed)] == [
        "2" * 16,
        None,
    ]


def test_the_standard_recipe_is_taken_with_a_warning(context: Context, client: TestClient) -> None:
    """The published example of the standard, with a plain BSN, would be refused."""
    changes = {SUBJECT: "999990342", f"{SUBJECT}_type": "BSN"}
    parent = span_of(spanId="3" * 16, **NOT_LDV | {ACTIVITY: "urn:ldv:activity:1407"})
    child = span_of(spanId="4" * 16, parentSpanId="3" * 16, **changes)
    status, told = posted(client, request_of(child, parent))
    assert (status, told) == (
        200,
        {
            "partialSuccess": {
                "errorMessage": "ldv-1.0.0: subject-id: a plain BSN, kept in the vault only "
                "(1 span)"
            }
        },
    )
    assert [line.subject for line in recorded(context, ProcessingPerformed)] == [
        "data-subject:BSN:999990342",
        None,
    ]
    sealed = b"".join(row.sealed for row in context.ledger.log.scan())
    assert b"999990342" not in sealed


def test_many_warnings_are_told_in_few_words(client: TestClient) -> None:
    """A sender of odd names would be answered with more than it sent."""
    odd = {f"dpl.name{number}.x": "x" for number in range(50)}
    status, told = posted(client, request_of(span_of(**odd)))
    message = told["partialSuccess"]["errorMessage"]
    assert status == 200
    assert message.count("is not adopted; kept as sent (1 span)") == 20
    assert message.endswith("; and 30 more")


def test_spans_outside_the_standard_are_refused_unless_allowed(
    context: Context, client: TestClient
) -> None:
    """Lines would be mixed with spans of any library, or be lost unsaid."""
    request = request_of(span_of(), span_of(spanId="5" * 16, **NOT_LDV))
    status, told = posted(client, request)
    assert (status, "a span without dpl attributes" in told["message"]) == (400, True)
    assert recorded(context, ProcessingPerformed) == []
    skipping = replace(context, settings=replace(context.settings, skip_spans_without_ldv=True))
    status, told = posted(client_of(skipping, "recorder"), request)
    assert (status, told) == (
        200,
        {
            "partialSuccess": {
                "rejectedSpans": "1",
                "errorMessage": "a span without dpl attributes (1 span)",
            }
        },
    )
    numbers = context.operations.numbers.registry
    labels = {"group": "processing", "outcome": "left_out"}
    assert numbers.get_sample_value("zegel_events_total", labels) == 1
    assert [line.span_id for line in recorded(context, ProcessingPerformed)] == ["b97bd35bf939d73e"]


def test_the_published_arrays_are_no_requests(context: Context, client: TestClient) -> None:
    """An endpoint that takes files would take what no exporter sends."""
    for name in (
        "codesprint-resultaten_trace-imagem.json",
        "codesprint-resultaten_trace-nelen_schuurmans.json",
    ):
        status, told = posted(client, published(name))
        assert (status, told["code"]) == (400, 3)
        assert "request: expected an object, found an array" in told["message"]
    assert recorded(context, ProcessingPerformed) == []


def test_the_published_pilots_are_judged_as_expected(context: Context, client: TestClient) -> None:
    """Lines of real pilots would be misjudged."""
    skipping = replace(context, settings=replace(context.settings, skip_spans_without_ldv=True))
    lenient = client_of(skipping, "recorder")
    first, second = published("codesprint-resultaten_trace-imagem.json")
    found = [posted(lenient, first), posted(lenient, second)]
    assert sorted(status for status, _ in found) == [200, 400]
    messages = " ".join(str(told) for _, told in found)
    assert "subject-type: expected dpl.core.data_subject_id_type" in messages
    assert "activity: expected dpl.core.processing_activity_id" in messages
    before = len(recorded(context, ProcessingPerformed))
    for request in published("codesprint-resultaten_trace-nelen_schuurmans.json"):
        status, told = posted(client, request)
        assert status == 200
        assert told["partialSuccess"] == {
            "errorMessage": "ldv-1.0.0: namespace: dpl.objects is not adopted; kept as sent "
            "(1 span)"
        }
    assert len(recorded(context, ProcessingPerformed)) == before + 12


def test_the_published_bad_line_is_refused_with_all_three_findings(
    context: Context, client: TestClient
) -> None:
    """A name would be recorded as a code, or its sender not learn all that is wrong."""
    status, told = posted(client, published("prov-o_mapping_trace.json"))
    assert status == 400
    for rule in ("subject-id: expected a code", "subject-type: expected", "activity: expected"):
        assert rule in told["message"]
    assert "Eik" not in json.dumps(told)
    assert recorded(context, ProcessingPerformed) == []


@pytest.mark.parametrize(
    ("systems", "service", "expected"),
    [
        (None, "customer-desk", "customer-desk"),
        (None, "Customer Desk", None),
        (None, "999990342", None),
        ({"web-1"}, "customer-desk", "web-1"),
        ({"web-1", "customer-desk"}, "customer-desk", "customer-desk"),
    ],
)
def test_the_system_is_what_the_caller_may_speak_for(
    context: Context, systems: set[str] | None, service: str, expected: str | None
) -> None:
    """A program could report in the name of another one."""
    bound = _bound(context, systems)
    assert posted(client_of(bound, "recorder"), request_of(span_of(), service=service))[0] == 200
    (line,) = recorded(context, ProcessingPerformed)
    assert line.system == expected
    assert line.resource == {"service.name": service}


@pytest.mark.parametrize(("service", "status"), [("other", 403), ("Customer Desk", 400)])
def test_a_system_of_somebody_else_is_refused(context: Context, service: str, status: int) -> None:
    """A program could report in the name of another one."""
    bound = _bound(context, {"web-1", "web-2"})
    assert posted(client_of(bound, "recorder"), request_of(span_of(), service=service))[0] == status
    assert recorded(context, ProcessingPerformed) == []


def _bound(context: Context, systems: set[str] | None) -> Context:
    def authenticate(headers: Mapping[str, str]) -> Caller:
        caller = context.authenticate(headers)
        return replace(caller, systems=None if systems is None else frozenset(systems))

    return replace(context, authenticate=authenticate)
