"""What no decent client sends gets a refusal from a real service, and changes nothing."""

import gzip
import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from ledger.home import Home
from tests.killed_service import recorder_key
from tests.killed_writers import event_of
from tests.raw_requests import CLOSED, RawClient, status_from
from tests.running_service import make_home, running_service

MOST_BYTES: Final = 64 * 1024
GOOD: Final = event_of("good", 0, 0)
CHUNKED: Final = {"Transfer_Encoding": "chunked"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a log of its own."""
    return make_home(tmp_path_factory.mktemp("hostile") / "home")


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[RawClient]:
    """A client of a service with small limits."""
    key = recorder_key(home)
    with running_service(
        home,
        "--no-grpc",
        ZEGEL_SERVE_MOST_BODY_BYTES=str(MOST_BYTES),
        ZEGEL_SERVE_MOST_DEPTH="16",
        ZEGEL_SERVE_BODY_S="1",
        ZEGEL_SERVE_HEAD_S="1",
        ZEGEL_SERVE_STREAM_IDLE_S="1",
        ZEGEL_SERVE_REQUESTS_PER_MINUTE="100000",
    ) as service:
        yield RawClient(service.url, key)
        assert not [line for line in service.log if "Traceback" in line]


def facts_in(home: Path) -> int:
    """How many facts of others are in the log: all but what it records of itself."""
    ledger = Home(home).open_ledger()
    try:
        own = ("log.", "access.attempt_denied")
        return sum(not str(record.kind).startswith(own) for record in ledger.log.scan())
    finally:
        ledger.close()


@pytest.fixture(autouse=True)
def _changes_nothing(client: RawClient, home: Path) -> Iterator[None]:
    """Whatever a test sends, no fact is added, and the next good one is taken."""
    before = facts_in(home)
    yield
    assert facts_in(home) == before
    assert client.post(event_of("after", 0, random.getrandbits(40))) == 201


def event_with(**changes: object) -> bytes:
    """A good event but for these attributes."""
    return json.dumps(json.loads(GOOD) | changes).encode()


def nested(depth: int) -> bytes:
    """A good event with a value of such a depth in it."""
    deep: Any = "x"
    for _ in range(depth):
        deep = [deep]
    return event_with(data={"ip": deep})


MALFORMED: Final = {
    "nothing": b"",
    "no JSON": b"hello",
    "half of it": GOOD[:-10],
    "twice": GOOD + GOOD,
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "not a number": GOOD.replace(b'"1.0"', b"NaN"),
    "other version": event_with(specversion="0.3"),
    "no id": event_with(id=""),
    "unknown kind": event_with(type="no.such_kind"),
    "unknown field": event_with(data={"ip": "ip:10.0.0.1", "surprise": 1}),
    "missing field": event_with(data={}),
    "no address": event_with(data={"ip": "ip:999.0.0.1"}),
    "no time": event_with(time="yesterday"),
    "time without offset": event_with(time="2026-11-01T12:00:00"),
    "huge number": event_with(time=10**400),
    "the same name twice": GOOD[:-1] + b', "id": "another"}',
    "half a surrogate": event_with(id="\ud800"),
    "a zero byte": GOOD.replace(b"ip.recorded", b"ip.re\x00corded"),
    "Latin-1": GOOD.replace(b"zegel:writers", b"zegel:\xe9crivains"),
    "UTF-16": json.dumps(json.loads(GOOD)).encode("utf-16"),
    "overlong UTF-8": GOOD.replace(b"zegel:", b"zegel\xc0\xba"),
    "reserved system": event_with(data={"ip": "ip:10.0.0.1", "system": "zegel.readings"}),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_body_is_refused(client: RawClient, body: bytes) -> None:
    """Something that is no event would be recorded, or the service fail over it."""
    assert client.post(body) in (400, 422)


WRONG_FORMS: Final[dict[str, dict[str, str]]] = {
    "another type": {"Content_Type": "text/html"},
    "a form": {"Content_Type": "application/x-www-form-urlencoded"},
    "no type at all": {"Content_Type": ""},
    "no media type": {"Content_Type": ";;;"},
    "another charset": {"Content_Type": "application/cloudevents+json; charset=iso-8859-1"},
    "unknown charset": {"Content_Type": "application/cloudevents+json; charset=klingon"},
    "brotli": {"Content_Encoding": "br"},
    "twice compressed": {"Content_Encoding": "gzip, gzip"},
}


@pytest.mark.parametrize("headers", WRONG_FORMS.values(), ids=WRONG_FORMS.keys())
def test_a_form_that_is_not_understood_is_refused(
    client: RawClient, headers: dict[str, str]
) -> None:
    """Bytes would be read as something else than their sender meant."""
    assert client.post(event_of("form", 0, 0), **headers) == 415


def test_what_calls_itself_gzip_and_is_not_is_refused(client: RawClient) -> None:
    """Bytes that do not decompress would end the request with a fault of ours."""
    packed = gzip.compress(GOOD)
    for body in (GOOD, packed[:-4], packed + b"rest", b""):
        assert client.post(body, Content_Encoding="gzip") == 400


def test_an_oversized_body_is_refused(client: RawClient) -> None:
    """One sender could fill the memory of the service."""
    large = event_with(data={"ip": "ip:10.0.0.1", "note": "x" * MOST_BYTES})
    assert client.post(large) == 413
    assert client.post(gzip.compress(large), Content_Encoding="gzip") == 413
    assert client.post(gzip.compress(b" " * 2**26), Content_Encoding="gzip") == 413


def test_a_size_that_is_only_announced_is_refused_at_once(client: RawClient) -> None:
    """A sender would be let to send gigabytes before hearing that they are too many."""
    assert client.send(client.head(2**40)) == 413


def test_a_chunked_body_has_the_same_limit(client: RawClient) -> None:
    """Whoever announces no length would have no limit."""
    piece = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    assert client.send(client.head(None, **CHUNKED) + piece * 8 + b"0\r\n\r\n") == 413


@pytest.mark.parametrize("depth", [17, 1000, 20_000])
def test_a_deep_body_is_refused(client: RawClient, depth: int) -> None:
    """A few brackets would exhaust the stack of the service."""
    body = nested(depth) if depth < 900 else GOOD[:-1] + b', "deep": ' + b"[" * depth
    assert client.post(body) in (400, 413)


BROKEN_HTTP: Final = {
    "no HTTP": b"hello\r\n\r\n",
    "TLS": bytes.fromhex("160301020001000001fc0303") + bytes(64),
    "two lengths": (
        b"POST /v1/events HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"
    ),
    "negative length": b"POST /v1/events HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    "chunk of no size": (
        b"POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    ),
    "a head without end": b"POST /v1/events HTTP/1.1\r\n" + b"X-Long: " + b"y" * 200_000,
}


@pytest.mark.parametrize("raw", BROKEN_HTTP.values(), ids=BROKEN_HTTP.keys())
def test_broken_http_is_refused(client: RawClient, raw: bytes) -> None:
    """Something between us and the sender could smuggle requests past its checks."""
    status = client.send(raw)
    assert status == CLOSED or 400 <= status < 500


def test_a_slow_body_is_cut(client: RawClient) -> None:
    """A sender that drips bytes would hold a connection for ever."""
    with client.connect() as connection:
        connection.sendall(client.head(len(GOOD)) + GOOD[:20])
        assert status_from(connection) in (CLOSED, 408)


def test_a_slow_head_is_cut(client: RawClient) -> None:
    """A sender that never says what it wants would hold a connection for ever."""
    with client.connect() as connection:
        connection.sendall(b"POST /v1/events HTTP/1.1\r\nHost: ")
        assert status_from(connection) in (CLOSED, 408)


def test_slow_senders_keep_nobody_waiting(client: RawClient) -> None:
    """A few of them would stop the intake for all."""
    with ExitStack() as slow:
        for number in range(50):
            connection = slow.enter_context(client.connect())
            connection.sendall(client.head(len(GOOD)) + GOOD[:number])
        assert client.post(b"hello") == 400


def test_a_sender_that_goes_away_leaves_nothing(client: RawClient) -> None:
    """Half an event would be taken for a whole one."""
    with client.connect() as connection:
        connection.sendall(client.head(len(GOOD)) + GOOD[:-1])
    with client.connect() as connection:
        connection.sendall(client.head(None, **CHUNKED) + b"400\r\n" + GOOD[:100])


def test_mutated_events_are_refused_without_a_fault(client: RawClient) -> None:
    """Some byte would make the service fail instead of refusing."""
    chance = random.Random(7)
    for _ in range(300):
        body = bytearray(GOOD)
        for _ in range(chance.randint(1, 4)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        body[chance.randrange(1, 8)] = 0x00  # never a whole event, whatever else was hit
        assert client.post(bytes(body)) in (400, 413, 422), bytes(body)


def test_mutated_heads_are_refused_without_a_fault(client: RawClient) -> None:
    """Some header would make the service fail instead of refusing."""
    chance = random.Random(11)
    for _ in range(200):
        head = bytearray(client.head(2))
        for _ in range(chance.randint(1, 6)):
            head[chance.randrange(len(head) - 4)] = chance.randrange(256)
        status = client.send(bytes(head) + b"{}")
        assert status == CLOSED or 400 <= status < 500, bytes(head)
