"""One HTTP exchange with a party that may be slow, hostile or absent.

Invariants: the whole exchange ends within its limit, however slowly bytes drip; no more than the
limit of the answer is read; redirects are not followed, because the party was configured and not
another; whatever goes wrong is one `AuthorityUnavailable`.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, urlsplit

from ledger.errors import AuthorityUnavailable, BadRequest

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an exchange may take and how much may come back."""

    seconds: float = 20.0
    """For the whole exchange, connecting included."""
    answer_bytes: int = 65_536


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a server said; nothing of it is trusted."""

    status: int
    content_type: str
    """Without parameters, in lower case; empty if there was none."""
    body: bytes


Post = Callable[[str, str, bytes], HttpAnswer]
"""Sends a body of a content type to a URL, in the order (URL, content type, body)."""

Get = Callable[[str], HttpAnswer]
"""Asks for what stands at a URL."""


def require_url(url: str) -> SplitResult:
    """The parts of a URL that can be asked.

    Raises:
        BadRequest: it is not http or https, names no host, or carries a password, which would be
            shown in messages and recorded in the log.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        parts, usable = urlsplit(""), False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise BadRequest(f"address: expected an http or https URL, found {ascii(url)[:200]}")
    if parts.username is not None or parts.fragment:
        raise BadRequest("address: expected no user, password or fragment in it, found one")
    return parts


_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


def post(limits: Limits = Limits(), headers: Mapping[str, str] = _NO_HEADERS) -> Post:
    """A `Post` over the network within these limits.

    Args:
        limits: Of each exchange.
        headers: What goes with each, such as credentials; no message of an error shows them.
    """

    def send(url: str, content_type: str, body: bytes) -> HttpAnswer:
        return _exchanged("POST", url, limits, body, {**headers, "Content-Type": content_type})

    return send


def get(limits: Limits = Limits()) -> Get:
    """A `Get` over the network within these limits."""

    def ask(url: str) -> HttpAnswer:
        return _exchanged("GET", url, limits, None, {"Accept": "application/json"})

    return ask


def _exchanged(
    method: str, url: str, limits: Limits, body: bytes | None, headers: dict[str, str]
) -> HttpAnswer:
    parts = require_url(url)
    connection = _Connection(parts, limits.seconds)
    try:
        with _ended_after(limits.seconds, connection):
            connection.request(method, _target(parts), body, {**headers, "User-Agent": "zegel"})
            return _answer(connection.getresponse(), limits)
    except (OSError, http.client.HTTPException, ValueError) as error:
        found = f"{type(error).__name__}: {ascii(str(error))[:200]}"
        raise AuthorityUnavailable(f"{url}: no usable answer ({found})") from error
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection that can be ended from outside at any time.

    Attributes:
        ending: The socket from before the TLS handshake until after the answer; the library's own
            `sock` is gone as soon as the headers of a last answer have come.
    """

    def __init__(self, parts: SplitResult, seconds: float) -> None:
        host = parts.hostname or ""
        super().__init__(host, parts.port or _PORTS[parts.scheme], timeout=seconds)
        self.tls = ssl.create_default_context() if parts.scheme == "https" else None
        self.ending: socket.socket | None = None

    def connect(self) -> None:
        self.sock = self.ending = socket.create_connection((self.host, self.port), self.timeout)
        if self.tls is not None:
            secured = self.tls.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = self.ending = secured
            secured.do_handshake()


@contextlib.contextmanager
def _ended_after(seconds: float, connection: _Connection) -> Iterator[None]:
    """Ends the connection when the time is over: a socket timeout alone is per read."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        if connection.ending is not None:
            with contextlib.suppress(OSError):
                # The plain shutdown: that of a TLS socket changes its state under the reader.
                socket.socket.shutdown(connection.ending, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
        if is_over.is_set():
            raise TimeoutError(f"no whole answer within {seconds} s")
    finally:
        timer.cancel()


def _answer(response: http.client.HTTPResponse, limits: Limits) -> HttpAnswer:
    body = response.read(limits.answer_bytes + 1)
    if len(body) > limits.answer_bytes:
        raise ValueError(f"the answer is longer than {limits.answer_bytes} bytes")
    if response.length:  # a read with a limit does not complain about what is missing
        raise http.client.IncompleteRead(body, response.length)
    content_type = response.getheader("Content-Type", "").partition(";")[0].strip().lower()
    return HttpAnswer(response.status, content_type, body)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
