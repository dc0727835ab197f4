"""Serves one log until it is told to stop, and then stops without losing anything.

Order of a stop: no more connections; tails end; requests in flight finish, over HTTP and gRPC, or
are given up after their time; loops end; the ledger is closed. Whatever was acknowledged is durable
before any of this, so a second signal may end the process at once.
"""

import asyncio
import logging
import signal
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from socket import socket as Socket  # noqa: N812 - a class
from types import FrameType
from typing import Final

import uvicorn
from opentelemetry.sdk.trace import TracerProvider

from ledger.home import Home
from ledger.serve_settings import ServeSettings
from ledger.signing.signing_folder import SigningFolder
from service.access.authenticating import authenticator
from service.app import create_app
from service.context import Context
from service.intake.otlp_grpc import GrpcServer, start_grpc
from service.operations.beside import projection_loop, signer_loop
from service.operations.collecting import collecting_loop
from service.operations.connections import guarded
from service.operations.listening import (
    grpc_credentials,
    listeners,
    require_protected,
    shown,
    tls_context,
    urls,
)
from service.operations.metrics import LOOPBACK, serve_metrics
from service.operations.notifying import notify
from service.operations.tracing import tracer_provider
from service.operations.verifying import verification_loops

KEEP_ALIVE_S: Final = 15
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_LOG: Final = logging.getLogger("zegel.service")


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a service that has started can be reached."""

    origin: str
    http: tuple[str, ...]
    """URLs."""
    grpc: str | None
    """Host and port."""
    metrics: str | None
    """A URL on this machine only."""


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
        context = Context(
            ledger,
            home,
            settings,
            authenticator(ledger, settings),
            SigningFolder(home.folder).terms,
        )
        stack.callback(context.refusals.settle)
        stack.callback(_end_threads, context)
        traces = tracer_provider() if settings.telemetry else None
        if traces is not None:
            stack.callback(traces.shutdown)
        if settings.seal:
            context.operations.add(signer_loop(ledger, home, settings))
            if not ledger.of_checkpoints:
                context.operations.add(collecting_loop(ledger, home, settings, database))
        if settings.project:
            context.operations.add(projection_loop(ledger, settings))
        if settings.verify:
            for loop in verification_loops(ledger, home, context.verification, settings):
                context.operations.add(loop)
        sockets = listeners(settings.host, settings.port)
        for each in sockets:
            stack.callback(each.close)
        metrics = _metrics(context, stack)
        stack.callback(_end_loops, context)

        def listens(grpc: str | None) -> None:
            http = tuple(urls(sockets, tls=tls is not None))
            announce(Listening(ledger.origin, http, grpc, metrics))

        server = _Server(context, _config(context, tls, traces), listens)
        server.run(sockets)
    _LOG.info("stopped")


def _metrics(context: Context, stack: ExitStack) -> str | None:
    if context.settings.metrics_port is None:
        return None
    port, stop = serve_metrics(context, context.settings.metrics_port)
    stack.callback(stop)
    return f"http://{shown(LOOPBACK, port)}/metrics"


def _end_threads(context: Context) -> None:
    if not context.close(context.settings.stop_s):
        _LOG.warning("appends: the database did not answer in time; nobody was told that they are")


def _end_loops(context: Context) -> None:
    for name in context.operations.end(context.settings.stop_s):
        _LOG.warning("%s: did not end in time; what it had not committed is undone", name)


def _config(
    context: Context, tls: ssl.SSLContext | None, traces: TracerProvider | None
) -> uvicorn.Config:
    settings = context.settings
    return uvicorn.Config(
        create_app(context, tracer_provider=traces),
        http=guarded(settings),
        loop="uvloop",
        ws="none",
        log_config=None,
        access_log=False,  # ours tells route templates, no paths
        server_header=False,
        proxy_headers=bool(settings.behind_proxy),
        forwarded_allow_ips=list(settings.behind_proxy),
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(settings.stop_s),
        ssl_context_factory=None if tls is None else lambda _config, _default: tls,
    )


class _Server(uvicorn.Server):
    """Uvicorn with our signals and gRPC beside it.

    The first signal ends it in good order, the second one at once.
    """

    def __init__(
        self, context: Context, config: uvicorn.Config, listens: Callable[[str | None], None]
    ) -> None:
        super().__init__(config)
        self._context = context
        self._listens = listens
        self._grpc: GrpcServer | None = None
        self._told_by: str | None = None

    async def startup(self, sockets: Sequence[Socket] | None = None) -> None:
        await super().startup(None if sockets is None else list(sockets))
        settings = self._context.settings
        if settings.grpc_port is not None:
            credentials = grpc_credentials(settings, self._context.home.folder)
            self._grpc = await start_grpc(
                self._context, settings.host, settings.grpc_port, credentials
            )
        self._context.operations.begin()
        notify("READY=1")
        self._listens(None if self._grpc is None else shown(settings.host, self._grpc.port))

    async def shutdown(self, sockets: Sequence[Socket] | None = None) -> None:
        _LOG.info("stopping", extra={"signal": self._told_by})
        grace_s = self._context.settings.stop_s
        async with asyncio.TaskGroup() as both:
            both.create_task(super().shutdown(None if sockets is None else list(sockets)))
            if self._grpc is not None:
                both.create_task(self._grpc.stop(grace_s))

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
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        self._told_by = signal.Signals(sig).name
        notify("STOPPING=1")
        self._context.operations.stopping.set()
        self.should_exit = True
