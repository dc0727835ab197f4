"""Connections that cannot be held for nothing: heads that dribble in, answers that nobody reads.

The server below limits neither the size nor the time of a request's head, waits for ever for a
client that reads nothing, and answers its own refusals as plain text. Here each wait has an end and
each refusal is a problem as everywhere.

Source: RFC 9110 §15.5.9 (408), §15.6.4 (503); RFC 6585 §5 (431); RFC 9112 §9.6 (closing).
"""

import asyncio
from collections.abc import Callable, Sequence
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ledger.errors import BadRequest, StoreUnavailable, TooLarge, TooSlow, ZegelError
from ledger.serve_settings import ServeSettings
from service.operations.rates import network_of
from service.problems import problem_of

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

LINGER_S: Final = 2.0
"""How long what a refused client still sends is dropped: cut at once, it may lose the answer."""


def guarded(limits: ServeSettings) -> type["GuardedProtocol"]:
    """The protocol with the limits of one service."""
    proxies = tuple(map(ip_network, limits.behind_proxy))
    found = type("LimitedProtocol", (GuardedProtocol,), {"limits": limits, "proxies": proxies})
    return cast("type[GuardedProtocol]", found)


class GuardedProtocol(HttpToolsProtocol):
    """One connection whose every wait has an end."""

    limits: ClassVar[ServeSettings]
    proxies: ClassVar[Sequence[IPv4Network | IPv6Network]]

    def __init__(
        self,
        config: "Config",
        server_state: "ServerState",
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """As the server calls it."""
        super().__init__(config, server_state, app_state, _loop)
        self._head_bytes = 0
        self._is_refused = False
        self._network: str | None = None
        self._is_crowded = False
        self._head = _Timer(self.loop)
        self._unread = _Timer(self.loop)
        self._lingering = _Timer(self.loop)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The head of the first request must come in time."""
        super().connection_made(transport)
        self._network = crowd_of(self.client, self.proxies)
        if self._network is not None:
            held = sum(
                getattr(each, "_network", None) == self._network for each in self.connections
            )
            self._is_crowded = held > self.limits.most_connections_of_address
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        for timer in (self._head, self._unread, self._lingering):
            timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads on, unless the connection was refused or its head is too large."""
        if self._is_refused or self.transport.is_closing():
            return
        most, of_address = self.limits.most_connections, self.limits.most_connections_of_address
        if len(self.connections) > most:
            self._refuse(StoreUnavailable(f"expected at most {most} connections, found more"), 503)
            return
        if self._is_crowded:
            message = f"expected at most {of_address} connections from one address, found more"
            self._refuse(StoreUnavailable(message), 503)
            return
        if self._head.runs:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head.runs and self._head_bytes > self.limits.most_header_bytes:
            self._refuse_head()

    def on_message_begin(self) -> None:
        """A request begins, on a new connection or on one that was kept."""
        super().on_message_begin()
        if not self._head.runs:
            self._await_head()

    def on_headers_complete(self) -> None:
        """The head is there: what it asks for is begun, unless it is too large."""
        self._head.cancel()
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.limits.most_header_bytes:
            self._refuse_head()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body; that of a refused request is dropped."""
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of a request."""
        if not self._is_refused:
            super().on_message_complete()

    def pause_writing(self) -> None:
        """The client reads more slowly than it is answered: it has so long to go on."""
        super().pause_writing()
        if not self._unread.runs:
            self._unread.start(self.limits.unread_s, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads on."""
        self._unread.cancel()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP."""
        del msg
        if not self._is_refused:
            self._refuse(BadRequest("expected a request of HTTP/1.1, found something else"), 400)

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head.start(self.limits.head_s, self._give_up_head)

    def _give_up_head(self) -> None:
        if self._head_bytes == 0:
            self.transport.close()  # nothing was asked, nothing is answered
        else:
            seconds = self.limits.head_s
            self._refuse(TooSlow(f"head: expected it within {seconds:g} s, found a part"), 408)

    def _refuse_head(self) -> None:
        most = self.limits.most_header_bytes
        self._refuse(TooLarge(f"head: expected at most {most} bytes, found more"), 431)

    def _refuse(self, error: ZegelError, status: int) -> None:
        """Answers without asking the application, and lets the connection end."""
        self._is_refused = True
        self._head.cancel()
        self._unset_keepalive_if_required()
        answer = problem_of(error, status=status)
        said = [*self.server_state.default_headers, *answer.raw_headers, (b"connection", b"close")]
        head = b"".join(b"%b: %b\r\n" % header for header in said)
        phrase = HTTPStatus(status).phrase.encode()
        self.transport.write(
            b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (status, phrase, head, bytes(answer.body))
        )
        self.flow.resume_reading()
        self._lingering.start(LINGER_S, self.transport.close)


def crowd_of(
    client: tuple[str, int] | None, proxies: Sequence[IPv4Network | IPv6Network]
) -> str | None:
    """The network whose connections are counted together; `None`: they are not.

    Programs on this machine share one address, and so do all who come through a proxy.
    """
    if client is None:
        return None
    try:
        address = ip_address(client[0].partition("%")[0])
    except ValueError:  # a socket without addresses
        return None
    if address.is_loopback or any(address in proxy for proxy in proxies):
        return None
    return network_of(str(address))


class _Timer:
    """Something that is done later, unless it is cancelled."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handle: asyncio.TimerHandle | None = None

    @property
    def runs(self) -> bool:
        return self._handle is not None

    def start(self, seconds: float, act: Callable[[], None]) -> None:
        self.cancel()

        def go_off() -> None:
            self._handle = None
            act()

        self._handle = self._loop.call_later(seconds, go_off)

    def cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
