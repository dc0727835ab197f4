"""`GET /v1/breaches`: the register of GDPR art. 33(5), one breach, and its timeline."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from formats.answers.breach import breach_document
from formats.answers.timeline import entry_document
from projections.breaches import breach_register
from projections.cases.breach_reading import read_breach
from projections.cases.reading import find_case
from projections.clocks import clocks
from projections.investigation.timeline import breach_timeline
from service.access.caller import Caller
from service.access.guard import allowed
from service.context import ContextOf
from service.queries.asking import Told, answer_whole
from service.queries.moments import State
from service.queries.parameters import LONGEST, AskedOfWorld, refuse_repeats
from service.queries.schemas import Breach, Breaches, Timeline

router: Final = APIRouter(prefix="/v1/breaches", tags=["queries"])

MOST_AROUND: Final = 5_000
Named = Annotated[
    str,
    Path(
        max_length=LONGEST,
        description="The breach by its source's own id, or the stream of the case.",
        examples=["B-7"],
    ),
]


class BreachParameters(AskedOfWorld):
    """Of questions about breaches."""


class TimelineParameters(AskedOfWorld):
    """Of `GET /v1/breaches/{breach}/timeline`."""

    model_config = ConfigDict(extra="forbid")

    order: Literal["occurred", "recorded"] = Field(
        "occurred", description="By when things happened, or by when they became known."
    )
    around: int = Field(
        500,
        ge=0,
        le=MOST_AROUND,
        description="So many facts around the breach at most; the rest is counted.",
    )


@router.get(
    "",
    summary="Show the register of breaches.",
    response_model=Breaches,
    dependencies=[refuse_repeats()],
)
async def list_breaches(
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[BreachParameters, Query()],
) -> Response:
    """Every breach, ruled-out and not notified ones too, with what is due next.

    Words are withheld; the columns are those of docs/reference/breach-register.md.
    """

    def tell(state: State) -> Told:
        rows = breach_register(context.ledger, state.moment, zone=context.home.settings().zone)
        return Told({"breaches": rows}, "GET /v1/breaches", len(rows))

    return await answer_whole(request, context, caller, asked, tell)


@router.get(
    "/{breach}",
    summary="Show one breach with its clocks.",
    response_model=Breach,
    dependencies=[refuse_repeats()],
)
async def show_breach(
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[BreachParameters, Query()],
    breach: Named,
) -> Response:
    """Status, facts, decisions and notices, and every clock with what it runs from."""

    def tell(state: State) -> Told:
        ledger, moment = context.ledger, state.moment
        stream = find_case(ledger, "breach", breach)
        case = read_breach(ledger, stream, moment)
        found = clocks(ledger, moment, zone=context.home.settings().zone, streams=[stream])
        found.sort(key=lambda clock: not clock.start.leads)
        document = breach_document(stream, case, found, moment)
        told = {name: value for name, value in document.items() if name not in _IN_AS_OF}
        return Told(told, f"GET /v1/breaches: case {stream}", len(case.steps))

    return await answer_whole(request, context, caller, asked, tell)


_IN_AS_OF: Final = frozenset({"as_of", "known_size"})
"""What the member `as_of` says already."""


@router.get(
    "/{breach}/timeline",
    summary="Show the timeline of a breach.",
    response_model=Timeline,
    dependencies=[refuse_repeats()],
)
async def show_timeline(
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("read"))],
    asked: Annotated[TimelineParameters, Query()],
    breach: Named,
) -> Response:
    """Its steps with the facts around them, in the order of the world or of the log."""

    def tell(state: State) -> Told:
        stream = find_case(context.ledger, "breach", breach)
        found = breach_timeline(
            context.ledger,
            stream,
            state.moment,
            order=asked.order,
            most_around=asked.around,
        )
        document = {
            "breach": stream,
            "order": asked.order,
            "entries": [entry_document(each) for each in found.entries],
            "left_out": found.left_out,
        }
        return Told(document, f"GET /v1/breaches: timeline of {stream}", len(found.entries))

    return await answer_whole(request, context, caller, asked, tell)
