"""Takes the body of a request only while it is small enough and comes fast enough.

A body is read here, on the event loop, before any thread is taken: a slow client keeps a connection
busy and nothing else. A stream of lines may be of any length; only more of it must come in time.
"""

import asyncio
from contextlib import suppress
from typing import Final, NoReturn

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.errors import BadRequest, TooLarge, TooSlow, ZegelError
from ledger.serve_settings import ServeSettings
from service.problems import refusal_for

STREAM_PATH: Final = "/v1/events"
STREAMS: Final = frozenset({"application/x-ndjson", "application/jsonl"})
LINGER_S: Final = 2.0
_CLOSE: Final = (b"connection", b"close")


class BodyGuard:
    """Refuses bodies that are too large (413) or too slow (408); nothing else is changed."""

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        """Stands before `app`."""
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, send, self._settings, streams=is_stream(scope))
        try:
            body.require_length(scope)
            await self._app(scope, body.receive, body.send)
        except Exception:
            if body.refusal is None or body.answer_began:
                raise
        if body.refusal is not None and not body.answer_began:
            await body.answer(scope)


class _Body:
    """How far one body has come."""

    def __init__(
        self, receive: Receive, send: Send, settings: ServeSettings, *, streams: bool
    ) -> None:
        self.refusal: ZegelError | None = None
        self.answer_began = False
        self._receive = receive
        self._send = send
        self._most_bytes = None if streams else settings.most_body_bytes
        self._body_s = settings.stream_idle_s if streams else settings.body_s
        self._streams = streams
        self._until: float | None = None
        self._arrived_bytes = 0
        self._whole = False

    def require_length(self, scope: Scope) -> None:
        """Returns only if the length that the head tells of is within the limit."""
        for name, value in scope["headers"]:
            if name == b"content-length" and self._most_bytes is not None:
                if not value.isdigit():
                    self._refuse(BadRequest("content-length: expected a number of bytes"))
                elif int(value) > self._most_bytes:
                    self._refuse(self._too_large(int(value)))

    async def receive(self) -> Message:
        """The next piece; raises where it is refused."""
        if self._whole:
            return await self._receive()  # it waits for the end of the connection
        loop = asyncio.get_running_loop()
        if self._until is None or self._streams:
            self._until = loop.time() + self._body_s
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            self._refuse(
                TooSlow(
                    f"body: expected {'more' if self._streams else 'all'} of it within "
                    f"{self._body_s:g} s, found {self._arrived_bytes} bytes so far"
                )
            )
        if message["type"] == "http.request":
            self._arrived_bytes += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._most_bytes is not None and self._arrived_bytes > self._most_bytes:
                self._refuse(self._too_large(self._arrived_bytes))
        return message

    async def send(self, message: Message) -> None:
        """Passes an answer on, unless the refusal of the body is the answer.

        A stream answers for itself, for only its route knows how far it is durable.
        """
        if self.refusal is None or self.answer_began or self._streams:
            await self._pass_on(message)

    async def answer(self, scope: Scope) -> None:
        """Answers with the refusal."""
        if self.refusal is not None:
            await refusal_for(scope, self.refusal)(scope, self._receive, self._pass_on)

    async def _pass_on(self, message: Message) -> None:
        """An answer that comes before the whole body also ends the connection.

        What still comes is dropped for a moment: cut at once, the client may lose the answer.
        """
        if message["type"] == "http.response.start":
            self.answer_began = True
            if not self._streams and not self._whole:  # its receipts go out while its lines come in
                await self._drop(0)
            if not self._whole:
                message["headers"] = [*message.get("headers", ()), _CLOSE]
        elif not self._whole and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._drop(LINGER_S)
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    async def _drop(self, seconds: float) -> None:
        """Drops what comes of the body within so many seconds; 0: what has come already."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._whole:
                    message = await self._receive()
                    self._whole = not message.get("more_body", False)

    def _too_large(self, found: int) -> TooLarge:
        return TooLarge(f"body: expected at most {self._most_bytes} bytes, found {found}")

    def _refuse(self, error: ZegelError) -> NoReturn:
        self.refusal = error
        raise error


def is_stream(scope: Scope) -> bool:
    """Whether the body is lines, which are stored as they come."""
    if scope["path"] != STREAM_PATH:
        return False
    for name, value in scope["headers"]:
        if name == b"content-type":
            media_type = value.decode("latin-1").partition(";")[0].strip().lower()
            return media_type in STREAMS
    return False
