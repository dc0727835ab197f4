"""`POST /v1/events` in each of its forms that come in one piece."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from starlette.testclient import TestClient

from ledger.events.access import AccessUsed
from ledger.events.log_integrity import LogIntakeRefused
from ledger.evidence import Reading
from ledger.query import EventQuery
from service.context import Context
from tests.roles import give_every_role
from tests.served import client_of, served_context
from tests.service.intake.sending import (
    BATCH,
    NATIVE,
    PATH,
    STRUCTURED,
    cloud_event,
    kinds,
    native,
)


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    with client_of(context, "recorder") as made:
        yield made


def post(client: TestClient, value: object, headers: dict[str, str]) -> httpx.Response:
    return client.post(PATH, content=json.dumps(value), headers=headers)


def test_an_event_of_ours_is_recorded_and_acknowledged(
    context: Context, client: TestClient
) -> None:
    """A sender would get a receipt of something that is not in the log."""
    answer = post(client, native(1), NATIVE)
    assert answer.status_code == 201
    (record,) = context.ledger.read(EventQuery())
    assert answer.json() == {
        "index": 0,
        "kind": "access.used.v1",
        "event_id": native(1)["event_id"],
        "leaf_hash": bytes(record.stored.leaf_hash).hex(),
        "recorded_at": answer.json()["recorded_at"],
        "stream": str(record.stored.stream),
        "version": 1,
        "duplicate": False,
    }
    assert answer.json()["recorded_at"].endswith("Z")
    again = post(client, native(1), NATIVE)
    assert (again.status_code, again.json()) == (200, {**answer.json(), "duplicate": True})
    assert kinds(context) == ["access.used"]


def test_the_three_modes_of_a_cloudevent_are_one_fact(context: Context, client: TestClient) -> None:
    """A sender that changes its mode would report each fact twice."""
    event = cloud_event(1)
    structured = post(client, event, STRUCTURED)
    batched = post(client, [event], BATCH)
    binary = client.post(
        PATH,
        content=json.dumps(event["data"]),
        headers={
            **NATIVE,
            "ce-specversion": "1.0",
            "CE-Id": "request%201",
            "ce-source": event["source"],
            "ce-type": "access.used",
            "ce-time": event["time"],
        },
    )
    assert [each.status_code for each in (structured, batched, binary)] == [201, 200, 200]
    assert batched.json() == [{**structured.json(), "duplicate": True}]
    assert binary.json() == batched.json()[0]
    (record,) = context.ledger.read(EventQuery())
    assert isinstance(record.event, AccessUsed)
    assert (record.event.resource, record.event.parser) == ("customer-file", "zegel-cloudevents/1")


def test_what_a_standard_sender_writes_is_understood(context: Context, client: TestClient) -> None:
    """Whoever uses the CloudEvents SDK would have to write a sender of their own."""
    attributes = {
        "id": "id with blanks and ë",
        "source": "https://web.example.nl/application",
        "type": "access.used",
        "datacontenttype": "application/json",
        "subject": "dossier €",
    }
    events = [
        CloudEvent({**attributes, "id": f"{attributes['id']} {number}"}, {"resource": "file"})
        for number in range(3)
    ]
    messages = [
        to_binary(events[0], JSONFormat()),
        to_structured(events[1], JSONFormat()),
        HTTPMessage(
            BATCH,
            b"[%b]" % b",".join(to_structured(event, JSONFormat()).body for event in events),
        ),
    ]
    answers = [
        client.post(PATH, content=message.body, headers=dict(message.headers))
        for message in messages
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    receipts = answers[2].json()
    assert [(each["index"], each["duplicate"]) for each in receipts] == [
        (0, True),
        (1, True),
        (2, False),
    ]
    assert kinds(context) == ["access.used"] * 3


def test_a_batch_is_stored_whole_or_not_at_all(context: Context, client: TestClient) -> None:
    """Half a batch would be stored while its sender was told that it failed."""
    assert post(client, [], BATCH).json() == []
    wrong = [cloud_event(1), cloud_event(2, acts=3), {**cloud_event(3), "type": "access.usd"}, 4]
    refused = post(client, wrong, BATCH)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    document = refused.json()
    assert document["type"] == "urn:zegel:problem:malformed-event"
    assert [each["pointer"] for each in document["errors"]] == ["/1/data/acts", "/2/type", "/3"]
    assert kinds(context) == ["log.intake_refused"]
    stored = post(client, wrong[:1], BATCH)
    assert (stored.status_code, stored.json()[0]["index"]) == (201, 1)


def test_an_id_with_other_content_is_a_conflict(context: Context, client: TestClient) -> None:
    """A sender could change a fact that was recorded, or not learn that it contradicts itself."""
    post(client, native(1), NATIVE)
    refused = post(client, native(1, resource="staff-file"), NATIVE)
    document = refused.json()
    assert (refused.status_code, document["type"]) == (409, "urn:zegel:problem:event-id-reused")
    assert (document["index"], document["conflict_index"]) == (0, 1)
    assert "errors" not in document
    assert kinds(context) == ["access.used", "log.conflict_recorded"]


def test_a_batch_with_a_conflict_names_each(context: Context, client: TestClient) -> None:
    """The other events of the batch would be stored, or be lost without a trace."""
    post(client, cloud_event(1), STRUCTURED)
    batch = [cloud_event(2), cloud_event(1, resource="staff-file"), cloud_event(3)]
    refused = post(client, batch, BATCH)
    assert refused.status_code == 409
    (fault,) = refused.json()["errors"]
    assert (fault["pointer"], fault["index"], fault["conflict_index"]) == ("/1", 0, 1)
    assert kinds(context) == ["access.used", "log.conflict_recorded", "log.intake_refused"]
    twice = post(client, [cloud_event(4), cloud_event(4, resource="staff-file")], BATCH)
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (422, "/1")


def test_an_event_without_id_needs_a_key(context: Context, client: TestClient) -> None:
    """A fact would be recorded twice when its sender repeats it after a lost answer."""
    refused = post(client, native(), NATIVE)
    assert (refused.status_code, "Idempotency-Key" in refused.json()["detail"]) == (400, True)
    assert kinds(context) == []
    first = post(client, native(), {**NATIVE, "Idempotency-Key": '"k-1"'})
    again = post(client, native(), {**NATIVE, "Idempotency-Key": "k-1"})
    other = post(client, native(), {**NATIVE, "Idempotency-Key": "k-2"})
    assert [each.status_code for each in (first, again, other)] == [201, 200, 201]
    assert again.json() == {**first.json(), "duplicate": True}
    changed = post(client, native(note="x"), {**NATIVE, "Idempotency-Key": "k-1"})
    assert (changed.status_code, changed.json()["index"]) == (409, 0)
    assert kinds(context) == ["access.used", "access.used", "log.conflict_recorded"]


def test_a_key_belongs_to_its_caller(context: Context, client: TestClient) -> None:
    """Two programs that count their keys from 1 would get each other's receipts."""
    keyed = {**NATIVE, "Idempotency-Key": "1"}
    with client_of(context, "dpo") as other:
        answers = [post(client, native(), keyed), post(other, native(), keyed)]
    assert [answer.status_code for answer in answers] == [201, 201]


