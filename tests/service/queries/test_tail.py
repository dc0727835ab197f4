"""A live tail gives each record once, in order, whatever its reader does."""

import json
import threading
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from ledger.errors import NotAuthenticated
from ledger.store.query import RecordQuery
from service.access.caller import Caller
from service.app import create_app
from service.context import Context
from service.queries.following import PAGE_RECORDS, Tail, look
from tests.grants import grant
from tests.served import client_of, known_caller, served_context
from tests.tail_looks import stopped_when_given

HEADERS = {"Authorization": "Bearer reader"}
HEADERS_LOWER = {"authorization": "Bearer reader"}
PATIENCE_S = 30.0


def stopped_at(context: Context, size: int) -> AbstractContextManager[None]:
    """Stops the service once a tail has given a size, so that an answer without end ends."""
    return stopped_when_given(context, lambda: size)


def events_of(text: str) -> list[tuple[int, dict[str, object]]]:
    """Id and data of each event that has data, as a browser dispatches them."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if "data" in fields:
            found.append((int(fields["id"]), json.loads(fields["data"])))
    return found


def last_id_of(text: str) -> str:
    """The id that a browser would come back with."""
    return [line[4:] for line in text.splitlines() if line.startswith("id: ")][-1]


def test_nothing_is_missed_or_repeated_across_reconnects(tmp_path: Path, database_url: str) -> None:
    """A follower would act on a fact twice, or never."""
    with served_context(tmp_path, database_url, project=False) as context:
        client = client_of(context, "reader")
        writers = [threading.Thread(target=write, args=(context, word)) for word in ("a", "b")]
        found: list[int] = []
        last: str | None = None
        for writer in writers:
            writer.start()
        for target in (20, 60, 110):
            headers: dict[str, str] = {} if last is None else {"Last-Event-ID": last}
            with stopped_at(context, target):
                answer = client.get("/v1/events/tail?start=0", headers=headers)
            assert answer.headers["content-type"].startswith("text/event-stream")
            found += [index for index, _ in events_of(answer.text)]
            last = last_id_of(answer.text)
        for writer in writers:
            writer.join()
        assert found == list(range(len(found)))
        assert len(found) >= 110


def write(context: Context, word: str) -> None:
    """Sixty records one after the other."""
    for number in range(60):
        context.ledger.record(grant(grant_id=f"{word}-{number}"))


def test_filters_leave_out_and_move_on(tmp_path: Path) -> None:
    """A follower of one system would be told of others, or look at everything again."""
    with served_context(tmp_path) as context:
        context.ledger.record_many(
            [grant(grant_id=f"G-{n}", system="portal" if n % 3 else "files") for n in range(9)]
        )
        client = client_of(context, "reader")
        with stopped_at(context, 10):
            answer = client.get("/v1/events/tail?start=0&system=files&kind=access")
        assert [index for index, _ in events_of(answer.text)] == [0, 3, 6]
        assert all(data["kind"] == "access.granted.v1" for _, data in events_of(answer.text))
        tail = Tail(RecordQuery(system="files"), 0)
        assert look(context.ledger, tail).position == context.ledger.head().size


def test_only_a_page_is_read_ahead(tmp_path: Path) -> None:
    """A reader who comes back after a year would fill the memory of the service."""
    with served_context(tmp_path) as context:
        numbers = range(PAGE_RECORDS + 5)
        context.ledger.record_many([grant(grant_id=f"G-{number}") for number in numbers])
        tail = Tail(RecordQuery(), 0)
        found = look(context.ledger, tail)
        assert (len(found.frames), found.position, found.is_all) == (
            PAGE_RECORDS, PAGE_RECORDS, False,
        )  # fmt: skip
        tail.position = found.position
        assert look(context.ledger, tail).is_all


@pytest.mark.parametrize(
    ("asked", "headers"),
    [
        ("kind=nonsense", {}),
        ("start=-1", {}),
        ("start=99", {}),
        ("more=1", {}),
        ("", {"Last-Event-ID": "x"}),
        ("", {"Last-Event-ID": "99"}),
    ],
)
def test_a_place_that_is_not_there_is_refused(
    tmp_path: Path, asked: str, headers: dict[str, str]
) -> None:
    """A follower of a log that was rolled back would wait for records it has already."""
    with served_context(tmp_path) as context:
        answer = client_of(context, "reader").get(f"/v1/events/tail?{asked}", headers=headers)
        assert answer.status_code == 400


def test_too_many_are_sent_away_and_places_come_free(tmp_path: Path) -> None:
    """Followers could use up the memory of the service, or a place be lost for ever."""
    with served_context(tmp_path, most_tails=1) as context:
        context.tails.enter(1)
        client = client_of(context, "reader")
        refused = client.get("/v1/events/tail")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        context.tails.leave()
        context.operations.stopping.set()
        for _ in range(3):
            assert client.get("/v1/events/tail").status_code == 200
        assert context.tails.open == 0


async def asked_of(context: Context, *, takes: int) -> tuple[int, int]:
    """Status of a tail whose reader takes so many messages and then nothing, and its messages."""
    given: list[Message] = []

    body: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not body:
            await anyio.sleep_forever()
        return body.pop()

    async def send(message: Message) -> None:
        given.append(message)
        if len(given) >= takes:
            await anyio.sleep_forever()

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/v1/events/tail", "raw_path": b"/v1/events/tail", "query_string": b"start=0",
        "headers": [(b"authorization", b"Bearer reader"), (b"host", b"log.example")],
        "client": ("192.0.2.1", 5000), "server": ("log.example", 80), "root_path": "",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }  # fmt: skip
    with anyio.fail_after(PATIENCE_S):
        await create_app(context)(scope, receive, send)
    return int(given[0]["status"]), len(given)


def test_a_reader_who_does_not_read_is_left(tmp_path: Path) -> None:
    """Whoever stops reading would hold a place, and a page of records, for ever."""
    with served_context(tmp_path, tail_patience_s=0.2) as context:
        context.ledger.record_many([grant(grant_id=f"G-{number}") for number in range(9)])
        assert anyio.run(lambda: asked_of(context, takes=2)) == (200, 2)
        assert context.tails.open == 0
        assert not context.ledger.log.waker._followers
        context.ledger.record(grant(grant_id="later"))  # nobody waits for it


def test_who_may_not_follow_any_more_is_left(tmp_path: Path) -> None:
    """A key that was revoked would go on reading until its connection breaks."""
    with served_context(tmp_path, tail_heartbeat_s=0.2) as context:
        asked: list[object] = []

        def twice(headers: object) -> Caller:
            asked.append(headers)
            if len(asked) > 2:
                raise NotAuthenticated("key: revoked")
            return known_caller(HEADERS_LOWER)

        revoked = replace(context, authenticate=twice)
        with TestClient(create_app(revoked)) as client:
            answer = client.get("/v1/events/tail?start=0", headers=HEADERS)
        assert answer.status_code == 200
        assert len(asked) == 3


def test_a_tail_is_recorded_when_it_begins_and_ends(tmp_path: Path) -> None:
    """Somebody could read everything as it happens, and the log would not know."""
    with served_context(tmp_path) as context:
        context.ledger.record_many([grant(grant_id=f"G-{number}") for number in range(4)])
        with stopped_at(context, 5):
            client_of(context, "reader").get("/v1/events/tail?start=0&kind=access")
        kinds = [record.kind for record in context.ledger.log.scan(4)]
        assert kinds == ["log.read.v1", "log.read.v1"]
