"""`GET /v1/promises`: which promises of privacy statements were kept, and on what that rests."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from formats.answers.promise import answer_document, story_document
from formats.answers.promise_findings import findings_document
from formats.promise_report.judged import ITEMS_SHOWN, Judged, Wanted
from formats.promise_report.judging import judged_at
from formats.promise_report.story_reader import StoryReader
from ledger.errors import NotFound
from projections.promises.answers import Verdict
from projections.promises.findings import statement_findings
from service.access.caller import Caller
from service.access.guard import allowed
from service.context import Context, ContextOf
from service.queries.asking import Told, answer_whole
from service.queries.moments import State
from service.queries.parameters import AskedOfWorld, TextParameter, refuse_repeats
from service.queries.schemas import PromiseFindings, Promises, PromiseStory

router: Final = APIRouter(prefix="/v1/promises", tags=["queries"])

_IN_AS_OF: Final = frozenset({"as_of", "known_size", "size", "root"})
"""What the member `as_of` says already."""


class StatementParameters(AskedOfWorld):
    """Whose statements a question is about."""

    system: TextParameter = Field(
        None,
        description="Only statements that apply to this system.",
        examples=["ragiox-gold"],
    )
    organisation: TextParameter = Field(None, description="Only those of this organisation.")


class PromiseParameters(StatementParameters):
    """Of `GET /v1/promises`."""

    verdict: Verdict | None = Field(None, description="Only promises with this verdict.")


class StoryParameters(StatementParameters):
    """Of `GET /v1/promises/{promise}`."""

    verdict: Verdict | None = Field(None, description="Only events that were judged so.")
    items: Literal["first", "all"] = Field(
        "first", description=f"The first {ITEMS_SHOWN} judged events, or all of them."
    )


@router.get(
    "",
    summary="Show which promises were kept.",
    response_model=Promises,
    dependencies=[refuse_repeats()],
)
async def list_promises(
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[PromiseParameters, Query()],
) -> Response:
    """Every promise with its verdict, the rules it was judged by, and the records under it."""

    def tell(state: State) -> Told:
        found = _judged(context, state, asked, Wanted(), verdict=asked.verdict)
        stories = _reader(context, state).listed(found.verdicts)
        statements = statement_findings(
            context.ledger,
            state.moment,
            system=asked.system,
            organisation=asked.organisation,
            with_events=False,
        )
        document = answer_document(stories, state.moment, {}, statements)
        return Told(_own(document), "GET /v1/promises", len(stories))

    return await answer_whole(request, context, caller, asked, tell)


@router.get(
    "/findings",
    summary="Show what is wrong or unclear inside statements.",
    response_model=PromiseFindings,
    dependencies=[refuse_repeats()],
)
async def list_findings(
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[StatementParameters, Query()],
) -> Response:
    """Promises that cannot both be kept, unclear sentences, numbers that nobody set."""

    def tell(state: State) -> Told:
        statements = statement_findings(
            context.ledger, state.moment, system=asked.system, organisation=asked.organisation
        )
        document = findings_document(statements, state.moment, {}, _zone(context))
        rows = sum(len(each.findings) for each in statements)
        return Told(_own(document), "GET /v1/promises/findings", rows)

    return await answer_whole(request, context, caller, asked, tell)


@router.get(
    "/{promise}",
    summary="Tell the story of one promise.",
    response_model=PromiseStory,
    dependencies=[refuse_repeats()],
)
async def explain_promise(
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[StoryParameters, Query()],
    promise: Annotated[str, Path(max_length=100, description="Its id.", examples=["RAG-03"])],
) -> Response:
    """One promise, event by event, with every record that a verdict rests on."""

    def tell(state: State) -> Told:
        limit = None if asked.items == "all" else ITEMS_SHOWN
        wanted = Wanted(limit=limit, only=asked.verdict)
        found = _judged(context, state, asked, wanted, promise_ids=[promise.upper()])
        if not found.verdicts:
            raise NotFound(f"promise: expected one that stands then, found {promise!r}")
        (verdict,) = found.verdicts
        statements = statement_findings(
            context.ledger,
            state.moment,
            system=asked.system,
            organisation=verdict.organisation or asked.organisation,
        )
        (story,) = _reader(context, state).told(found, statements=statements)
        document = story_document(story, _zone(context))
        return Told(document, f"GET /v1/promises: {verdict.promise_id}", len(story.events))

    return await answer_whole(request, context, caller, asked, tell)


def _judged(
    context: Context,
    state: State,
    asked: StatementParameters,
    wanted: Wanted,
    *,
    verdict: Verdict | None = None,
    promise_ids: Sequence[str] | None = None,
) -> Judged:
    return judged_at(
        context.ledger,
        state.moment,
        wanted,
        system=asked.system,
        organisation=asked.organisation,
        promise_ids=promise_ids,
        verdict=verdict,
    )


def _reader(context: Context, state: State) -> StoryReader:
    return StoryReader(context.ledger, state.moment, _zone(context))


def _zone(context: Context) -> ZoneInfo:
    return ZoneInfo(context.home.settings().zone)


def _own(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in _IN_AS_OF}
