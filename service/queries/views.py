"""`GET /v1/views`: what is true now, was true on a date, or was known to be true then."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from formats.answers.view import view_rows
from formats.csv_cell import csv_cell, csv_line
from ledger.errors import BadRequest
from projections import VIEWS, ViewAnswer
from service.access.caller import Caller
from service.access.consulting import consulted
from service.access.guard import allowed
from service.context import Context, ContextOf
from service.queries.accepting import CSV, JSON, NDJSON, preferred
from service.queries.answers import answered, json_text, streamed
from service.queries.cursor import asked_of, decode_cursor, encode_cursor
from service.queries.moments import validator_at
from service.queries.next_page import next_link
from service.queries.paging import cursor_key
from service.queries.parameters import NoParameters, ViewParameters, refuse_repeats
from service.queries.schemas import ViewList, ViewRows
from service.queries.truth import truth_of
from service.queries.validators import known_size, unchanged
from service.queries.viewing import (
    ViewQuestion,
    answer_of,
    cursor_after,
    question_text,
    state_at,
    view_question,
)
from service.threads import reading

router: Final = APIRouter(prefix="/v1/views", tags=["queries"])

_FREE: Final = frozenset({"cursor", "limit"})


_FILTERS: Final = sorted({name for view in VIEWS.values() for name in view.filters})


@router.get("", summary="List the views.", response_model=ViewList)
async def list_views(
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[NoParameters, Query()],
) -> Response:
    """Every view with the questions that it answers and its filters."""
    del asked
    truth = await reading(context, truth_of, context.ledger)
    rows = list(view_rows())
    await consulted(context, caller, question="GET /v1/views", records=0)
    return answered({"views": rows}, truth)


@router.get(
    "/{view}",
    summary="Show what a view says.",
    response_model=ViewRows,
    dependencies=[refuse_repeats(*_FILTERS)],
    responses={
        200: {
            "content": {
                NDJSON: {"schema": {"type": "string"}},
                CSV: {"schema": {"type": "string"}},
            }
        },
        304: {"description": "The rows are the same as before."},
    },
)
async def show_view(
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[ViewParameters, Query()],
    view: Annotated[str, Path(max_length=64, description="Its name.", examples=["access"])],
) -> Response:
    """The rows of one question, each with the records that it rests on.

    Beside the parameters that are listed, each filter of the view is one: `GET /v1/views` tells
    them. A filter that comes several times matches any of its values.
    """
    form = preferred(request.headers.get("accept"), (JSON, NDJSON, CSV))
    parameters = request.query_params.multi_items()
    bound = asked_of(request.url.path, parameters, free=_FREE)
    key = cursor_key(context.ledger)

    def question_asked() -> ViewQuestion:
        question = view_question(context.ledger, view, asked, parameters)
        if asked.cursor is None:
            return question
        cursor = decode_cursor(asked.cursor, key, bound)
        return replace(question, state=state_at(cursor, asked), first_row=cursor.position)

    question = await reading(context, question_asked)
    every = asked_of(f"{request.url.path} {form}", parameters, free=frozenset())
    validator = await reading(
        context, validator_at, context.ledger, caller, question.state, asked, every
    )
    had = known_size(request.headers.get("if-none-match"), validator) if validator else None
    if validator is not None and had == validator.size:
        return unchanged(validator)
    zone = context.home.settings().zone
    answer = await reading(context, answer_of, context.ledger, question, zone)
    told = await reading(context, question_text, context.ledger, question)
    if form != JSON:
        return await _stream(context, caller, question, answer, form, told)
    page = answer.rows[question.first_row : question.first_row + asked.limit]
    await consulted(context, caller, question=told, records=len(page))
    headers = {} if validator is None else {"ETag": validator.tag}
    following = None
    if question.first_row + len(page) < len(answer.rows):
        text = encode_cursor(cursor_after(question, len(page)), key, bound)
        following = next_link(request, text)
        headers["Link"] = f'<{following}>; rel="next"'
    document = {
        "view": answer.view,
        "question": answer.section,
        "rows": page,
        "next": following,
    }
    return answered(document, question.state.truth, headers)


async def _stream(  # noqa: PLR0917 - a question and its answer
    context: Context,
    caller: Caller,
    question: ViewQuestion,
    answer: ViewAnswer,
    form: str,
    told: str,
) -> Response:
    if question.first_row:
        raise BadRequest(f"cursor: expected pages (Accept: {JSON}), found a stream asked for")
    rows = len(answer.rows)
    await consulted(context, caller, question=told, records=rows)
    lines = _csv_lines(answer) if form == CSV else _json_lines(answer)
    return streamed(context, lines, form, question.state.truth)


def _json_lines(answer: ViewAnswer) -> Iterator[str]:
    for row in answer.rows:
        yield json_text(row) + "\n"


def _csv_lines(answer: ViewAnswer) -> Iterator[str]:
    names = [column.name for column in answer.columns]
    yield csv_line(names)
    for row in answer.rows:
        yield csv_line([csv_cell(row.get(name)) for name in names])
