"""`/breaches/{id}/dossier`: the dossier and its files."""

from typing import Final, get_args
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from formats.breach_dossier.assembling import Assembled, question_of, record_opened
from ledger.errors import BadRequest, NotFound
from ledger.reading import Opening
from projections.cases.reading import Moment
from service.access.consulting import consulted
from service.page.breaches.asking import case_at
from service.page.breaches.case import words_of_case
from service.page.breaches.files import MEDIA_TYPES, FileKind, assembled, dossier_file, file_name
from service.page.breaches.routes import Breach, VisitToRead, frame_of_case, record_consulted
from service.page.disclosing import asking, opened_for
from service.page.forms import Form, read_form
from service.page.languages import LANGUAGES, Language
from service.page.security import PAGE_HEADERS
from service.page.views.asked import Asked, Seen, asked_of, seen
from service.page.visit import Visit
from service.threads import reading, writing

router: Final = APIRouter(prefix="/breaches", include_in_schema=False)

_BAD_REQUEST: Final = 400


@router.get("/{breach}/dossier")
async def show_dossier(visit: VisitToRead, breach: Breach) -> Response:
    """What the dossier holds, as files, and the answers of the authority's form."""
    return await _shown(visit, breach)


@router.get("/{breach}/dossier.{kind}")
async def give_dossier(visit: VisitToRead, breach: Breach, kind: str) -> Response:
    """The dossier by tokens, without anybody's words, as PDF or as a page."""
    wanted, language = _kind(kind), _language(visit)
    state = await _state(visit)
    found = await reading(visit.context, assembled, visit, breach, state.moment, None)
    await consulted(
        visit.context,
        visit.caller,
        question=question_of(found.asked.stream),
        records=len(found.gathered.rows),
    )
    return await _given(visit, found, wanted, language, state)


@router.post("/{breach}/dossier.{kind}")
async def give_dossier_with_words(visit: VisitToRead, breach: Breach, kind: str) -> Response:
    """The dossier in the words of its records, to somebody who said what for."""
    form = await read_form(visit)
    wanted, language = _kind(kind), _language(visit)
    state = await _state(visit)
    try:
        opening = await _opened(visit, breach, state.moment, form)
    except BadRequest as error:
        return await _shown(visit, breach, form, error)
    found = await reading(visit.context, assembled, visit, breach, state.moment, opening)
    answer = await _given(visit, found, wanted, language, state)
    ledger, who = visit.context.ledger, visit.caller.identity
    await writing(visit.context, record_opened, ledger, found, who, form.one("purpose"))
    return answer


async def _opened(visit: Visit, breach: str, moment: Moment, form: Form) -> Opening:
    before = await reading(visit.context, assembled, visit, breach, moment, None)
    return await opened_for(
        visit,
        form,
        question=question_of(before.asked.stream),
        rows=lambda: words_of_case(visit.context.ledger, breach, moment),
    )


async def _shown(
    visit: Visit, breach: str, form: Form | None = None, refusal: BadRequest | None = None
) -> Response:
    path = f"/breaches/{quote(breach, safe='')}/dossier"
    asked = asked_of(visit, filters=["language"], path=path)
    state, case = await reading(visit.context, case_at, visit, breach, asked)
    await record_consulted(visit, case, asked, "dossier")
    pinned = {
        kind: {each: state.pinned(f"{path}.{kind}", language=each) for each in LANGUAGES}
        for kind in get_args(FileKind)
    }
    return await visit.show(
        "breaches/dossier.html",
        status=200 if refusal is None else _BAD_REQUEST,
        **await frame_of_case(visit, state, case, breach),
        downloads=pinned,
        asking=asking(visit, state.pinned(f"{path}.pdf"), form, refusal),
    )


async def _given(
    visit: Visit, found: Assembled, kind: FileKind, language: Language, state: Seen
) -> Response:
    content = await reading(visit.context, dossier_file, visit, found, kind, language)
    return Response(
        content,
        media_type=MEDIA_TYPES[kind],
        headers={
            **PAGE_HEADERS,
            **state.now.truth.headers,
            "Content-Disposition": f'attachment; filename="{file_name(found, kind)}"',
        },
    )


async def _state(visit: Visit) -> Seen:
    asked: Asked = asked_of(visit, filters=["language"])
    return await reading(visit.context, seen, visit.context.ledger, asked)


def _kind(typed: str) -> FileKind:
    for each in get_args(FileKind):
        if each == typed:
            kind: FileKind = each
            return kind
    raise NotFound("file: expected dossier.pdf or dossier.html, found another")


def _language(visit: Visit) -> Language:
    """The language that the link names, else that of the visitor."""
    typed = visit.request.query_params.get("language")
    return next((each for each in LANGUAGES if each == typed), visit.language)
