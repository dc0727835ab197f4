"""`GET /v1/events/tail`: what is recorded from now on, live, without a gap across reconnects."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Final

from anyio import CancelScope, fail_after
from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from ledger.errors import BadRequest, ZegelError
from ledger.ledger import Ledger
from ledger.store.query import RecordQuery
from service.access.caller import Caller
from service.access.consulting import consulted
from service.access.guard import allowed, proved_again
from service.context import Context, ContextOf
from service.queries.bell import Bell
from service.queries.following import Tail, frames_of
from service.queries.parameters import TailParameters, refuse_repeats
from service.queries.searching import kinds_asked
from service.threads import reading

router: Final = APIRouter(prefix="/v1/events", tags=["queries"])

EVENT_STREAM: Final = "text/event-stream"
_INDEX: Final = re.compile("[0-9]{1,18}")
_LOG: Final = logging.getLogger("zegel.service")


@router.get(
    "/tail",
    summary="Follow what is recorded, live.",
    response_class=StreamingResponse,
    dependencies=[refuse_repeats("kind")],
    responses={
        200: {
            "content": {
                EVENT_STREAM: {
                    "schema": {"type": "string"},
                    "example": 'id: 41\ndata: {"index":41,"kind":"access.granted.v1"}\n\n',
                }
            }
        },
        410: {"description": "Records from there on were pruned."},
    },
)
async def follow(
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[TailParameters, Query()],
    last_event_id: Annotated[
        str | None,
        Header(description="The index that you saw last; what came after it follows."),
    ] = None,
) -> Response:
    """Each record once, in order of index, as a server-sent event whose id is the index.

    Whoever comes back with `Last-Event-ID` misses nothing. Comments come while nothing happens; an
    event with an id and no data moves that id on past records that were not asked for.
    """
    tail = await reading(context, _tail, context.ledger, asked, last_event_id)

    async def still_allowed() -> None:
        await proved_again(request, context, "read")

    return await followed(context, caller, tail, still_allowed, question=_question(tail))


async def followed(
    context: Context,
    caller: Caller,
    tail: Tail,
    still_allowed: Callable[[], Awaitable[None]],
    *,
    question: Callable[[str], str],
) -> Response:
    """An answer that gives what is recorded from now on, its beginning and end in the log.

    Args:
        context: What is served.
        caller: Who follows.
        tail: What, and from where.
        still_allowed: Raises once the caller may not follow any more.
        question: What was asked without identities in it, with a word before the place: `from`.

    Raises:
        TooOften: as many follow as may.
    """
    context.tails.enter(context.settings.most_tails)
    try:
        await consulted(context, caller, question=question("from"), records=0)
    except BaseException:
        context.tails.leave()
        raise
    return _TailResponse(context, caller, tail, still_allowed, question)


def place_after(last_event_id: str) -> int:
    """The index after the one that a client saw last.

    Raises:
        BadRequest: it names no index.
    """
    if not _INDEX.fullmatch(last_event_id):
        raise BadRequest(f"Last-Event-ID: expected an index, found {last_event_id!r}")
    return int(last_event_id) + 1


def require_place(ledger: Ledger, start: int) -> None:
    """Passes if a tail can begin at an index.

    Raises:
        BadRequest: the log is not that long.
        RecordsPruned: records from there on are gone.
    """
    size = ledger.head().size
    if start > size:
        raise BadRequest(f"tail: expected an index below {size}, the size, found {start - 1}")
    if start < size:
        ledger.log.pruned.require_kept(start)


def _tail(ledger: Ledger, asked: TailParameters, last_event_id: str | None) -> Tail:
    size = ledger.head().size
    start = int(size) if asked.start is None else asked.start
    if last_event_id is not None:
        start = place_after(last_event_id)
    require_place(ledger, start)
    kinds = kinds_asked(asked.kind)
    return Tail(RecordQuery(kinds=kinds or None, system=asked.system), start)


def _question(tail: Tail) -> Callable[[str], str]:
    def told(word: str) -> str:
        parts = [f"GET /v1/events/tail: {word} index {tail.position}"]
        if tail.query.kinds is not None:
            parts.append(f"kinds={', '.join(sorted(tail.query.kinds))}")
        if tail.query.system is not None:
            parts.append(f"system={tail.query.system}")
        return "; ".join(parts)

    return told


class _TailResponse(StreamingResponse):
    """An answer without end that gives back what it holds however it ends."""

    media_type = EVENT_STREAM

    def __init__(
        self,
        context: Context,
        caller: Caller,
        tail: Tail,
        still_allowed: Callable[[], Awaitable[None]],
        question: Callable[[str], str],
    ) -> None:
        self._context, self._caller, self._tail = context, caller, tail
        self._question = question
        self._bell = Bell(asyncio.get_running_loop())
        super().__init__(
            self._frames(still_allowed),
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _frames(self, still_allowed: Callable[[], Awaitable[None]]) -> AsyncIterator[bytes]:
        try:
            async for each in frames_of(self._context, self._tail, self._bell, still_allowed):
                yield each
        except ZegelError as error:  # the answer has begun: whoever comes back is told
            _LOG.warning("a tail ended", extra={"why": type(error).__name__})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        patience_s = self._context.settings.tail_patience_s

        async def patiently(message: Message) -> None:
            with fail_after(patience_s):
                await send(message)

        waker = self._context.ledger.log.waker
        waker.follow(self._bell)
        try:
            await super().__call__(scope, receive, patiently)
        except (ClientDisconnect, TimeoutError):
            pass  # it left, or does not read: the connection is closed
        finally:
            with CancelScope(shield=True):
                await self._end()

    async def _end(self) -> None:
        context, tail = self._context, self._tail
        context.tails.leave()
        await reading(context, context.ledger.log.waker.leave, self._bell)
        if tail.given:
            question = self._question("until")
            await consulted(context, self._caller, question=question, records=tail.given)
