"""`/history/live`: what is recorded from now on, as rows for the top of the list."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from pydantic import Field
from starlette.responses import Response

from ledger.errors import BadRequest
from ledger.opening import OpenedRecord
from ledger.query import record_query
from service.page.environment import environment
from service.page.history.answering import is_followed
from service.page.history.asking import VisitToRead, question_text
from service.page.history.parameters import PATH, HistoryParameters
from service.page.history.question import question_of
from service.page.history.rows import rows_of
from service.page.visit import Visit, visiting
from service.queries.following import Tail
from service.queries.parameters import refuse_repeats
from service.queries.searching import Search
from service.queries.tail import followed, place_after, require_place
from service.threads import reading

router: Final = APIRouter(include_in_schema=False)

_ROW: Final = "history/_row.html"


class LiveParameters(HistoryParameters):
    """The filters that can be followed, and from where on."""

    start: int | None = Field(None, ge=0, lt=10**18)
    """An index; what is recorded from now on, if not given."""


@router.get(f"{PATH}/live", dependencies=[refuse_repeats("kind", "without")])
async def follow_history(
    visit: VisitToRead,
    asked: Annotated[LiveParameters, Query()],
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Each record once, in order of index, as a server-sent event that holds its row.

    Source: WHATWG HTML §9.2 (server-sent events).
    """
    tail, whole = await reading(visit.context, _tail, visit, asked, last_event_id)

    async def still_allowed() -> None:
        await visiting("read")(visit.request, visit.context)

    def question(word: str) -> str:
        told = question_text(visit, whole, asked, f"{PATH}/live")
        return f"{told}; {word} index {tail.position}"

    return await followed(visit.context, visit.caller, tail, still_allowed, question=question)


def _tail(visit: Visit, asked: LiveParameters, last_event_id: str | None) -> tuple[Tail, Search]:
    ledger = visit.context.ledger
    if not is_followed(asked):
        raise BadRequest("live: expected newest first, without an end or a pattern; found another")
    question = question_of(ledger, asked, visit.zone, ledger.clock())
    wanted = record_query(question.whole.query, ledger.vault.subjects.find)
    if wanted is None:
        raise BadRequest("live: expected a token that the log knows, found another")
    start = int(question.truth.size) if asked.start is None else asked.start
    if last_event_id is not None:
        start = place_after(last_event_id)
    require_place(ledger, start)
    template = environment(visit.language, visit.zone).get_template(_ROW)
    # The links of a row lead to the list, not to where it is followed.
    links = HistoryParameters.model_validate(asked.model_dump(exclude={"start"}))

    def told(opened: OpenedRecord) -> dict[str, str]:
        (row,) = rows_of([opened], links, visit.language, visit.zone)
        return {"html": template.render(row=row)}

    return Tail(wanted, start, told), question.whole
