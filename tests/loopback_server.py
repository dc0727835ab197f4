"""An HTTP server on loopback for tests: a function answers, on a free port, until the block ends.

A misbehaving server is a function too: it gets the raw connection and may send what it likes.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """What the client sent."""

    method: str
    path: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What the server sends."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def serving(
    respond: Callable[[Request], Answer], tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    """The URL, without a slash at its end, of a server that answers by `respond`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = respond(Request(self.command, self.path, self.headers, body))
            self._send(answer)

        def do_GET(self) -> None:
            self._send(respond(Request(self.command, self.path, self.headers, b"")))

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            # A client that has enough may hang up; that is what some tests look for.
            with contextlib.suppress(ConnectionError):
                self.wfile.write(answer.body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
            """Keeps the output of tests quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def raw_serving(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """The URL of a server that hands each connection to `talk`, which may break every rule."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopping = threading.Event()

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                if stopping.is_set():
                    return
                talk(connection)

    thread = threading.Thread(target=accept)
    thread.start()
    port = listener.getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stopping.set()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            pass
        thread.join()
        listener.close()
