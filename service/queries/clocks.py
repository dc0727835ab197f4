"""`GET /v1/clocks`: what is due and overdue."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from formats.answers.clock import clock_document
from projections.clocks import clocks, running
from service.access.caller import Caller
from service.access.guard import allowed
from service.context import ContextOf
from service.queries.asking import Told, answer_whole
from service.queries.instants import SPAN_TEXT, span
from service.queries.moments import State
from service.queries.parameters import AskedOfWorld, TextParameter, refuse_repeats
from service.queries.schemas import Clocks

router: Final = APIRouter(prefix="/v1/clocks", tags=["queries"])


class ClockParameters(AskedOfWorld):
    """Of `GET /v1/clocks`."""

    due_within: TextParameter = Field(
        None,
        description=f"Only what is overdue, or due within this span: {SPAN_TEXT}.",
        examples=["PT24H"],
    )
    all: bool = Field(
        default=False, description="Also what was met, late or not needed, and what only compares."
    )
    trust_service_provider: bool = Field(
        default=False, description="You provide trust services: NIS2 gives 24 hours instead of 72."
    )
    weekend_relief: bool = Field(
        default=False,
        description=(
            "You may report on the next working day where DORA's limit falls on a closed one."
        ),
    )


@router.get(
    "",
    summary="Show what is due and overdue.",
    response_model=Clocks,
    dependencies=[refuse_repeats()],
)
async def list_clocks(
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[ClockParameters, Query()],
) -> Response:
    """Every deadline to authorities, to people and to whoever asked, with its computation."""
    within = None if asked.due_within is None else span("due_within", asked.due_within)

    def tell(state: State) -> Told:
        found = clocks(
            context.ledger,
            state.moment,
            zone=context.home.settings().zone,
            ended=asked.all,
            parameters={
                "trust_service_provider": asked.trust_service_provider,
                "weekend_relief": asked.weekend_relief,
            },
        )
        shown = found if asked.all else list(running(found))
        if within is not None:
            until = state.moment.as_of + within
            shown = [
                each for each in running(found) if each.due_at is not None and each.due_at <= until
            ]
        document = {
            "overdue": sum(clock.is_overdue for clock in found),
            "clocks": [clock_document(clock) for clock in shown],
        }
        return Told(document, "GET /v1/clocks", len(shown))

    return await answer_whole(request, context, caller, asked, tell)
