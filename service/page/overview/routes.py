"""`/`: whether the log is whole, what runs out, what was broken, who is kept out, who is silent."""

from datetime import timedelta
from typing import Annotated, Final

from anyio import create_task_group
from fastapi import APIRouter, Depends
from starlette.responses import Response

from formats.breach_dossier.words import Words
from service.access.consulting import consulted
from service.page.overview.chart import hours_chart
from service.page.overview.reading import Promises, Running, promises_now, read_now, running_clocks
from service.page.overview.told import told_clock
from service.page.overview.words import countdown_words
from service.page.visit import Visit, visiting
from service.page.wording import span_text
from service.threads import reading

router: Final = APIRouter(include_in_schema=False)

VisitToRead = Annotated[Visit, Depends(visiting("read"))]
_LOOK_AGAIN_S: Final = 3


@router.get("/")
async def show_overview(visit: VisitToRead) -> Response:
    """What needs somebody, the most urgent first."""
    context = visit.context
    now = await reading(context, read_now, context)
    clocks: Running | None = None
    promises: Promises | None = None

    async def ask_clocks() -> None:
        nonlocal clocks
        remembered = context.remembering.of("running clocks")
        clocks = await remembered.ask(
            lambda: running_clocks(context), context.readers, depends_on=now.newest_step
        )

    async def ask_promises() -> None:
        nonlocal promises
        remembered = context.remembering.of("promises now")
        promises = await remembered.ask(lambda: promises_now(context), context.readers)

    async with create_task_group() as both:
        both.start_soon(ask_clocks)
        both.start_soon(ask_promises)
    words = Words(visit.language, visit.zone)
    at = context.ledger.clock()
    told = [] if clocks is None else [told_clock(each, words, at) for each in clocks.shown]
    shown = len(told) + len(now.blocks) + len(now.silent)
    shown += 0 if promises is None else len(promises.broken)
    await consulted(context, visit.caller, question="GET /", records=shown)
    is_whole = clocks is not None and promises is not None
    return await visit.show(
        "overview/overview.html",
        headers=None if is_whole else {"Refresh": str(_LOOK_AGAIN_S)},
        now=now,
        at=at,
        clocks=clocks,
        told=told,
        countdown=countdown_words(visit.gettext),
        promises=promises,
        chart=hours_chart(now.hours, visit.zone),
        silent_after=span_text(timedelta(seconds=context.settings.silent_after_s), visit.language),
    )
