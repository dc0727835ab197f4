"""A way to a PostgreSQL server that breaks between a commit and its answer."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit, urlunsplit

_COMMIT: Final = b"COMMIT\x00"
_AT_ONCE: Final = 65_536
_LOOK_S: Final = 0.05


class BreakingWay:
    """Passes everything on, until it is told to break at the next commit."""

    def __init__(self, host: str, port: int) -> None:
        """A way to the server at this address."""
        self.breaks = threading.Event()
        """Set: the next commit reaches the server, and its answer nobody."""
        self._server = (host, port)
        self._closed = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self._door.settimeout(_LOOK_S)
        self.port: int = self._door.getsockname()[1]
        self._threads = [threading.Thread(target=self._open)]
        self._threads[0].start()

    def close(self) -> None:
        """Nobody comes in any more, and whoever is in is sent away."""
        self._closed.set()
        for thread in self._threads:
            thread.join()
        self._door.close()

    def _open(self) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = self._door.accept()
                thread = threading.Thread(target=self._pass_on, args=(client,))
                self._threads.append(thread)
                thread.start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            while not self._closed.is_set():
                ready, _, _ = select.select([client, server], [], [], _LOOK_S)
                for side in ready:
                    try:
                        some = side.recv(_AT_ONCE)
                    except ConnectionError:
                        return
                    if not some:
                        return
                    if side is client and self.breaks.is_set() and _COMMIT in some:
                        self.breaks.clear()
                        server.sendall(some)
                        server.recv(1)  # it was done
                        return
                    (server if side is client else client).sendall(some)


@contextlib.contextmanager
def breaking_way(url: str) -> Iterator[tuple[str, BreakingWay]]:
    """The URL of the same database by a way that can break."""
    address = urlsplit(url)
    way = BreakingWay(str(address.hostname), address.port or 5432)
    place = f"{address.username}:{address.password}@127.0.0.1:{way.port}"
    try:
        yield urlunsplit(address._replace(netloc=place)), way
    finally:
        way.close()
