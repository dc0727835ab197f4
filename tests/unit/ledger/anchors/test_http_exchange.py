"""HTTP exchanges with servers that behave and servers that do not."""

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.anchors.http_exchange import Limits, get, post, require_url
from ledger.errors import AuthorityUnavailable, BadRequest
from tests.loopback_server import Answer, Request, raw_serving, serving
from tests.time_stamping import certify_server

BRIEF = Limits(seconds=0.5, answer_bytes=1000)


def test_what_is_sent_arrives_and_what_is_answered_comes_back() -> None:
    """No party could be asked anything."""
    seen: list[Request] = []

    def respond(request: Request) -> Answer:
        seen.append(request)
        return Answer(409, b"7\n", "Text/X.tlog.Size; charset=utf-8")

    with serving(respond) as url:
        answer = post()(f"{url}/some/path?query=1", "text/plain", b"\x00body")
    assert (answer.status, answer.content_type, answer.body) == (409, "text/x.tlog.size", b"7\n")
    assert (seen[0].path, seen[0].body) == ("/some/path?query=1", b"\x00body")
    assert seen[0].headers["Content-Type"] == "text/plain"


def test_what_stands_at_an_address_can_be_asked_for() -> None:
    """The keys of an issuer could not be fetched."""
    seen: list[Request] = []

    def respond(request: Request) -> Answer:
        seen.append(request)
        return Answer(200, b"{}", "application/json")

    with serving(respond) as url:
        answer = get()(f"{url}/.well-known/openid-configuration")
    assert (answer.status, answer.content_type, answer.body) == (200, "application/json", b"{}")
    assert (seen[0].method, seen[0].path) == ("GET", "/.well-known/openid-configuration")


def test_more_than_the_limit_is_not_read() -> None:
    """A document without end would fill the memory of the service."""
    with (
        serving(lambda _: Answer(200, b"x" * 1001)) as url,
        pytest.raises(AuthorityUnavailable, match="longer than 1000"),
    ):
        get(BRIEF)(url)


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    """A party could send our request to a host inside our own network."""
    paths: list[str] = []

    def respond(request: Request) -> Answer:
        paths.append(request.path)
        return Answer(307, headers={"Location": "/elsewhere"})

    with serving(respond) as url:
        assert post()(f"{url}/here", "text/plain", b"").status == 307
    assert paths == ["/here"]


def _says(answer: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(answer)

    return talk


def _drips(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    never = threading.Event()
    while not never.wait(0.05):
        connection.sendall(b"A")


def _drips_a_body(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
    never = threading.Event()
    while not never.wait(0.05):
        connection.sendall(b"A")


def _is_silent(connection: socket.socket) -> None:
    while connection.recv(65_536):
        pass


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(_says(b""), id="hangs up"),
        pytest.param(_says(b"\x00\xff garbage"), id="no HTTP"),
        pytest.param(_says(b"HTTP/1.1 abc OK\r\n\r\n"), id="no status"),
        pytest.param(_says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), id="cut off"),
        pytest.param(
            _says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), id="bad chunk"
        ),
        pytest.param(_says(b"HTTP/1.1 200 OK\r\n\r\n" + b"A" * 1001), id="too long"),
        pytest.param(_says(b"HTTP/1.1 200 OK\r\nA: " + b"A" * 70_000), id="long header"),
        pytest.param(_says(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200), id="many headers"),
        pytest.param(_drips, id="drips a header"),
        pytest.param(_drips_a_body, id="drips a body"),
        pytest.param(_is_silent, id="is silent"),
    ],
)
def test_a_server_without_manners_is_unavailable(talk: Callable[[socket.socket], None]) -> None:
    """A slow or hostile server could hold the anchoring for ever, fill memory or crash it."""
    with raw_serving(talk) as url, pytest.raises(AuthorityUnavailable, match="no usable answer"):
        post(BRIEF)(url, "text/plain", b"")


def test_a_server_that_is_away_is_unavailable() -> None:
    """One party that is down would end the anchoring with a traceback."""
    with raw_serving(_is_silent) as url:
        pass
    with pytest.raises(AuthorityUnavailable):
        post(BRIEF)(url, "text/plain", b"")
    with pytest.raises(AuthorityUnavailable):
        post(BRIEF)("http://name.invalid/", "text/plain", b"")


def test_a_secure_server_must_prove_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody on the way could take the place of a witness and learn what it is sent."""
    certificate = certify_server("127.0.0.1", tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=certificate)
    with serving(lambda _: Answer(200, b"yes"), tls) as url:
        with pytest.raises(AuthorityUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            post(BRIEF)(url, "text/plain", b"")
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert post()(url, "text/plain", b"").body == b"yes"
        with pytest.raises(AuthorityUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            post()(url.replace("127.0.0.1", "localhost"), "text/plain", b"")


def test_a_handshake_that_never_ends_is_ended() -> None:
    """A server that accepts and says nothing could hold the anchoring for ever."""
    with raw_serving(_is_silent) as url, pytest.raises(AuthorityUnavailable):
        post(BRIEF)(url.replace("http:", "https:"), "text/plain", b"")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "ftp://example.nl/",
        "example.nl/tsa",
        "http://",
        "http://example.nl:0/",
        "http://example.nl:99999/",
        "http://[::1/",
        "http://user:secret@example.nl/",
        "http://example.nl/a b",
        "http://example.nl/\r\nHost: other",
        "http://example.nl/é",
        "",
    ],
)
def test_an_address_that_cannot_be_posted_to_is_refused(url: str) -> None:
    """A setting could read local files, smuggle headers or write a password into the log."""
    with pytest.raises(BadRequest) as caught:
        require_url(url)
    assert "secret" not in str(caught.value)


def test_usual_addresses_are_accepted() -> None:
    """A party could not be configured."""
    for url in ("https://tsa.example.nl/tsr", "http://[::1]:8080/", "http://127.0.0.1:1?a=b"):
        assert require_url(url).hostname
