"""OTLP over gRPC: the services of traces and logs, on a port of their own.

The server shares the event loop and the threads of the HTTP service, so that appends of both commit
together. A request arrives as bytes and is decoded here, so that a malformed one is bad data to its
sender and evidence to us, and nobody is read before they proved who they are. How often one caller
may ask is counted as over HTTP, for this door alone.

Source: OTLP specification, "OTLP/gRPC" (services, gzip, statuses); gRPC over HTTP/2 (the status as
`grpc-status-details-bin`).
"""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import grpc
from google.protobuf.message import Message

from ledger.errors import NotAuthenticated, NotAuthorised, StoreUnavailable
from service.access.asked import Asked, asked_over_grpc
from service.access.caller import Caller
from service.access.guard import proved
from service.context import Context
from service.intake.otlp_intake import take_in
from service.intake.otlp_reading import LOGS, TRACES, Signal
from service.intake.otlp_status import Refusal, refusal_of
from service.operations.logs import REQUEST
from service.operations.rates import Rates, digest

MOST_STREAMS: Final = 100
"""Requests at once of one connection: each may hold a whole message before anybody looks at it."""
MOST_MESSAGE_BYTES: Final = 4 * 1024 * 1024
"""Of one request, also after decompression: what gRPC itself takes by default."""
IDLE_MS: Final = 5 * 60 * 1000
"""After which a connection without requests is closed; exporters open another when they need it."""

_SERVICES: Final = (
    ("opentelemetry.proto.collector.trace.v1.TraceService", TRACES),
    ("opentelemetry.proto.collector.logs.v1.LogsService", LOGS),
)
_STATUS: Final = "grpc-status-details-bin"
_METHOD: Final = "gRPC"
_LOG: Final = logging.getLogger("zegel.grpc")

_Call = grpc.aio.ServicerContext[bytes, Message]


@dataclass(frozen=True, slots=True)
class GrpcServer:
    """A server that runs."""

    port: int
    server: grpc.aio.Server

    async def stop(self, grace_s: float) -> None:
        """Takes no more requests; returns when those that run have ended, or were given up."""
        await self.server.stop(grace_s)


async def start_grpc(
    context: Context,
    host: str,
    port: int,
    credentials: grpc.ServerCredentials | None = None,
) -> GrpcServer:
    """A server that takes requests; it belongs to the event loop that starts it.

    Args:
        context: What is served.
        host: Name or address to listen at.
        port: 0 takes a free one.
        credentials: Of TLS; `None`: plain text.

    Raises:
        StoreUnavailable: nobody can listen there.
    """
    server = grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length", MOST_MESSAGE_BYTES),
            ("grpc.max_connection_idle_ms", IDLE_MS),
            ("grpc.max_concurrent_streams", MOST_STREAMS),
            ("grpc.so_reuseport", 0),  # a second service at the same port would take every other
        ],
        # Also those whose message still arrives: of these the entrance knows nothing yet.
        maximum_concurrent_rpcs=context.settings.most_connections + MOST_STREAMS,
    )
    entrance = _Entrance(Rates(context.settings), context.settings.most_connections)
    server.add_generic_rpc_handlers(
        tuple(
            grpc.method_handlers_generic_handler(
                name,
                {
                    "Export": grpc.unary_unary_rpc_method_handler(
                        _Door(context, entrance, name, signal).export,
                        response_serializer=signal.answer.SerializeToString,
                    )
                },
            )
            for name, signal in _SERVICES
        )
    )
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        if credentials is None:
            bound = server.add_insecure_port(address)
        else:
            bound = server.add_secure_port(address, credentials)
    except RuntimeError as error:
        raise StoreUnavailable(f"{address}: expected a free port of this machine") from error
    await server.start()
    return GrpcServer(bound, server)


@dataclass(slots=True)
class _Entrance:
    """What all requests pass: how often one caller comes, and how many are inside."""

    rates: Rates
    most: int
    inside: int = 0

    @contextmanager
    def passed(self, address: str, credentials: bytes | None) -> Iterator[None]:
        """Lets one request in until it is answered."""
        self.rates.allow(address, credentials)
        if self.inside >= self.most:
            raise StoreUnavailable(
                f"expected at most {self.most} requests at once, found more; nothing was stored"
            )
        self.inside += 1
        try:
            yield
        except NotAuthenticated:
            self.rates.refused(address, credentials)
            raise
        finally:
            self.inside -= 1


class _Door:
    """One method of one service: who may pass, and what they are told."""

    def __init__(self, context: Context, entrance: _Entrance, service: str, signal: Signal) -> None:
        self._context = context
        self._entrance = entrance
        self._service = service
        self._signal = signal

    async def export(self, body: bytes, call: _Call) -> Message:
        """One request."""
        began, token = time.perf_counter(), REQUEST.set(secrets.token_hex(8))
        told: Refusal | grpc.StatusCode = grpc.StatusCode.CANCELLED
        headers = _headers(call)
        try:
            answer = await self._answer(body, headers, call.peer())
            told = grpc.StatusCode.OK
            return answer  # noqa: TRY300 - the status is told on every way out
        except Exception as error:  # noqa: BLE001 - whatever it is, the sender gets a status
            told = refusal = refusal_of(error)
        finally:
            self._tell(headers, told, time.perf_counter() - began)
            REQUEST.reset(token)
        return await _abort(call, refusal)

    async def _answer(self, body: bytes, headers: dict[str, str], peer: str) -> Message:
        asked = asked_over_grpc(self._service, peer)
        shown = headers.get("authorization")
        credentials = None if shown is None else shown.encode()
        with self._entrance.passed(asked.address or "", credentials):
            caller = await self._caller(headers, asked, credentials)
            return await take_in(
                self._context, caller, self._signal, body, is_json=False, asked=asked
            )

    async def _caller(
        self, headers: dict[str, str], asked: Asked, credentials: bytes | None
    ) -> Caller:
        try:
            caller = await proved(self._context, headers, "record", asked=asked)
        except NotAuthorised:
            self._entrance.rates.proved(credentials)  # somebody, who may do something else
            raise
        self._entrance.rates.proved(credentials)
        return caller

    def _tell(
        self, headers: dict[str, str], told: Refusal | grpc.StatusCode, seconds: float
    ) -> None:
        """One log line and the numbers of a request; what came in it stands in neither."""
        numbers = self._context.operations.numbers
        problem = {}
        if isinstance(told, Refusal):
            numbers.refused(told.problem)
            problem, told = {"problem": told.problem}, told.grpc_status
        status = told.value[0]
        numbers.answered(_METHOD, self._service, status, seconds)
        credentials = headers.get("authorization")
        _LOG.info(
            "answered",
            extra={
                "method": _METHOD,
                "route": self._service,
                "status": status,
                "ms": round(seconds * 1000, 3),
                "caller": None if credentials is None else digest(credentials.encode()),
                **problem,
            },
        )


def _headers(call: _Call) -> dict[str, str]:
    """The metadata that is text, by lower-case name; what came twice stands side by side."""
    found: dict[str, str] = {}
    for name, value in call.invocation_metadata() or ():
        if isinstance(value, str):
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found


async def _abort(call: _Call, refusal: Refusal) -> Message:
    await call.abort(
        refusal.grpc_status,
        refusal.status.message,
        ((_STATUS, refusal.status.SerializeToString()),),
    )
