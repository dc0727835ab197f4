"""Runs blocking work of the ledger in a thread, so that the event loop answers others meanwhile."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import to_thread

from service.context import Context

Given = ParamSpec("Given")
Found = TypeVar("Found")


async def writing(
    context: Context,
    work: Callable[Given, Found],
    /,
    *given: Given.args,
    **named: Given.kwargs,
) -> Found:
    """What an append gives; many at the same time share a transaction."""
    return await to_thread.run_sync(partial(work, *given, **named), limiter=context.writers)


async def reading(
    context: Context,
    work: Callable[Given, Found],
    /,
    *given: Given.args,
    **named: Given.kwargs,
) -> Found:
    """What a question gives."""
    return await to_thread.run_sync(partial(work, *given, **named), limiter=context.readers)
