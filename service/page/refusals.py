"""What a browser shows where a page is refused; who did not log in is led to do so."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from babel.dates import get_timezone
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from ledger.errors import NotAuthenticated, TooOften
from ledger.identifiers import masked
from ledger.problem_types import UNEXPECTED, problem_type_of
from service.context import context_of
from service.page.access.sealed_cookies import cookie_name
from service.page.access.session import (
    CALLER_IN,
    SESSION_COOKIE,
    SESSION_IN_USE,
    Session,
    no_session_cookie,
)
from service.page.environment import environment
from service.page.fault_words import FAULT_WORDS
from service.page.nav import pages_for
from service.page.security import PAGE_HEADERS
from service.page.visit import csrf_field, frame_of, here, language_of
from service.problems import type_of_status

if TYPE_CHECKING:
    from service.access.caller import Caller

_LOG: Final = logging.getLogger("zegel.service")
_SEE_OTHER: Final = 303
_LOOKING: Final = frozenset({"GET", "HEAD"})


def page_refusal(scope: Scope, error: Exception) -> Response:
    """An error as a page; who proved nobody and only wanted to look is led to the login."""
    request = Request(scope)
    if isinstance(error, NotAuthenticated):
        return _without_session(request, _stranger(request, error))
    return _told(request, error)


def _stranger(request: Request, error: NotAuthenticated) -> Response:
    if request.method not in _LOOKING:
        # RFC 9110 §15.5.2: a 401 names a way; that of the page is its form.
        return _told(request, error, {"WWW-Authenticate": 'Bearer realm="zegel"'})
    place = f"/login?next={quote(here(request), safe='')}"
    return RedirectResponse(place, status_code=_SEE_OTHER, headers=PAGE_HEADERS)


def _without_session(request: Request, answer: Response) -> Response:
    """Takes out of the browser what does not count any more."""
    settings = context_of(request).settings
    if cookie_name(settings, SESSION_COOKIE) in request.cookies:
        answer.headers.append("Set-Cookie", no_session_cookie(settings))
    return answer


def _told(request: Request, error: Exception, headers: Mapping[str, str] | None = None) -> Response:
    if isinstance(error, HTTPException):
        row, status = type_of_status(error.status_code), error.status_code
        detail, given = "", dict(error.headers or {})
    else:
        row = problem_type_of(error)
        status, detail, given = row.status, masked(str(error)), {}
    if row is UNEXPECTED:
        if not isinstance(error, HTTPException):
            _LOG.exception("unexpected failure", exc_info=error)
        detail = ""
    if isinstance(error, TooOften):
        given["Retry-After"] = str(error.retry_after_s)
    language = language_of(request)
    page = environment(language, get_timezone("UTC")).get_template("error.html")
    text = page.render(
        {
            **frame_of(request, language),
            **_frame_of_caller(request),
            "words": FAULT_WORDS[row.name],
            "name": row.name,
            "status": status,
            "detail": detail,
        }
    )
    return HTMLResponse(
        text, status_code=status, headers={**PAGE_HEADERS, **given, **(headers or {})}
    )


def _frame_of_caller(request: Request) -> dict[str, Any]:
    """The menu and the way out, for somebody who was let in before they were refused."""
    caller: Caller | None = request.scope.get(CALLER_IN)
    session: Session | None = request.scope.get(SESSION_IN_USE)
    if caller is None or session is None:
        return {}
    return {
        "caller": caller,
        "pages": pages_for(caller),
        "csrf": lambda: csrf_field(session.csrf),
    }
