"""Clients that dribble, flood or fall silent get an answer or an end, and hold nothing."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest

from ledger.serve_settings import ServeSettings
from service.operations import arriving, connections
from service.operations.rates import network_of
from tests.service.operations.guarded_server import PATIENCE_S, Echo, guarded_server, told

SETTINGS = replace(
    ServeSettings(),
    head_s=0.3,
    body_s=0.3,
    unread_s=0.3,
    stream_idle_s=0.3,
    most_connections=4,
    most_header_bytes=2048,
    most_body_bytes=10_000,
)
GET = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"


@pytest.fixture
def app() -> Echo:
    return Echo()


@pytest.fixture
def address(app: Echo, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    for module in (arriving, connections):
        monkeypatch.setattr(module, "LINGER_S", 0.2)
    with guarded_server(app, SETTINGS) as found:
        yield found


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def problem_of(answer: bytes) -> str:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head.lower()
    name: str = json.loads(body)["type"]
    return name.rpartition(":")[2]


def post(path: bytes, *headers: bytes) -> bytes:
    lines = b"".join(b"%b\r\n" % header for header in (b"host: x", *headers))
    return b"POST %b HTTP/1.1\r\n%b\r\n" % (path, lines)


def test_a_request_that_behaves_is_answered(address: tuple[str, int]) -> None:
    """The guards would stand in the way of everybody."""
    assert told(address, GET).endswith(b"\r\n\r\n0")


def test_a_head_that_dribbles_in_ends_with_408(address: tuple[str, int]) -> None:
    """A few bytes now and then would hold a connection for ever."""
    answer = told(address, b"GET / HTTP/1.1\r\nhost:")
    assert (status_of(answer), problem_of(answer)) == (408, "too-slow")


def test_a_connection_that_asks_nothing_is_closed(address: tuple[str, int]) -> None:
    """Connections without a request would use up all that are allowed."""
    assert told(address) == b""


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nhost: x\r\nlong: " + b"x" * 4000,
        b"GET / HTTP/1.1\r\nhost: x\r\nlong: " + b"x" * 4000 + b"\r\n\r\n",
        b"GET /" + b"x" * 4000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"h%d: x\r\n" % number for number in range(500)) + b"\r\n",
    ],
    ids=["unfinished", "one header", "path", "many headers"],
)
def test_a_head_that_is_too_large_ends_with_431(address: tuple[str, int], head: bytes) -> None:
    """A head without end would fill the memory before anybody is asked who they are."""
    answer = told(address, head)
    assert (status_of(answer), problem_of(answer)) == (431, "too-large")


def test_what_is_no_http_is_a_problem_too(address: tuple[str, int]) -> None:
    """A client would get an answer in another form than every other refusal."""
    answer = told(address, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
    assert (status_of(answer), problem_of(answer)) == (400, "bad-request")


@pytest.mark.parametrize(
    "pieces",
    [
        (post(b"/", b"content-length: 10001"),),
        (post(b"/", b"transfer-encoding: chunked"), *[b"800\r\n" + b"x" * 2048 + b"\r\n"] * 6),
    ],
    ids=["announced", "chunked"],
)
def test_a_body_that_is_too_large_ends_with_413(
    address: tuple[str, int], pieces: tuple[bytes, ...]
) -> None:
    """Whoever sends without end would fill the memory."""
    answer = told(address, *pieces)
    assert (status_of(answer), problem_of(answer)) == (413, "too-large")
    assert b"connection: close" in answer.lower()


def test_a_body_that_stops_coming_ends_with_408(address: tuple[str, int]) -> None:
    """A client that falls silent would be waited for without end."""
    answer = told(address, post(b"/", b"content-length: 100"), b"x" * 50)
    assert (status_of(answer), problem_of(answer)) == (408, "too-slow")


def test_a_body_of_exactly_the_limit_is_taken(address: tuple[str, int]) -> None:
    """The limit would be another one than the settings say."""
    answer = told(
        address, post(b"/", b"content-length: 10000", b"connection: close"), b"x" * 10_000
    )
    assert answer.endswith(b"\r\n\r\n10000")


def test_a_stream_of_lines_may_be_longer(address: tuple[str, int]) -> None:
    """A log of any length could not be sent in one request."""
    head = post(
        b"/v1/events",
        b"content-type: application/x-ndjson",
        b"transfer-encoding: chunked",
        b"connection: close",
    )
    pieces = [b"800\r\n" + b"x" * 2048 + b"\r\n"] * 20
    assert told(address, head, *pieces, b"0\r\n\r\n").endswith(b"\r\n\r\n40960")


def test_lines_elsewhere_have_the_limit(address: tuple[str, int]) -> None:
    """Naming a media type would switch the limit off for every route."""
    head = post(b"/", b"content-type: application/x-ndjson", b"content-length: 10001")
    assert status_of(told(address, head)) == 413


def test_an_answer_before_the_body_arrives_whole(address: tuple[str, int]) -> None:
    """A client whose body is not wanted would see a broken connection in place of the reason."""
    head = post(b"/early", b"content-length: 9000")
    answer = told(address, head, b"x" * 5000)
    assert answer.endswith(b"\r\n\r\nearly")
    assert b"connection: close" in answer.lower()


def test_a_client_that_reads_nothing_is_cut_off(address: tuple[str, int], app: Echo) -> None:
    """An answer that nobody takes would be kept in memory for as long as the client likes."""
    with socket.create_connection(address, timeout=PATIENCE_S) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(GET.replace(b"GET /", b"GET /long"))
        assert app.ended.wait(PATIENCE_S)


def test_more_connections_than_allowed_are_answered_with_503(address: tuple[str, int]) -> None:
    """Whoever opens many would leave nothing for the others, and nobody would say so."""
    held = [socket.create_connection(address, timeout=PATIENCE_S) for _ in range(4)]
    try:
        answer = told(address, GET)
    finally:
        for each in held:
            each.close()
    assert (status_of(answer), problem_of(answer)) == (503, "unavailable")
    assert b"retry-after" in answer.lower()


def test_two_requests_on_one_connection_are_both_answered(address: tuple[str, int]) -> None:
    """Guards of the first request would hit the second one."""
    first = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
    assert told(address, first + GET).count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("127.0.0.1", None),
        ("::1", None),
        ("10.0.0.9", None),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", network_of("2001:db8::2")),
        ("fe80::1%eth0", network_of("fe80::2")),
        ("", None),
    ],
)
def test_whose_connections_are_counted_together(client: str, expected: str | None) -> None:
    """One address could hold every connection, or all who come through a proxy count as one."""
    assert connections.crowd_of((client, 5000), [ip_network("10.0.0.0/24")]) == expected


def test_one_address_cannot_hold_every_connection(
    app: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens connections and says nothing would keep everybody else out."""
    monkeypatch.setattr(connections, "LINGER_S", 0.2)
    monkeypatch.setattr(connections, "crowd_of", lambda _client, _proxies: "192.0.2.7")
    settings = replace(SETTINGS, most_connections_of_address=1, head_s=PATIENCE_S)
    with guarded_server(app, settings) as found, socket.create_connection(found) as held:
        held.sendall(b"GET /")
        crowded = told(found, GET)
    assert (status_of(crowded), problem_of(crowded)) == (503, "unavailable")
