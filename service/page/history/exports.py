"""`/history/export.csv` and `.ndjson`: exactly what is shown, as a file.

The page links to them with the state of the log that it told of, so both tell the same.
"""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from ledger.opening import OpenedRecord
from service.access.consulting import consulted
from service.page.history.asking import VisitToRead, question_text
from service.page.history.parameters import PATH, HistoryParameters
from service.page.history.question import Question, question_of
from service.page.security import PAGE_HEADERS
from service.page.visit import Visit
from service.queries.accepting import CSV, NDJSON
from service.queries.answers import streamed
from service.queries.event_rows import csv_lines, json_lines
from service.queries.parameters import refuse_repeats
from service.queries.searching import matching, page_of
from service.threads import reading

router: Final = APIRouter(include_in_schema=False)

Form = Literal["csv", "ndjson"]


@router.get(f"{PATH}/export.{{form}}", dependencies=[refuse_repeats("kind", "without")])
async def export_history(
    visit: VisitToRead, form: Form, asked: Annotated[HistoryParameters, Query()]
) -> Response:
    """Every record that is asked for; with a pattern those of the page that was shown."""
    context = visit.context
    question = await reading(
        context, question_of, context.ledger, asked, visit.zone, context.ledger.clock()
    )
    count = await reading(context, lambda: sum(1 for _ in _records(visit, question)))
    told = question_text(visit, question.whole, asked, f"{PATH}/export.{form}")
    await consulted(context, visit.caller, question=told, records=count)
    records = _records(visit, question)
    if form == "csv":
        lines, media_type = csv_lines(records, visit.zone, visit.language), CSV
    else:
        lines = json_lines(records, looked_at=asked.looked_at is not None)
        media_type = NDJSON
    answer = streamed(context, lines, media_type, question.truth)
    name = f"history-{question.known_size}.{form}"
    answer.headers.update(PAGE_HEADERS)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _records(visit: Visit, question: Question) -> Iterator[OpenedRecord]:
    ledger = visit.context.ledger
    if question.asked.grep is None:
        return matching(ledger, question.search, None)
    page = page_of(ledger, question.search, question.asked.limit, ledger.clock)
    return iter(page.records)