def test_the_id_of_an_event_counts_before_its_key(context: Context, client: TestClient) -> None:
    """The same fact would be two, once it is sent with another key."""
    for key in ("k-1", "k-2"):
        post(client, native(1), {**NATIVE, "Idempotency-Key": key})
        post(client, cloud_event(1), {**STRUCTURED, "Idempotency-Key": key})
    assert kinds(context) == ["access.used", "access.used"]


def test_what_was_left_out_of_a_cloudevent_is_told(client: TestClient) -> None:
    """A sender would believe that an extension was recorded."""
    answer = post(client, {**cloud_event(1), "priority": "high"}, STRUCTURED)
    assert answer.json()["warnings"] == ["attributes left out: priority"]


def test_a_compressed_body_is_understood(context: Context, client: TestClient) -> None:
    """A sender that compresses would have to stop it."""
    packed = gzip.compress(json.dumps(cloud_event(1)).encode())
    headers = {**STRUCTURED, "Content-Encoding": "gzip"}
    assert client.post(PATH, content=packed, headers=headers).status_code == 201
    assert kinds(context) == ["access.used"]


def test_a_large_body_is_understood(context: Context, client: TestClient) -> None:
    """Only small bodies would be read, for large ones are read elsewhere."""
    batch = [cloud_event(number, note="x" * 2000) for number in range(200)]
    answer = post(client, batch, BATCH)
    assert (answer.status_code, len(answer.json())) == (201, 200)
    assert [each["index"] for each in answer.json()] == list(range(200))
    assert context.ledger.head().size == 200


