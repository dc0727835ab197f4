"""What a browser shows where a page is refused; who did not log in is led to do so."""

import logging
from typing import Final
from urllib.parse import quote

from babel.dates import get_timezone
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from ledger.errors import NotAuthenticated
from ledger.identifiers import masked
from ledger.problem_types import UNEXPECTED, problem_type_of
from service.page.environment import environment
from service.page.security import PAGE_HEADERS
from service.page.visit import frame_of, here, language_of

_LOG: Final = logging.getLogger("zegel.service")
_SEE_OTHER: Final = 303
_NOT_FOUND: Final = 404


def page_refusal(scope: Scope, error: Exception) -> Response:
    """An error as a page; who proved nobody and only wanted to look is led to the login."""
    request = Request(scope)
    if isinstance(error, NotAuthenticated) and request.method in {"GET", "HEAD"}:
        place = f"/login?next={quote(here(request), safe='')}"
        return RedirectResponse(place, status_code=_SEE_OTHER, headers=PAGE_HEADERS)
    if isinstance(error, HTTPException):
        name, status, detail = "", error.status_code, ""
    else:
        row = problem_type_of(error)
        name, status, detail = row.name, row.status, masked(str(error))
        if row is UNEXPECTED:
            _LOG.exception("unexpected failure", exc_info=error)
            detail = ""
    language = language_of(request)
    page = environment(language, get_timezone("UTC")).get_template("error.html")
    text = page.render(**frame_of(request, language), name=name, status=status, detail=detail)
    return HTMLResponse(text, status_code=status, headers=PAGE_HEADERS)
