"""`/history`: what happened, narrowed by the filter bar; its URL says the whole question."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import ValidationError
from starlette.responses import Response

from formats.answers.record import short_kind
from formats.subject_copy.words import kind_words
from ledger.errors import BadRequest, NotFound, ZegelError
from ledger.events import KINDS
from ledger.identifiers import masked
from ledger.opening import OpenedRecord
from ledger.problem_types import problem_type_of
from ledger.reading import Opening
from service.access.consulting import consulted
from service.page.disclosing import Asking, asking, opened_for
from service.page.forms import read_form
from service.page.history import exports, live
from service.page.history.answering import Answer, answer_of, chips, shown_rows
from service.page.history.asking import VisitToRead, question_text
from service.page.history.naming import named
from service.page.history.parameters import PATH, HistoryParameters, typed_parameters
from service.page.history.rows import acting
from service.page.history.words import expected_words, filter_words, window_words, words_for_scripts
from service.page.visit import Visit
from service.queries.parameters import refuse_repeats
from service.queries.revealed import opened_again
from service.queries.searching import rows_of
from service.threads import reading

router: Final = APIRouter(include_in_schema=False)
router.include_router(live.router)
router.include_router(exports.router)

_IDENTITIES: Final = f"{PATH}/identities"
_BAD_REQUEST: Final = 400
_ONCE: Final = refuse_repeats("kind", "without")
Asked = Annotated[HistoryParameters, Query()]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a question has no answer."""

    title: str
    expected: str = ""
    detail: str = ""
    """In English, as commands tell it."""


@router.get(PATH, dependencies=[_ONCE])
async def show_history(visit: VisitToRead, asked: Asked) -> Response:
    """One page of the records that are asked for, newest first, people by tokens."""
    return await _narrowed(visit, asked)


@router.post(PATH)
async def narrow_history(visit: VisitToRead) -> Response:
    """Leads to the URL of what the filter bar asks, in which nobody is named."""
    typed = typed_parameters(await read_form(visit))
    try:
        asked = HistoryParameters(**typed)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(each) for each in first["loc"])
        raise BadRequest(f"{name}: {first['msg']}") from error
    return await _narrowed(visit, asked, leads_on=True)


@router.post(_IDENTITIES, dependencies=[_ONCE])
async def show_identities(visit: VisitToRead, asked: Asked) -> Response:
    """The same page with identities, to somebody who said what for; never kept in a URL."""
    form = await read_form(visit)
    answer = await _answer(visit, asked)
    question = question_text(visit, answer.question.whole, asked)
    records = answer.page.records
    try:
        opening = await opened_for(
            visit, form, question=question, rows=lambda: rows_of(iter(records))
        )
    except BadRequest as error:
        await consulted(visit.context, visit.caller, question=question, records=len(records))
        again = asking(visit, _same(answer), form, error)
        return await _shown(visit, answer, records, again, status=_BAD_REQUEST)
    opened = await reading(
        visit.context, lambda: list(opened_again(visit.context.ledger, records, opening))
    )
    return await _shown(visit, answer, opened, None, opening=opening)


async def _narrowed(visit: Visit, asked: HistoryParameters, *, leads_on: bool = False) -> Response:
    try:
        found = await reading(visit.context, named, visit.context.ledger, asked)
        if found.unknown:
            return await _nobody(visit, asked, found.unknown)
        if found.is_changed or leads_on:
            return visit.see_other(found.asked.address())
        answer = await _answer(visit, asked)
    except (BadRequest, NotFound) as error:
        return await _refused(visit, asked, error)
    records = answer.page.records
    question = question_text(visit, answer.question.whole, asked)
    await consulted(visit.context, visit.caller, question=question, records=len(records))
    return await _shown(visit, answer, records, asking(visit, _same(answer)))


async def _answer(visit: Visit, asked: HistoryParameters) -> Answer:
    ledger = visit.context.ledger
    return await reading(
        visit.context, answer_of, ledger, asked, visit.language, visit.zone, ledger.clock()
    )


def _same(answer: Answer) -> str:
    """Where the form that asks for identities is sent: about the records of this very page."""
    return answer.question.asked.address(_IDENTITIES)


async def _shown(
    visit: Visit,
    answer: Answer,
    records: Iterable[OpenedRecord],
    form: Asking | None,
    *,
    status: int = 200,
    opening: Opening | None = None,
) -> Response:
    rows = await reading(visit.context, shown_rows, answer, records, visit.language, visit.zone)
    asked = answer.question.asked
    return await visit.show(
        "history/list.html",
        status=status,
        answer=answer,
        rows=rows,
        acting=acting(rows),
        asking=form,
        opening=opening,
        problem=None,
        **_bar(visit, asked),
    )


async def _nobody(visit: Visit, asked: HistoryParameters, unknown: tuple[str, ...]) -> Response:
    """No record is about an identity that the log never met; that somebody asked is recorded."""
    question = f"GET {PATH}: {', '.join(unknown)}=nobody known"
    await consulted(visit.context, visit.caller, question=question, records=0)
    words = filter_words(visit.gettext)
    told = visit.gettext("Nobody in this log is known by what you typed here.")
    problem = Problem(", ".join(words[each] for each in unknown), told)
    return await _without_answer(visit, asked, problem, wrong=unknown, status=200)


async def _refused(visit: Visit, asked: HistoryParameters, error: ZegelError) -> Response:
    text = masked(str(error))
    name = text.partition(":")[0]
    expected = expected_words(visit.gettext).get(name)
    if expected is None:
        problem = Problem(visit.gettext("This cannot be answered"), detail=text)
    else:
        problem = Problem(filter_words(visit.gettext)[name], expected, text)
    status = problem_type_of(error).status
    wrong = () if expected is None else (name,)
    return await _without_answer(visit, asked, problem, wrong=wrong, status=status)


async def _without_answer(
    visit: Visit, asked: HistoryParameters, problem: Problem, *, wrong: tuple[str, ...], status: int
) -> Response:
    return await visit.show(
        "history/list.html",
        status=status,
        answer=None,
        rows=[],
        acting=[],
        asking=None,
        opening=None,
        problem=problem,
        **{**_bar(visit, asked), "wrong": wrong},
    )


def _bar(visit: Visit, asked: HistoryParameters) -> dict[str, Any]:
    """What the filter bar shows."""
    names = filter_words(visit.gettext)
    kinds = [(short_kind(kind), kind_words(kind, visit.language)) for kind in sorted(KINDS)]
    return {
        "asked": asked,
        "names": names,
        "windows": window_words(visit.gettext),
        "chips": chips(asked, names),
        "kinds": kinds,
        "groups": list(dict.fromkeys(name.partition(".")[0] for name, _ in kinds)),
        "wrong": (),
        "script_words": words_for_scripts(visit.gettext),
    }
