"""A small application behind the guards, on a real socket, for clients that behave badly."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from ledger.serve_settings import ServeSettings
from service.operations.arriving import BodyGuard
from service.operations.connections import guarded

PATIENCE_S: Final = 20.0


@dataclass(slots=True)
class Echo:
    """Answers with how many bytes came; `/early` answers before it reads, `/long` with much."""

    long_bytes: int = 64 * 1024 * 1024
    ended: threading.Event = field(default_factory=threading.Event)
    """Set when an answer came to its end, whole or cut off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        try:
            found = b"early" if scope["path"] == "/early" else b"%d" % await _length(receive)
            content = b"x" * self.long_bytes if scope["path"] == "/long" else found
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [(b"content-length", b"%d" % len(content))],
                }
            )
            for start in range(0, len(content), 65_536):
                piece = content[start : start + 65_536]
                more = start + len(piece) < len(content)
                await send({"type": "http.response.body", "body": piece, "more_body": more})
        finally:
            self.ended.set()


async def _length(receive: Receive) -> int:
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return length
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    return length


@contextmanager
def guarded_server(app: Echo, settings: ServeSettings) -> Iterator[tuple[str, int]]:
    """The address of a server with the application; it runs in a thread until the end."""
    listener = socket.create_server(("127.0.0.1", 0))
    guard, owner = BodyGuard(app, settings), Starlette()

    async def owned(scope: Scope, receive: Receive, send: Send) -> None:
        await guard({**scope, "app": owner}, receive, send)

    config: Any = uvicorn.Config(
        owned,
        http=guarded(settings),
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        listener.close()


def told(address: tuple[str, int], *pieces: bytes) -> bytes:
    """All that a server answers to pieces of a request, until it ends the connection."""
    with socket.create_connection(address, timeout=PATIENCE_S) as connection:
        for piece in pieces:
            connection.sendall(piece)
        found = b""
        while data := connection.recv(65_536):
            found += data
        return found
