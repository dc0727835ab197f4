"""The one way in for facts that programs send: stored together, durable before they are answered.

Most requests bring few facts that anybody may record: one thread, `Context.appends`, completes,
encrypts and appends those of all requests that wait, in one transaction. What is larger, asks the
log who may record it, is to be refused or contradicts the log is appended in a thread of
`Context.writers`, where those that wait at the same time share a transaction as well. A request
waits for its own no longer than `append_s`. When it gives up, an append that has begun is not
stopped: it keeps its thread until the database has answered, so however slow the database is, there
are never more appends than threads.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Final, TypeVar, cast

from anyio import CapacityLimiter, to_thread

from ledger.draft import Receipt
from ledger.errors import OutcomeUnknown, RecordingRefused, StoreUnavailable, TooLarge
from ledger.events import Event, kind_of
from ledger.undoing import Undone
from service.access.asked import Asked
from service.access.caller import Caller
from service.context import Context
from service.intake.rights import plainly_recordable, require_recordable

MOST_TOGETHER: Final = 100
"""Events of one request that share a thread with others: more would keep them waiting."""

_LOG: Final = logging.getLogger("zegel.intake")
_NOWHERE: Final = Asked()
Made = TypeVar("Made")


class _GivenUp(StoreUnavailable):
    """Nobody waits for this work any more, and it had not begun."""


async def append(
    context: Context,
    caller: Caller,
    events: Sequence[Event],
    *,
    asked: Asked = _NOWHERE,
    is_final: bool = True,
) -> list[Receipt]:
    """One receipt per event, in order, after one durable transaction; all or nothing.

    Args:
        context: Where they are stored.
        caller: Who sends them.
        events: With event ids, so that whoever sends them again gets the same receipts.
        asked: Where they came, to be told if the caller may not record them.
        is_final: Count what is refused; `False` where fewer of the events are tried after that.

    Raises:
        TooLarge: they are more than are stored at once.
        NotAuthorised: the caller may not record one of them; recorded.
        MalformedEvent: one is not what its kind asks for.
        BatchRefused: an id stands twice among them, with contents that differ.
        EventIdReused: ids are in the log with other content; recorded as evidence.
        OutcomeUnknown: they are not durable within `append_s`; they may become so.
        StoreUnavailable: the database cannot be written; nothing was stored.
    """
    most = context.settings.most_events
    if len(events) > most:  # the log is locked while they are stored: others wait
        raise TooLarge(f"expected at most {most} facts in a request, found {len(events)}")

    numbers, began_at = context.operations.numbers, time.monotonic()
    try:
        receipts = await _appended(context, caller, events, asked)
    except RecordingRefused:
        for kind, count in Counter(map(kind_of, events if is_final else ())).items():
            numbers.recorded(kind, "refused", count)
        raise
    numbers.appended(time.monotonic() - began_at)
    outcomes = Counter(
        [
            (kind_of(event), "duplicate" if receipt.duplicate else "recorded")
            for event, receipt in zip(events, receipts, strict=True)
        ]
    )
    for (kind, outcome), count in outcomes.items():
        numbers.recorded(kind, outcome, count)
    return receipts


async def _appended(
    context: Context, caller: Caller, events: Sequence[Event], asked: Asked
) -> list[Receipt]:
    is_small = len(events) <= MOST_TOGETHER
    plain = plainly_recordable(caller, events) if is_small else None
    if plain is not None:
        waiting_s = context.settings.append_s
        with suppress(Undone):  # what contradicts the log leaves its evidence by itself
            return await context.appends.ask(
                plain, size=len(plain), seconds=waiting_s, late=partial(_late, waiting_s)
            )

    def record() -> list[Receipt]:
        allowed = require_recordable(context, caller, events, asked=asked)
        stored = context.ledger.record_many(allowed, refuse_conflicts=True)
        return cast("list[Receipt]", stored)  # a conflict would have been raised

    return await within_append_time(context, record)


async def within_append_time(
    context: Context, work: Callable[[], Made], threads: CapacityLimiter | None = None
) -> Made:
    """What blocking work of the ledger gives, if it does within `append_s`.

    Args:
        context: Whose settings and threads.
        work: What to do.
        threads: Where to do it; without them, where appends are done.

    Raises:
        StoreUnavailable: no thread was free in time; the work was not begun.
        OutcomeUnknown: it was begun and goes on.
    """
    claim = Lock()  # taken once: by the work that begins, or by the request that gives up

    def claimed() -> Made:
        if not claim.acquire(blocking=False):
            raise _GivenUp("not begun")
        return work()

    waiting_s = context.settings.append_s
    limiter = threads or context.writers
    task = asyncio.ensure_future(to_thread.run_sync(claimed, limiter=limiter))
    task.add_done_callback(_noted)
    done, _ = await asyncio.wait({task}, timeout=waiting_s)
    if done:
        return task.result()
    is_begun = not claim.acquire(blocking=False)
    if not is_begun:
        task.cancel()
    raise _late(waiting_s, is_begun)


def _late(waiting_s: float, is_begun: bool) -> StoreUnavailable:  # noqa: FBT001 - as `ask` calls it
    if is_begun:
        return OutcomeUnknown(
            f"expected a durable record within {waiting_s:g} s, found none yet: the outcome is "
            "unknown; send the same again with the same id"
        )
    return StoreUnavailable(
        f"expected a free writer within {waiting_s:g} s, found none; nothing was stored"
    )


def _noted(task: "asyncio.Task[Made]") -> None:
    """Takes the error of work that nobody waited for; whoever waited gets it too."""
    if not task.cancelled():
        error = task.exception()
        if error is not None:
            _LOG.debug("append failed: %s", type(error).__name__)