DEEP = '{"a":' * 100 + "1" + "}" * 100
REFUSED: list[tuple[dict[str, str], bytes, int]] = [
    (NATIVE, b"", 400),
    (NATIVE, b"{", 400),
    (NATIVE, b"\xff", 400),
    (NATIVE, b"NaN", 400),
    (NATIVE, DEEP.encode(), 400),
    (NATIVE, json.dumps(native(1)).encode()[:-1] + b', "kind": "access.used"}', 400),
    (NATIVE, json.dumps(native(1)).encode("utf-16"), 400),
    (NATIVE, json.dumps(native(1)).encode() + b"{}", 400),
    (BATCH, json.dumps(cloud_event(1)).encode(), 400),
    (STRUCTURED, b'{"a": 1, "a": 2}', 400),
    ({**NATIVE, "ce-id": "100%"}, b"{}", 422),
    ({**NATIVE, "ce-id": "1"}, b"{", 400),
    ({**NATIVE, "ce-id": "1", "ce-datacontenttype": "application/json"}, b"{}", 422),
    ({**NATIVE, "Idempotency-Key": ""}, json.dumps(native()).encode(), 400),
    ({**NATIVE, "Idempotency-Key": "x" * 256}, json.dumps(native()).encode(), 400),
    ({**NATIVE, "Content-Encoding": "gzip"}, json.dumps(native(1)).encode(), 400),
    ({**NATIVE, "Content-Encoding": "br"}, json.dumps(native(1)).encode(), 415),
    ({"Content-Type": "application/json; charset=utf-16"}, json.dumps(native(1)).encode(), 415),
    ({"Content-Type": "application/cloudevents+xml"}, b"<event/>", 415),
    ({"Content-Type": "application/cloudevents-batch"}, b"[]", 415),
    ({"Content-Type": "text/plain"}, b"x", 415),
    ({"Content-Type": "text/plain", "ce-id": "1"}, b"x", 415),
    ({}, json.dumps(native(1)).encode(), 415),
    ({"Content-Type": "nonsense"}, b"{}", 415),
]


@pytest.mark.parametrize(("headers", "body", "status"), REFUSED)
def test_what_cannot_be_read_is_refused_and_changes_nothing(
    context: Context, client: TestClient, headers: dict[str, str], body: bytes, status: int
) -> None:
    """A mutilated fact would be recorded, or the service fall over it."""
    answer = client.post(PATH, content=body, headers=headers)
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["type"].startswith("urn:zegel:problem:")
    # What is well-formed but breaks a rule is evidence; what is no JSON says nothing.
    assert kinds(context) == (["log.intake_refused"] if status == 422 else [])


