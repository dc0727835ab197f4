"""`POST /language`: in which language somebody reads from now on."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from ledger.errors import BadRequest
from service.page.forms import form_of, require_own_page
from service.page.languages import LANGUAGE_COOKIE, LANGUAGES
from service.page.returning import own_path
from service.page.security import PAGE_HEADERS

router: Final = APIRouter(include_in_schema=False)

_YEAR_S: Final = 365 * 24 * 3600
_SEE_OTHER: Final = 303


@router.post("/language")
async def choose_language(request: Request) -> Response:
    """Back to where they were, in the language that they chose; nothing of it is recorded."""
    require_own_page(request)
    form = await form_of(request)
    language = form.one("language")
    if language not in LANGUAGES:
        raise BadRequest(f"language: expected one of {', '.join(LANGUAGES)}, found another")
    answer = RedirectResponse(
        own_path(form.one("next")), status_code=_SEE_OTHER, headers=PAGE_HEADERS
    )
    answer.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=_YEAR_S,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return answer
