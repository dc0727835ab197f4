"""Many senders at once: each has a connection, and sends its next request after its last answer.

It does no more than it must, for it runs on the machine that is measured.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import uvloop

CREATED: Final = b"HTTP/1.1 201"
_LENGTH: Final = b"content-length: "


@dataclass(slots=True)
class _Sending:
    """What is left to send, and what came back."""

    requests: list[bytes]
    refused: list[bytes] = field(default_factory=list)


def send_all(port: int, requests: Sequence[bytes], senders: int) -> int:
    """How many requests were answered with 201; all of them were answered.

    Raises:
        RuntimeError: an answer was another one.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_send(port, requests, senders))
    return len(requests)


async def _send(port: int, requests: Sequence[bytes], senders: int) -> None:
    sending = _Sending(list(reversed(requests)))
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: _Sender(sending), "127.0.0.1", port))[1]
        for _ in range(senders)
    ]
    await asyncio.gather(*(connection.ended for connection in connections))
    if sending.refused:
        raise RuntimeError(sending.refused[0].decode(errors="replace"))


class _Sender(asyncio.Protocol):
    """One connection."""

    def __init__(self, sending: _Sending) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sending = sending
        self._found = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._found += data
        head, found, body = self._found.partition(b"\r\n\r\n")
        if not found:
            return
        at = head.lower().index(_LENGTH) + len(_LENGTH)
        if len(body) < int(head[at:].partition(b"\r\n")[0]):
            return
        if not head.startswith(CREATED):
            self._sending.refused.append(self._found)
        self._found = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None or not self.ended.done():
            self._sending.refused.append(b"the connection was lost")
        if not self.ended.done():
            self.ended.set_result(None)

    def _next(self) -> None:
        if self._sending.requests and not self._sending.refused:
            self._transport.write(self._sending.requests.pop())
        else:
            self.ended.set_result(None)
            self._transport.close()
