"""Datagrams that are left out cost no other source its turn."""

import asyncio
import socket
from typing import cast
from unittest import mock

import pytest

from cli.watching import listening_datagrams
from cli.watching.listen_settings import ListenSettings
from cli.watching.listening_datagrams import Datagrams

MOST = 100_000
"""More looks than this mean that nobody else had a turn."""


class Flooded:
    """A socket that always has another datagram with nothing in it; all is to end meanwhile."""

    def __init__(self, bound: socket.socket, stopping: asyncio.Event) -> None:
        self._bound, self._stopping, self.looks = bound, stopping, 0

    def fileno(self) -> int:
        """Of a socket that can be read."""
        return self._bound.fileno()

    def recvmsg(self, *_sizes: int) -> tuple[bytes, list[object], int, None]:
        """Nothing, again and again."""
        self.looks += 1
        assert self.looks < MOST
        if self.looks == 1:
            asyncio.get_running_loop().call_soon(self._stopping.set)
        return b"", [], 0, None


def test_a_flood_of_nothing_holds_up_neither_others_nor_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Anybody could keep the program from ending, or other senders from being heard."""
    monkeypatch.setattr(listening_datagrams, "LAST_S", 0.0)
    settings = ListenSettings(
        table="t", transport="udp", host="127.0.0.1", port=0, path=None, tls=None, allow=()
    )
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)

    async def flooded() -> None:
        stopping = asyncio.Event()
        bound = cast("socket.socket", Flooded(ours, stopping))
        intake = mock.Mock(keep=mock.AsyncMock())
        await Datagrams(bound, settings, intake).serve(stopping)

    with ours, theirs:
        theirs.send(b"x")
        asyncio.run(flooded())
