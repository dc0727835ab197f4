"""`POST /data-processing-operations` and its batch: lines of processing for whoever may read them.

Follows work version 0.9 of the LDV extension "lezen" (not adopted). A line of an act that is
confidential is shown only to who may decide; one of an act that was withdrawn, or whose term is
over, to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from formats.ldv_subject import identity_of
from formats.lezen import Question, operation, read_batch, read_question
from formats.vng.terms import is_shown
from ledger.errors import BadRequest
from ledger.events.processing import ProcessingPerformed
from ledger.personal import token_text
from ledger.units import Size
from projections.processing.asking import ActLine, LineQuery, lines_asked, with_acts
from service.access.caller import Caller
from service.access.guard import allowed
from service.context import Context, ContextOf
from service.ldv.bodies import json_body
from service.ldv.dialects import LEZEN, answer_json
from service.ldv.opening import Purpose, lines_reader, opened_lines
from service.queries.truth import truth_of
from service.threads import reading

router: Final = APIRouter(route_class=LEZEN.route_class(), include_in_schema=False)

ReaderOf = Annotated[Caller, Depends(allowed("read"))]


@dataclass(frozen=True, slots=True)
class _Found:
    """One question with the lines that answer it."""

    question: Question
    token: str | None
    """Of the subject asked for, if the log knows them."""
    lines: Sequence[ActLine]

    def text(self) -> str:
        return self.question.text(self.token)


@router.post("/data-processing-operations")
@router.post("/processing-activities")  # its name in an older draft
async def lines_of_processing(
    request: Request, context: ContextOf, caller: ReaderOf, purpose: Purpose = None
) -> Response:
    """The lines that a question selects, oldest first."""
    question = read_question(await json_body(context, request))
    truth = await reading(context, truth_of, context.ledger)
    found = await reading(context, _find, context, caller, question, truth.size)
    shown = await _shown(context, caller, [found], purpose)
    document = {"metadata": _metadata(context), "dataProcessingOperations": shown[0]}
    return answer_json(document, truth.headers)


@router.post("/data-processing-operations/_batch")
async def batch_of_lines(
    request: Request, context: ContextOf, caller: ReaderOf, purpose: Purpose = None
) -> Response:
    """The lines that each of several questions selects, in the order of the questions."""
    questions = read_batch(await json_body(context, request), context.settings.lezen_most_requests)
    truth = await reading(context, truth_of, context.ledger)
    found = await reading(context, _find_all, context, caller, questions, truth.size)
    shown = await _shown(context, caller, found, purpose)
    results = [{"items": items} for items in shown]
    return answer_json({"metadata": _metadata(context), "results": results}, truth.headers)


def _find_all(
    context: Context, caller: Caller, questions: Sequence[Question], size: Size
) -> list[_Found]:
    found: list[_Found] = []
    left = context.settings.lezen_most_lines
    for question in questions:
        one = _find(context, caller, question, size, left)
        left -= len(one.lines)
        found.append(one)
    return found


def _find(
    context: Context, caller: Caller, question: Question, size: Size, most: int | None = None
) -> _Found:
    """The lines that may be shown; blocking.

    Raises:
        BadRequest: there are more of them than one answer holds.
    """
    ledger, limit = context.ledger, context.settings.lezen_most_lines
    token = None
    if question.subject is not None:
        subject_ids = ledger.subjects_matching(identity_of(question.subject))
        if not subject_ids:
            return _Found(question, None, ())
        token = token_text("data-subject", subject_ids[0])
    left = limit if most is None else most
    query = LineQuery(
        trace_id=question.trace_id,
        activity=question.activity,
        subject=token,
        started_from=question.start_time,
        ended_by=question.end_time,
        most=left + 1,
    )
    with lines_reader(ledger, size) as reader:
        rows = lines_asked(reader, query)
        if len(rows) > left:
            raise BadRequest(
                f"lines: expected at most {limit} in one answer, found more; narrow the question "
                "with startTime and endTime"
            )
        lines = with_acts(reader, ledger.origin, rows)
    now = ledger.clock()
    may_see_all = caller.may("decide")
    return _Found(
        question,
        token,
        [
            each
            for each in lines
            if is_shown(each.terms, each.line.started, now)
            and (may_see_all or each.terms.confidentiality != "confidential")
        ],
    )


async def _shown(
    context: Context, caller: Caller, found: Sequence[_Found], purpose: str | None
) -> list[list[dict[str, Any]]]:
    """The lines as answers have them, after the one reading of all of them was recorded."""
    told = "; ".join(dict.fromkeys(f"lezen {each.text()}" for each in found)) or "lezen"
    indexes = [each.line.idx for one in found for each in one.lines]
    opened = await opened_lines(context, caller, question=told, indexes=indexes, purpose=purpose)
    return [
        [_operation(context, one, each, opened.events.get(each.line.idx)) for each in one.lines]
        for one in found
    ]


def _operation(
    context: Context, found: _Found, each: ActLine, event: ProcessingPerformed | None
) -> dict[str, Any]:
    is_about_them = found.token is not None and each.line.subject == found.token
    return operation(
        each.line,
        event,
        asked=found.question.subject if is_about_them else None,
        hex_traces=context.settings.lezen_hex_traces,
    )


def _metadata(context: Context) -> dict[str, str]:
    settings, origin = context.settings, context.ledger.origin
    return {
        "logbookId": settings.logbook_id or origin,
        "organizationName": settings.organisation_name or origin,
    }
