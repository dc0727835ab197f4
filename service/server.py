"""Serves one log until it is told to stop, and then stops without losing anything.

Order of a stop: no more connections; tails end; requests in flight finish, or are given up after
their time; loops end; the ledger is closed. Whatever was acknowledged is durable before any of
this, so a second signal may end the process at once.
"""

import logging
import signal
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from socket import socket as Socket  # noqa: N812 - a class
from types import FrameType
from typing import Final

import uvicorn

from ledger.errors import NotAuthenticated
from ledger.home import Home
from ledger.serve_settings import ServeSettings
from ledger.signing.signing_folder import SigningFolder
from service.access.caller import Caller
from service.app import create_app
from service.context import Context
from service.operations.beside import projection_loop, signer_loop
from service.operations.listening import listeners, require_protected, tls_context, urls

KEEP_ALIVE_S: Final = 15
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_LOG: Final = logging.getLogger("zegel.service")


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a service that has started can be reached."""

    origin: str
    http: tuple[str, ...]
    """URLs."""


Announce = Callable[[Listening], None]
"""Told once, when the service listens."""


def serve(
    home: Home, settings: ServeSettings, announce: Announce, *, database: str | None = None
) -> None:
    """Serves the log of a home; returns after SIGTERM or SIGINT, when all is settled.

    Args:
        home: An existing one.
        settings: How.
        announce: Told once it listens.
        database: A URL to use in place of that of the home.

    Raises:
        BadRequest: the settings would let others read what is sent.
        StoreUnavailable: home, database, keys, port or certificate cannot be used.
    """
    require_protected(settings)
    tls = tls_context(settings, home.folder)
    with ExitStack() as stack:
        ledger = home.open_ledger(database)
        stack.callback(ledger.close)
        context = Context(ledger, home, settings, _nobody, SigningFolder(home.folder).terms)
        if settings.seal:
            context.operations.add(signer_loop(ledger, home, settings))
        if settings.project:
            context.operations.add(projection_loop(ledger, settings))
        sockets = listeners(settings.host, settings.port)
        for each in sockets:
            stack.callback(each.close)
        listening = Listening(ledger.origin, tuple(urls(sockets, tls=tls is not None)))
        stack.callback(_end_loops, context)
        _Server(context, tls, lambda: announce(listening)).run(sockets)


def _nobody(_headers: Mapping[str, str]) -> Caller:
    raise NotAuthenticated("expected an API key or a bearer token, found none that is known")


def _end_loops(context: Context) -> None:
    for name in context.operations.end(context.settings.stop_s):
        _LOG.warning("%s: did not end in time; what it had not committed is undone", name)


def _config(context: Context, tls: ssl.SSLContext | None) -> uvicorn.Config:
    settings = context.settings
    return uvicorn.Config(
        create_app(context),
        http="httptools",
        loop="uvloop",
        ws="none",
        log_config=None,
        access_log=False,  # ours tells route templates, no query strings
        server_header=False,
        proxy_headers=bool(settings.behind_proxy),
        forwarded_allow_ips=list(settings.behind_proxy),
        limit_concurrency=settings.most_connections,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(settings.stop_s),
        ssl_context_factory=None if tls is None else lambda _config, _default: tls,
    )


class _Server(uvicorn.Server):
    """Uvicorn with our signals: the first one ends it in good order, the second one at once."""

    def __init__(
        self, context: Context, tls: ssl.SSLContext | None, listens: Callable[[], None]
    ) -> None:
        super().__init__(_config(context, tls))
        self._operations = context.operations
        self._listens = listens

    async def startup(self, sockets: Sequence[Socket] | None = None) -> None:
        await super().startup(None if sockets is None else list(sockets))
        self._operations.begin()
        self._listens()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {each: signal.signal(each, self.handle_exit) for each in _SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        del frame
        _LOG.info("stopping: %s", signal.Signals(sig).name)
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        self._operations.stopping.set()
        self.should_exit = True
