"""Reads connections of syslog senders, with or without TLS, each at the pace of the disk.

No peer can take what others need: connections are counted, in all and per address, before anything
is read or negotiated; a frame has a size and a time it may take; a connection that says nothing
ends. What a peer sent whole is kept, whatever it does next.
"""

import asyncio
import socket
import ssl
from collections import Counter
from typing import Final

from cli.watching.listen_settings import ListenSettings
from cli.watching.listening_intake import Intake
from cli.watching.listening_sockets import peer_address
from formats.syslog_framing import Framer

READ_BYTES: Final = 64 * 1024
HANDSHAKE_S: Final = 10.0
LAST_WORDS_S: Final = 0.2
"""At the end, so long is waited for more of what a peer has on its way."""

LAST_S: Final = 2.0
"""And no longer than this, however much comes on."""

_NO_DESCRIPTOR_S: Final = 1.0


class Streams:
    """The connections of one listening socket."""

    def __init__(self, bound: socket.socket, settings: ListenSettings, intake: Intake) -> None:
        """Nobody has connected yet."""
        self._bound, self._settings, self._intake = bound, settings, intake
        self._per_peer: Counter[str] = Counter()
        self._open: dict[asyncio.Task[None], _Connection] = {}

    async def serve(self, stopping: asyncio.Event) -> None:
        """Serves whoever connects until told to stop, then hears out those who are connected."""
        accepting = asyncio.create_task(self._accept())
        try:
            await stopping.wait()
        finally:
            accepting.cancel()
            for connection in self._open.values():
                connection.hurry()
            if self._open:
                await asyncio.wait(self._open)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connected, address = await loop.sock_accept(self._bound)
            except OSError as error:
                self._intake.tally.count(f"no connection could be taken: {error.strerror}")
                await asyncio.sleep(_NO_DESCRIPTOR_S)
                continue
            peer = peer_address(address) or ""
            refusal = self._refusal(peer)
            if refusal is not None:
                self._intake.tally.count(refusal)
                connected.close()
                await asyncio.sleep(0)  # those who are served have their turn between two of these
                continue
            self._per_peer[peer] += 1
            connection = _Connection(connected, peer, self._settings, self._intake)
            task = asyncio.create_task(connection.serve())
            self._open[task] = connection
            task.add_done_callback(self._closed)

    def _refusal(self, peer: str) -> str | None:
        if not self._settings.admits(peer):
            return "connections of peers that are not allowed refused"
        if len(self._open) >= self._settings.max_connections:
            return f"connections beyond {self._settings.max_connections} refused"
        most = self._settings.max_connections_per_peer
        return (
            f"connections beyond {most} of one address refused"
            if (self._per_peer[peer] >= most)
            else None
        )

    def _closed(self, task: asyncio.Task[None]) -> None:
        peer = self._open.pop(task).peer
        self._per_peer[peer] -= 1
        if not self._per_peer[peer]:
            del self._per_peer[peer]  # whoever came once is not remembered
        if not task.cancelled() and (error := task.exception()) is not None:
            self._intake.tally.count(f"a connection failed: {type(error).__name__}")


def _refused_for(error: OSError) -> str:
    """What is counted of a connection that came to nothing, in one of few texts."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"connections of clients refused by their certificate: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
        return "connections of clients without a certificate refused"
    return "connections without the TLS that is asked for refused"


class _Connection:
    """One connection, from its first byte to its last."""

    def __init__(
        self, connected: socket.socket, peer: str, settings: ListenSettings, intake: Intake
    ) -> None:
        self.peer = peer
        self._connected, self._settings, self._intake = connected, settings, intake
        self._framer = Framer(settings.max_frame_bytes)
        self._patience: asyncio.Timeout | None = None
        self._ends_at: float | None = None

    def hurry(self) -> None:
        """Ends the connection as soon as its peer pauses."""
        now = asyncio.get_running_loop().time()
        self._ends_at = now + LAST_S
        if self._patience is not None and not self._patience.expired():
            self._patience.reschedule(now + LAST_WORDS_S)

    async def serve(self) -> None:
        """Takes in what the peer sends until it ends, breaks a limit, or all ends."""
        reader = asyncio.StreamReader(READ_BYTES)
        protocol = asyncio.StreamReaderProtocol(reader)
        try:
            self._connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
                lambda: protocol,
                self._connected,
                ssl=self._settings.tls,
                ssl_handshake_timeout=HANDSHAKE_S if self._settings.tls else None,
            )
        except OSError as error:  # those of TLS and of connections that broke among them
            self._connected.close()
            self._intake.tally.count(_refused_for(error))
            return
        try:
            if not self._settings.knows(transport.get_extra_info("peercert")):
                self._intake.tally.count("connections of clients with another name refused")
                return
            orderly = await self._read(reader)
            last = self._framer.end(orderly=orderly)
            if last is not None:
                await self._intake.keep([(last, self.peer)])
        finally:
            transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> bool:
        """Reads to the end; whether the peer said that it had finished."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        while True:
            is_within = self._framer.is_within_frame
            limit_s = self._settings.frame_s if is_within else self._settings.idle_s
            until = (began_at if is_within else loop.time()) + limit_s
            if self._ends_at is not None:
                if loop.time() >= self._ends_at:
                    return False
                until = min(until, loop.time() + LAST_WORDS_S)
            try:
                async with asyncio.timeout_at(until) as self._patience:
                    piece = await reader.read(READ_BYTES)
            except TimeoutError:
                if self._ends_at is None:
                    slow = "that took too long for one frame" if is_within else "that was silent"
                    self._intake.tally.count(f"a connection {slow} ended")
                return False
            except OSError:
                return False
            finally:
                self._patience = None
            if not piece:
                return True
            frames = list(self._framer.feed(piece))
            await self._intake.keep([(frame, self.peer) for frame in frames])
            if frames or not is_within:
                began_at = loop.time()
