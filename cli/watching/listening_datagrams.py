"""Reads datagrams, from the network or from programs of this machine, one message each."""

import asyncio
import contextlib
import socket
import struct
from typing import Final

from cli.watching.listen_settings import ListenSettings
from cli.watching.listening_intake import Intake, Taken
from cli.watching.listening_sockets import COUNT_DROPPED, peer_address
from formats.syslog_framing import KEPT_BYTES, Frame, RefusedFrame

MOST_AT_ONCE: Final = 500
"""So many datagrams at most become durable together; the kernel keeps the next ones."""

LAST_S: Final = 2.0
"""At the end, so long is taken in what the kernel still has, however much comes on."""

_DROPPED: Final = struct.Struct("=I")
_ANCILLARY_BYTES: Final = socket.CMSG_SPACE(_DROPPED.size)


class Datagrams:
    """The datagrams of one socket, in the order the kernel has them."""

    def __init__(self, bound: socket.socket, settings: ListenSettings, intake: Intake) -> None:
        """Nothing was received yet."""
        self._bound, self._settings, self._intake = bound, settings, intake
        self._dropped = 0

    async def serve(self, stopping: asyncio.Event) -> None:
        """Takes in what comes until told to stop, and what the kernel has by then."""
        readable = asyncio.Event()
        loop = asyncio.get_running_loop()
        while not stopping.is_set():
            readable.clear()
            loop.add_reader(self._bound, readable.set)
            try:
                await _first_of(readable, stopping)
            finally:
                loop.remove_reader(self._bound)
            while await self._take() and not stopping.is_set():
                pass
        gives_up_at = loop.time() + LAST_S
        while await self._take() and loop.time() < gives_up_at:
            pass

    async def _take(self) -> bool:
        """Makes durable what the kernel has, up to a limit; whether there may be more."""
        frames: list[Taken] = []
        is_empty = True
        with contextlib.suppress(BlockingIOError):
            for _ in range(MOST_AT_ONCE):
                frames += self._received()
            is_empty = False
        await self._intake.keep(frames)
        await asyncio.sleep(0)  # a flood of what is left out must not keep the end from coming
        return not is_empty

    def _received(self) -> list[Taken]:
        """The next datagram, and before it the loss that the kernel reports with it."""
        most = self._settings.max_frame_bytes
        content, told, _, address = self._bound.recvmsg(most + 1, _ANCILLARY_BYTES)
        peer = peer_address(address)
        if peer is not None and not self._settings.admits(peer):
            self._intake.tally.count("datagrams of peers that are not allowed left out")
            return []
        lost = self._lost(told)
        frames: list[Taken] = []
        if lost:
            reason = f"expected every datagram, found that the system had no room for {lost}"
            frames.append((RefusedFrame(b"", reason), None))
        if len(content) > most:
            reason = f"expected a datagram of at most {most} octets, found more"
            frames.append((RefusedFrame(content[:KEPT_BYTES], reason), peer))
        elif content.strip(b"\r\n\0 "):
            frames.append((Frame(content), peer))
        return frames

    def _lost(self, told: list[tuple[int, int, bytes]]) -> int:
        """How many datagrams the kernel dropped since the one before."""
        for level, kind, value in told:
            if (level, kind) == (socket.SOL_SOCKET, COUNT_DROPPED):
                dropped: int = _DROPPED.unpack(value)[0]
                lost, self._dropped = (dropped - self._dropped) % 2**32, dropped
                return lost
        return 0


async def _first_of(*events: asyncio.Event) -> None:
    """Returns when one of the events is set."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
