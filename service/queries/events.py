"""`GET /v1/events`: searches the history, and shows single records."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from starlette.responses import Response

from formats.answers.inspection import seen_document
from ledger.errors import BadRequest
from ledger.inspection import inspect_record
from ledger.named_record import find_record
from ledger.opening import OpenedRecord
from ledger.stored import stored_bytes
from service.access.caller import Caller
from service.access.consulting import consulted
from service.access.guard import allowed
from service.context import Context, ContextOf
from service.queries.accepting import CSV, JSON, NDJSON, preferred
from service.queries.answers import NOT_STORED, answered, streamed
from service.queries.cursor import asked_of, decode_cursor, encode_cursor
from service.queries.event_rows import csv_lines, json_lines, told_record
from service.queries.instants import instant
from service.queries.next_page import next_link
from service.queries.paging import cursor_after, cursor_key, known_size_of, pinned, remaining
from service.queries.parameters import (
    MOST_RECORDS,
    EventParameters,
    RecordParameters,
    refuse_repeats,
)
from service.queries.revealed import opened_again, opening_for
from service.queries.schemas import RecordPage, SeenRecord
from service.queries.searching import (
    Page,
    Search,
    is_unchanged,
    matching,
    page_of,
    rows_of,
    search_of,
)
from service.queries.truth import Truth, truth_of
from service.queries.validators import Validator, known_size, unchanged, validator_of
from service.threads import reading

router: Final = APIRouter(prefix="/v1/events", tags=["queries"])

RECORDS_ON_PAGE: Final = 100
_FREE: Final = frozenset({"cursor", "limit", "identities", "purpose", "reason"})
Place = Annotated[
    str, Path(max_length=64, description="An index, or an event id.", examples=["41"])
]


@dataclass(frozen=True, slots=True)
class _Question:
    """One question at one state of the log."""

    truth: Truth
    search: Search
    asked: bytes
    """What a cursor for it is bound to."""
    validator: Validator | None
    """`None`: whether its answer changed cannot be told cheaply."""


@router.get(
    "",
    summary="Search the history.",
    response_model=RecordPage,
    dependencies=[refuse_repeats("kind", "without")],
    responses={
        200: {
            "headers": {"Link": {"description": "The next page.", "schema": {"type": "string"}}},
            "content": {
                NDJSON: {"schema": {"type": "string"}},
                CSV: {"schema": {"type": "string"}},
            },
        },
        304: {"description": "Nothing that is asked for was recorded since."},
    },
)
async def list_events(  # noqa: PLR0917 - what a request consists of
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[EventParameters, Query()],
    accept: Annotated[str | None, Header(description="In which form to answer.")] = None,
    if_none_match: Annotated[str | None, Header(description="The `ETag` that you have.")] = None,
) -> Response:
    """The records that the filters ask for, in the order of recording, people by tokens.

    JSON comes in pages that all tell of the same state of the log. `application/x-ndjson` and
    `text/csv` come as one stream of any length.
    """
    form = preferred(accept, (JSON, NDJSON, CSV))
    question = await reading(context, _question, context, caller, request, asked)
    if form != JSON:
        return await _stream(context, caller, asked, question, form)
    limit = asked.limit or RECORDS_ON_PAGE
    if limit > MOST_RECORDS:
        raise BadRequest(f"limit: expected at most {MOST_RECORDS}, found {limit}")
    validator = question.validator
    had = None if validator is None else known_size(if_none_match, validator)
    if had is not None and validator is not None:
        search = question.search
        if await reading(context, is_unchanged, context.ledger, search, had):
            return unchanged(validator._replace(size=had))
    page = await reading(
        context, page_of, context.ledger, question.search, limit, context.ledger.clock
    )
    return await _page(request, context, caller, asked, question, page)


def _question(
    context: Context, caller: Caller, request: Request, asked: EventParameters
) -> _Question:
    ledger = context.ledger
    parameters = request.query_params.multi_items()
    bound = asked_of("/v1/events", parameters, free=_FREE)
    as_known = instant("as_known", asked.as_known)
    if asked.cursor is None:
        truth, after = truth_of(ledger, as_known=as_known), None
    else:
        cursor = decode_cursor(asked.cursor, cursor_key(ledger), bound)
        truth = pinned(cursor, as_known, is_narrowed=as_known is not None)
        after = cursor.position
    known = known_size_of(truth)
    search = search_of(ledger, asked, known)
    if after is not None:
        search = replace(search, query=remaining(search.query, after))
    is_cheap = not asked.identities and asked.grep is None and asked.looked_at is None
    every = asked_of("/v1/events", parameters, free=frozenset())
    validator = validator_of(ledger, caller, known, every) if is_cheap else None
    return _Question(truth, search, bound, validator)


async def _page(  # noqa: PLR0917 - a question and its answer
    request: Request,
    context: Context,
    caller: Caller,
    asked: EventParameters,
    question: _Question,
    page: Page,
) -> Response:
    opening = await opening_for(
        context,
        caller,
        asked,
        question=_told(context, asked, question.search),
        rows=lambda: rows_of(iter(page.records)),
        count=lambda: len(page.records),
    )
    looked_at = asked.looked_at is not None

    def told() -> list[dict[str, object]]:
        shown = opened_again(context.ledger, page.records, opening)
        return [told_record(each, looked_at=looked_at) for each in shown]

    records = await reading(context, told)
    headers: dict[str, str] = {}
    if question.validator is not None:
        headers["ETag"] = question.validator.tag
    following = None
    if page.reached is not None:
        cursor = cursor_after(question.truth, page.reached)
        text = encode_cursor(cursor, cursor_key(context.ledger), question.asked)
        following = next_link(request, text)
        headers["Link"] = f'<{following}>; rel="next"'
    return answered({"records": records, "next": following}, question.truth, headers)


async def _stream(
    context: Context, caller: Caller, asked: EventParameters, question: _Question, form: str
) -> Response:
    if asked.grep is not None or asked.cursor is not None:
        found = "grep" if asked.grep is not None else "cursor"
        raise BadRequest(f"{found}: expected pages (Accept: {JSON}), found a stream asked for")
    ledger, search = context.ledger, question.search

    def records() -> Iterator[OpenedRecord]:
        return matching(ledger, search, asked.limit)

    opening = await opening_for(
        context,
        caller,
        asked,
        question=_told(context, asked, search),
        rows=lambda: rows_of(records()),
        count=lambda: sum(1 for _ in records()),
    )
    shown = opened_again(ledger, records(), opening)
    if form == CSV:
        lines = csv_lines(shown, ZoneInfo(context.home.settings().zone))
    else:
        lines = json_lines(shown, looked_at=asked.looked_at is not None)
    return streamed(context, lines, form, question.truth)


def _told(context: Context, asked: EventParameters, search: Search) -> str:
    """The question as it is kept with the one who asked: nobody stands in it."""
    query = replace(search.query, grep=asked.grep)
    return f"GET /v1/events: {query.text(context.ledger.vault.subjects.find)}"


@router.get(
    "/{place}",
    summary="Show one record.",
    response_model=SeenRecord,
    dependencies=[refuse_repeats()],
)
async def show_event(
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[RecordParameters, Query()],
    place: Place,
) -> Response:
    """One record with everything that the log knows of it, compared with its neighbours."""
    ledger = context.ledger
    truth = await reading(context, truth_of, ledger)
    stored = await reading(context, find_record, ledger, place)
    opening = await opening_for(
        context,
        caller,
        asked,
        question=f"GET /v1/events: record {stored.index}",
        rows=lambda: [stored],
        count=lambda: 1,
    )

    def seen() -> dict[str, object]:
        (opened,) = ledger.open_records([stored], identities=opening)
        return seen_document(inspect_record(ledger, opened))

    return answered(await reading(context, seen), truth)


@router.get(
    "/{place}/raw",
    summary="Give the sealed bytes of one record.",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}},
    dependencies=[refuse_repeats()],
)
async def raw_event(
    context: ContextOf, caller: Annotated[Caller, Depends(allowed("prove"))], place: Place
) -> Response:
    """The sealed bytes, exactly as they are stored: what leaf hashes and proofs are about."""
    ledger = context.ledger
    stored = await reading(context, find_record, ledger, place)
    question = f"GET /v1/events: sealed bytes of record {stored.index}"
    await consulted(context, caller, question=question, records=1)
    return Response(
        stored_bytes(stored.sealed),
        media_type="application/octet-stream",
        headers={
            **NOT_STORED,
            "Zegel-Index": str(stored.index),
            "Zegel-Leaf-Hash": stored_bytes(stored.leaf_hash).hex(),
        },
    )
