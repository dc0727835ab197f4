"""A log whose OTLP doors are open on free ports of this machine, for exporters of others."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import grpc
import uvicorn
from starlette.testclient import TestClient

from ledger.events.envelope import Envelope
from service.app import create_app
from service.context import Context
from service.intake.otlp_grpc import start_grpc
from service.intake.otlp_http import TRACES_PATH
from service.intake.otlp_openapi import JSON
from tests.opened import opened_records

TRACE_EXPORT: Final = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
LOGS_EXPORT: Final = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
STOP_S: Final = 10.0
Of = TypeVar("Of", bound=Envelope)


@dataclass(frozen=True, slots=True)
class OtlpDoors:
    """Where they are."""

    http: str
    """URL without path."""
    grpc: str
    """Host and port."""
    stop: Callable[[], None]
    """Begins to close them in good order; what runs is finished."""


@contextmanager
def otlp_doors(
    context: Context, credentials: grpc.ServerCredentials | None = None
) -> Iterator[OtlpDoors]:
    """Both doors, served by one event loop in a thread; they are closed in good order."""
    opened: list[OtlpDoors] = []
    ready = threading.Event()

    async def serve(listening: socket.socket) -> None:
        server = uvicorn.Server(
            uvicorn.Config(create_app(context), log_config=None, lifespan="off", ws="none")
        )
        http = asyncio.create_task(server.serve(sockets=[listening]))
        other = await start_grpc(context, "127.0.0.1", 0, credentials)
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        opened.append(
            OtlpDoors(
                f"http://127.0.0.1:{listening.getsockname()[1]}",
                f"localhost:{other.port}",
                lambda: _set(loop, stop),
            )
        )
        ready.set()
        await stop.wait()
        await other.stop(STOP_S)
        server.should_exit = True
        await http

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: asyncio.run(serve(listening)))
        thread.start()
        assert ready.wait(STOP_S)
        try:
            yield opened[0]
        finally:
            opened[0].stop()
            thread.join(STOP_S)


def _set(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(stop.set)


def recorded(context: Context, kind: type[Of]) -> list[Of]:
    """The events of one kind in the log, with the values of the vault."""
    opened = opened_records(context.ledger, context.ledger.log.scan())
    return [each.event for each in opened if isinstance(each.event, kind)]


def posted(
    client: TestClient, body: object, *, path: str = TRACES_PATH, **headers: str
) -> tuple[int, Any]:
    """Status and document of the answer to a request in JSON, or to bytes that say they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.post(path, content=content, headers={"Content-Type": JSON} | given)
    assert answer.headers["content-type"] == JSON
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()
