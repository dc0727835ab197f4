"""What begins a session, and where somebody is led then."""

import secrets
from dataclasses import replace
from typing import Final

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from ledger.errors import NotAuthenticated
from service.access.caller import Caller
from service.access.guard import CALLER_IS_KNOWN, asked_of, note_refusal, note_unproven
from service.context import Context
from service.page.access.door import no_role_page
from service.page.access.sealed_cookies import NONCE_BYTES
from service.page.access.session import (
    RANDOM_BYTES,
    Session,
    begin_session,
    caller_of,
    end,
    open_session,
    session_cookie,
)
from service.page.nav import pages_for
from service.page.returning import HOME, own_path
from service.page.security import PAGE_HEADERS

LOGIN: Final = "login"
"""What a refusal at the door says that somebody wanted."""

_OF_LOGIN: Final = frozenset({"login", "logout", "language"})
"""First parts of paths that nobody comes for."""
_SEE_OTHER: Final = 303


def arrived(
    request: Request, context: Context, *, key: str | None, person: str | None, wanted: str | None
) -> Response:
    """Leads somebody in: the answer that keeps their session in the browser; blocking.

    Where none of their roles opens a page, that is recorded and told, and no session begins.

    Args:
        request: With which they prove who they are.
        context: What is served.
        key: The API key that they showed; `None` for a person.
        person: Whom the issuer named; `None` for a key.
        wanted: The page of ours that they came for.

    Raises:
        NotAuthenticated: the key is not in force; recorded.
        StoreUnavailable: the database cannot be read.
    """
    asked = asked_of(request)
    session = begin_session(
        identity=person or "",
        is_program=key is not None,
        key=key,
        issuer=None if key is not None else context.settings.oidc_issuer,
        now=context.ledger.clock(),
        random=secrets.token_bytes(RANDOM_BYTES),
    )
    try:
        caller = replace(caller_of(context, session), asked=asked)
    except NotAuthenticated as error:
        note_unproven(context, error, act=LOGIN, asked=asked)
        raise
    request.scope[CALLER_IS_KNOWN] = True
    place = landing(caller, wanted)
    if place is None:
        note_refusal(context, caller, act=LOGIN, reason="no-permission")
        return no_role_page(request, caller)
    before = open_session(context, request.cookies)
    if before is not None:  # of whoever was logged in here: nobody leaves a session behind
        end(context, before)
    named = replace(session, identity=caller.identity, is_program=caller.is_program)
    answer = RedirectResponse(place, status_code=_SEE_OTHER, headers=PAGE_HEADERS)
    answer.headers.append(
        "Set-Cookie", session_cookie(context, named, secrets.token_bytes(NONCE_BYTES))
    )
    return answer


def landing(caller: Caller, wanted: str | None) -> str | None:
    """The page of ours that somebody is led to; `None`: they may open none.

    Args:
        caller: Who logged in.
        wanted: What they came for; the first page that they may open, if that is the overview and
            they may not.
    """
    may_open = pages_for(caller)
    if not may_open:
        return None
    place = own_path(wanted)
    path = place.partition("?")[0]
    if path == HOME or path.split("/")[1] in _OF_LOGIN:
        return place if path == HOME == may_open[0].path else may_open[0].path
    return place


def present(request: Request, context: Context) -> tuple[Session, Caller] | None:
    """Who is logged in already; `None`: nobody is; blocking.

    Raises:
        StoreUnavailable: the database cannot be read.
    """
    session = open_session(context, request.cookies)
    if session is None:
        return None
    try:
        return session, caller_of(context, session)
    except NotAuthenticated:
        return None