@pytest.mark.parametrize(
    ("value", "headers", "pointer"),
    [
        (native(1, kind="access.usd"), NATIVE, "/kind"),
        (native(1, subjects=["person:a"]), NATIVE, "/subjects/0"),
        (native(1, colour="red"), NATIVE, "/colour"),
        (native(1, system="zegel.readings"), NATIVE, "/system"),
        (native(1, actor="person#" + "0" * 32), NATIVE, "/actor"),
        ([1], NATIVE, ""),
        (cloud_event(1, colour="red"), STRUCTURED, "/data/colour"),
        ({**cloud_event(1), "specversion": "0.3"}, STRUCTURED, "/specversion"),
        ({**cloud_event(1), "data": 3}, STRUCTURED, "/data"),
        ({**cloud_event(1), "type": "access.usd"}, STRUCTURED, "/type"),
        (cloud_event(1, system="zegel.readings"), STRUCTURED, "/data/system"),
    ],
)
def test_a_fault_is_told_with_its_place(
    context: Context, client: TestClient, value: object, headers: dict[str, str], pointer: str
) -> None:
    """A sender would not find what to mend."""
    answer = post(client, value, headers)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    assert kinds(context) == ["log.intake_refused"]
    assert post(client, value, headers).status_code == 422
    assert kinds(context) == ["log.intake_refused"]


def test_what_is_kept_of_a_refusal_names_nobody(context: Context, client: TestClient) -> None:
    """A name in the wrong field would stand in the log where no erasure finds it."""
    post(client, [cloud_event(1, subjects=["person:jan@example.nl"])], BATCH)
    give_every_role(context.ledger)
    reading = Reading("person:auditor@example.nl", "incident-investigation")
    query = EventQuery(kinds=("log.intake_refused",))
    (opened,) = context.ledger.read(query, reading=reading)
    assert isinstance(opened.event, LogIntakeRefused)
    assert opened.event.reasons is not None
    assert opened.event.reasons.startswith("/0/data/subjects/0: expected a data subject")
    assert "jan" not in opened.event.reasons


def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    """One body could take all memory, compressed or not."""
    with served_context(tmp_path, most_body_bytes=2000) as context:
        client = client_of(context, "recorder")
        large = json.dumps(native(1, note="x" * 3000)).encode()
        assert client.post(PATH, content=large, headers=NATIVE).status_code == 413
        packed = {**NATIVE, "Content-Encoding": "gzip"}
        assert client.post(PATH, content=gzip.compress(large), headers=packed).status_code == 413
        assert kinds(context) == []


def test_a_record_that_would_be_too_long_is_refused(context: Context, client: TestClient) -> None:
    """A fact would be acknowledged that no record can hold."""
    note = "urn:x:" + "x" * 2000
    evidence = [{"sha256": "a" * 64, "uri": note}] * 40
    answer = post(client, native(1, evidence=evidence), NATIVE)
    assert answer.status_code == 422
    assert kinds(context) == ["log.intake_refused"]


def test_only_who_may_record_is_let_in(context: Context) -> None:
    """Anybody who can reach the service could write the history."""
    for role in (None, "reader", "auditor", "admin"):
        answer = post(client_of(context, role), native(1), NATIVE)
        assert answer.status_code == (401 if role is None else 403)
    assert set(kinds(context)) == {"access.attempt_denied"}


def test_answers_are_never_kept_by_caches(client: TestClient) -> None:
    """A proxy could answer for the log."""
    assert "no-store" in post(client, native(1), NATIVE).headers["cache-control"]


def test_the_examples_of_the_document_are_accepted(context: Context, client: TestClient) -> None:
    """Whoever copies an example from the reference would be refused."""
    document = client.get("/v1/openapi.json").json()
    content = document["paths"][PATH]["post"]["requestBody"]["content"]
    for media_type, described in content.items():
        example = described["example"]
        body = example if isinstance(example, str) else json.dumps(example)
        answer = client.post(PATH, content=body, headers={"Content-Type": media_type})
        assert answer.status_code in {200, 201}, (media_type, answer.text)
    assert set(kinds(context)) == {"access.used"}
