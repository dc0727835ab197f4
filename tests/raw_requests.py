"""Requests as bytes on a connection, for what no client of HTTP would send."""

import contextlib
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

SECONDS: Final = 30
CLOSED: Final = 0
"""In the place of a status: the connection was closed without an answer."""


@dataclass(frozen=True)
class RawClient:
    """Speaks to one service with one key."""

    url: str
    key: str

    def connect(self) -> socket.socket:
        """An open connection."""
        address = urlsplit(self.url)
        return socket.create_connection((address.hostname, address.port), timeout=SECONDS)

    def head(self, body_length: int | None, **headers: str) -> bytes:
        """The head of a post of events; names of headers with `_` for `-`."""
        lines = {
            "Host": urlsplit(self.url).netloc,
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/cloudevents+json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if body_length is not None:
            lines["Content-Length"] = str(body_length)
        told = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"POST /v1/events HTTP/1.1\r\n{told}\r\n".encode()

    def post(self, body: bytes, **headers: str) -> int:
        """The status of the answer to a whole post."""
        return self.send(self.head(len(body), **headers) + body)

    def send(self, raw: bytes) -> int:
        """The status of the answer to these bytes; `CLOSED` where none comes."""
        with self.connect() as connection:
            # After an early answer the rest is not taken, and the answer can still be read.
            with contextlib.suppress(OSError):
                connection.sendall(raw)
            return status_from(connection)


def status_from(connection: socket.socket) -> int:
    """The status of the next answer; `CLOSED` where the connection ends without one."""
    try:
        line = connection.makefile("rb").readline(256)
    except OSError:
        return CLOSED
    return int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else CLOSED
