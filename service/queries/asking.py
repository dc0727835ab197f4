"""One question that is answered whole: asked in a thread, recorded, and given with its truth."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from ledger.identifiers import masked
from service.access.caller import Caller
from service.access.consulting import consulted
from service.context import Context
from service.queries.answers import answered
from service.queries.cursor import asked_of
from service.queries.moments import State, state_of, validator_at
from service.queries.parameters import AskedOfWorld
from service.queries.validators import known_size, unchanged
from service.threads import reading


class Told(NamedTuple):
    """An answer before it is written."""

    document: Mapping[str, Any]
    question: str
    """What was asked, without identities in it; its parameters, which name nobody, are added."""
    rows: int
    """How many the answer tells of."""


async def answer_whole(
    request: Request,
    context: Context,
    caller: Caller,
    asked: AskedOfWorld,
    tell: Callable[[State], Told],
) -> Response:
    """The answer to a question about a moment, recorded before it leaves.

    Args:
        request: As it came.
        context: What is served.
        caller: Who asks.
        asked: The moment.
        tell: Finds the answer, in a thread.
    """
    ledger = context.ledger
    state = await reading(context, state_of, ledger, asked)
    question = asked_of(request.url.path, request.query_params.multi_items(), free=frozenset())
    validator = await reading(context, validator_at, ledger, caller, state, asked, question)
    had = known_size(request.headers.get("if-none-match"), validator) if validator else None
    if validator is not None and had == validator.size:
        return unchanged(validator)
    told = await reading(context, tell, state)
    parts = [f"{name}={masked(value)}" for name, value in request.query_params.multi_items()]
    words = "; ".join([told.question, *parts])
    await consulted(context, caller, question=words, records=told.rows)
    headers = {} if validator is None else {"ETag": validator.tag}
    return answered(told.document, state.truth, headers)
