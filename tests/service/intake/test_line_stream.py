"""`POST /v1/events` as a stream: stored in batches, and the answer says how far it is durable."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

import pytest
from starlette.testclient import TestClient

from ledger.errors import NotAuthenticated
from service.access.caller import Caller
from service.context import Context
from tests.served import client_of
from tests.service.intake.sending import LINES, PATH, kinds, lines, native

RECEIPTS = {**LINES, "Accept": "application/x-ndjson"}


@pytest.fixture
def client(context: Context, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("service.intake.lines.BATCH_LINES", 3)
    with client_of(context, "recorder") as made:
        yield made


def sent(client: TestClient, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    answer = client.post(PATH, content=body, headers={**LINES, **headers})
    return answer.status_code, answer.json()


def test_every_line_is_recorded_in_order(context: Context, client: TestClient) -> None:
    """A line would be lost between two batches."""
    body = b"\xef\xbb\xbf" + lines(*(native(number) for number in range(4))) + b"\r\n \n"
    body += lines(*(native(number) for number in range(4, 10))).rstrip()
    assert sent(client, body) == (
        201,
        {
            "accepted": 10,
            "duplicates": 0,
            "first_index": 0,
            "last_index": 9,
            "durable_lines": 12,
        },
    )
    ids = [str(row.event_id) for row in context.ledger.log.scan()]
    assert ids == [native(number)["event_id"] for number in range(10)]


def test_a_stream_again_adds_only_what_is_new(context: Context, client: TestClient) -> None:
    """A sender that repeats a stream after a lost answer would report its facts twice."""
    sent(client, lines(*(native(number) for number in range(5))))
    status, told = sent(client, lines(*(native(number) for number in range(5))))
    assert (status, told["accepted"], told["duplicates"]) == (200, 0, 5)
    status, told = sent(client, lines(*(native(number) for number in range(7))))
    assert (status, told["accepted"], told["duplicates"]) == (201, 2, 5)
    assert context.ledger.head().size == 7


def test_an_empty_stream_has_nothing(context: Context, client: TestClient) -> None:
    """A source without news would be refused."""
    for body in (b"", b"\n\n"):
        status, told = sent(client, body)
        assert (status, told["accepted"], told["first_index"]) == (200, 0, None)
    assert kinds(context) == []


class Wrong(NamedTuple):
    """A line that is refused."""

    line: bytes
    status: int
    problem: str

    @property
    def is_kept(self) -> bool:
        """Whether it says something that breaks a rule; what is no JSON says nothing."""
        return self.status == 422


WRONG: Final = [
    Wrong(b"{", 400, "unreadable"),
    Wrong(b'{"a": 1, "a": 2}', 400, "unreadable"),
    Wrong(b"\xff", 400, "unreadable"),
    Wrong(b'{"a":' * 100, 400, "unreadable"),
    Wrong(b"[1]", 422, "malformed-event"),
    Wrong(lines(native(9, kind="access.usd")).rstrip(), 422, "malformed-event"),
    Wrong(lines(native(9, system="zegel")).rstrip(), 422, "malformed-event"),
    Wrong(lines(native(9, actor="person#" + "0" * 32)).rstrip(), 422, "malformed-event"),
    Wrong(lines(native()).rstrip(), 400, "bad-request"),
    Wrong(lines(native(9, note="x" * 300_000)).rstrip(), 413, "too-large"),
    Wrong(
        lines(native(9, evidence=[{"sha256": "a" * 64, "uri": "urn:x:" + "x" * 2000}] * 40)),
        422,
        "recording-refused",
    ),
]


@pytest.mark.parametrize("before", [0, 5])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_stream_ends_at_the_first_line_that_is_refused(
    context: Context, client: TestClient, before: int, wrong: Wrong
) -> None:
    """A sender could not tell which lines to mend and send again."""
    body = lines(*(native(number) for number in range(before)))
    status, told = sent(client, body + wrong.line + b"\n" + lines(native(8)))
    assert (status, told["type"]) == (wrong.status, f"urn:zegel:problem:{wrong.problem}")
    assert (told["line"], told["durable_lines"]) == (before + 1, before)
    assert (told["accepted"], told["last_index"]) == (before, before - 1 if before else None)
    assert kinds(context) == ["access.used"] * before + ["log.intake_refused"] * wrong.is_kept


@pytest.mark.parametrize("before", [0, 1, 5])
def test_a_conflict_ends_a_stream_with_its_evidence(
    context: Context, client: TestClient, before: int
) -> None:
    """The lines before it would be undone, or those after it recorded."""
    sent(client, lines(native(9)))
    body = lines(
        *(native(number) for number in range(before)), native(9, resource="staff-file"), native(8)
    )
    status, told = sent(client, body)
    assert (status, told["line"], told["accepted"]) == (409, before + 1, before)
    assert (told["index"], "errors" in told) == (0, False)
    assert sorted(kinds(context)) == ["access.used"] * (before + 1) + ["log.conflict_recorded"]


def test_two_lines_with_one_id_contradict_each_other(context: Context, client: TestClient) -> None:
    """Which of the two counts would depend on the batches."""
    status, told = sent(client, lines(native(1), native(2), native(1, resource="staff-file")))
    assert (status, told["line"], told["accepted"]) == (422, 3, 2)
    assert kinds(context) == ["access.used", "access.used", "log.intake_refused"]


def test_a_line_that_the_caller_may_not_record_ends_a_stream(
    context: Context, client: TestClient
) -> None:
    """A program with a key for facts could place a legal hold between them."""
    hold = {"kind": "legal_hold.placed", "hold_id": "H-1", "event_id": native(9)["event_id"]}
    body = lines(native(1), {**hold, "occurred_at": "2026-11-22T09:30:00Z"}, native(2))
    status, told = sent(client, body)
    assert (status, told["line"], told["accepted"]) == (403, 2, 1)
    assert kinds(context) == ["access.attempt_denied", "access.used"]


def test_lines_without_ids_get_them_from_a_key(context: Context, client: TestClient) -> None:
    """The same stream again would be recorded twice."""
    body = lines(native(), native(), native(1))
    keyed = {"Idempotency-Key": "night of 22 November"}
    for _ in range(2):
        sent(client, body, **keyed)
    assert context.ledger.head().size == 3
    status, told = sent(client, lines(native(note="x")), **keyed)
    assert (status, told["line"]) == (409, 1)


def test_a_compressed_stream_is_understood_up_to_where_it_breaks(
    context: Context, client: TestClient
) -> None:
    """A sender that compresses would have to stop it, or get no answer when it breaks off."""
    body = lines(*(native(number) for number in range(5)))
    packed = {"Content-Encoding": "gzip"}
    status, told = sent(client, gzip.compress(body), **packed)
    assert (status, told["accepted"]) == (201, 5)
    longer = lines(*(native(number) for number in range(2000)))
    status, told = sent(client, gzip.compress(longer)[:-9], **packed)
    assert (status, told["type"]) == (400, "urn:zegel:problem:unreadable")
    assert told["accepted"] + told["duplicates"] == told["durable_lines"] > 5
    assert context.ledger.head().size == told["durable_lines"]


def test_receipts_stream_back_one_for_each_line(context: Context, client: TestClient) -> None:
    """A sender that follows a source would not know what it may forget."""
    sent(client, lines(native(3)))
    body = b"\n" + lines(*(native(number) for number in range(7)))
    answer = client.post(PATH, content=body, headers=RECEIPTS)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    receipts = [json.loads(line) for line in answer.text.splitlines()]
    assert [each["line"] for each in receipts] == [2, 3, 4, 5, 6, 7, 8]
    assert [each["index"] for each in receipts] == [1, 2, 3, 0, 4, 5, 6]
    assert [each["duplicate"] for each in receipts] == [False] * 3 + [True] + [False] * 3
    assert {each["event_id"] for each in receipts} == {
        str(row.event_id) for row in context.ledger.log.scan()
    }


def test_a_refusal_is_the_last_line_of_the_receipts(client: TestClient) -> None:
    """A sender would take the end of the receipts for the end of its stream."""
    body = lines(*(native(number) for number in range(4)), native(9, colour="red"))
    answer = client.post(PATH, content=body, headers=RECEIPTS)
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [each.get("index") for each in told] == [0, 1, 2, 3, None]
    assert (told[4]["status"], told[4]["line"], told[4]["durable_lines"]) == (422, 5, 4)
    assert told[4]["errors"][0]["pointer"] == "/colour"


def test_receipts_for_nothing_but_a_refusal_are_a_problem(client: TestClient) -> None:
    """A client that looks at the status alone would miss that nothing was recorded."""
    answer = client.post(PATH, content=lines(native(9, colour="red")), headers=RECEIPTS)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    wrong = client.post(PATH, content=b"no gzip", headers={**RECEIPTS, "Content-Encoding": "gzip"})
    assert (wrong.status_code, wrong.json()["durable_lines"]) == (400, 0)
    assert client.post(PATH, content=b"", headers=RECEIPTS).text == ""


def test_a_stream_ends_with_its_key(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose key was taken away could go on recording for as long as their stream lasts."""
    monkeypatch.setattr("service.intake.lines.BATCH_LINES", 3)
    looks = 0

    def until_revoked(headers: Mapping[str, str]) -> Caller:
        nonlocal looks
        looks += 1
        if looks > 3:  # the head, and two batches
            raise NotAuthenticated("expected a key in force, found none", reason="revoked")
        return context.authenticate(headers)

    revoked = replace(context, authenticate=until_revoked)
    with client_of(revoked, "recorder") as client:
        status, told = sent(client, lines(*(native(number) for number in range(9))))
    assert (status, told["accepted"], told["durable_lines"]) == (401, 6, 6)
    revoked.refusals.settle()
    assert kinds(context) == ["access.used"] * 6 + ["access.attempt_denied"]
