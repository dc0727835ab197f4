"""`/login`: somebody shows an API key, or is sent to the issuer; `/logout`: they leave.

Source: OWASP ASVS 5.0 §7.2 (sessions are new at each login), §7.4 (they end at logout).
"""

import re
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from ledger.errors import NotAuthenticated
from service.access.guard import CALLER_IS_KNOWN, asked_of, note_unproven
from service.context import Context, ContextOf
from service.page.access.arriving import LOGIN, arrived, landing, present
from service.page.access.door import Told, login_page
from service.page.access.session import end, no_session_cookie, open_session
from service.page.forms import form_of, require_own_page, require_token
from service.page.returning import own_path
from service.page.security import PAGE_HEADERS
from service.threads import reading, writing

router: Final = APIRouter(include_in_schema=False)

_KEY: Final = re.compile(r"[!-~]{1,128}")
"""What can be an API key; a bearer token, which ends too soon for a session, is longer."""
_SEE_OTHER: Final = 303


@router.get("/login")
async def show_login(request: Request, context: ContextOf, next: str | None = None) -> Response:  # noqa: A002 - as the query names it
    """The ways to log in; whoever is in already is led on."""
    known = await writing(context, present, request, context)
    if known is not None:
        place = landing(known[1], next)
        if place is not None:
            return RedirectResponse(place, status_code=_SEE_OTHER, headers=PAGE_HEADERS)
    told: Told | None = "left" if request.query_params.get("left") == "yes" else None
    return await reading(context, login_page, request, context, wanted=own_path(next), told=told)


@router.post("/login")
async def log_in(request: Request, context: ContextOf) -> Response:
    """Begins a session of whoever has the API key of the form; else the form, and why not.

    A session is new at each login: nobody can give their own to somebody else beforehand.
    """
    require_own_page(request)
    form = await form_of(request)
    wanted = own_path(form.one("next"))
    try:
        return await writing(context, _by_key, request, context, form.one("key"), wanted)
    except NotAuthenticated:
        return await reading(context, login_page, request, context, wanted=wanted, told="key")


@router.post("/logout")
async def log_out(request: Request, context: ContextOf) -> Response:
    """Ends the session, for every service process, and leads to the login."""
    require_own_page(request)
    session = await reading(context, open_session, context, request.cookies)
    if session is not None:
        require_token(await form_of(request), session.csrf)
        await writing(context, end, context, session)
        request.scope[CALLER_IS_KNOWN] = True
    answer = RedirectResponse("/login?left=yes", status_code=_SEE_OTHER, headers=PAGE_HEADERS)
    answer.headers.append("Set-Cookie", no_session_cookie(context.settings))
    return answer


def _by_key(request: Request, context: Context, key: str | None, wanted: str) -> Response:
    if key is None or not _KEY.fullmatch(key):
        error = NotAuthenticated("expected an API key, found none", reason="malformed")
        note_unproven(context, error, act=LOGIN, asked=asked_of(request))
        raise error
    return arrived(request, context, key=key, person=None, wanted=wanted)
