"""`/login/oidc` and back: somebody logs in where their organisation keeps its accounts.

What the answer of the issuer must fit stands sealed in a cookie of the browser that was sent, for
ten minutes; a second sending replaces the first.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from ledger.errors import NotAuthenticated, NotFound
from service.access.code_flow import (
    RANDOM_BYTES,
    Attempt,
    CodeFlow,
    begin_attempt,
    refused,
)
from service.access.guard import asked_of, note_unproven
from service.context import Context, ContextOf
from service.page.access.arriving import LOGIN, arrived
from service.page.access.door import login_page
from service.page.access.sealed_cookies import (
    NONCE_BYTES,
    cookie_cipher,
    cookie_header,
    cookie_name,
    open_value,
    seal_value,
)
from service.page.returning import own_path
from service.page.security import PAGE_HEADERS
from service.threads import writing

router: Final = APIRouter(include_in_schema=False)

ATTEMPT_COOKIE: Final = "zegel-login"
ATTEMPT_S: Final = 600
BACK: Final = "/login/oidc/return"
_SEE_OTHER: Final = 303
_MOST_WANTED: Final = 1500
"""Characters of a page that is come back to: browsers drop cookies that are too long."""


@router.get("/login/oidc")
async def leave_for_issuer(
    request: Request, context: ContextOf, next: str | None = None  # noqa: A002 - as the query
) -> Response:  # fmt: skip
    """Leads to the issuer; what its answer must fit stays in the browser."""
    return await writing(context, _sent, request, context, next)


@router.get(BACK)
async def come_back(request: Request, context: ContextOf) -> Response:
    """Begins a session of whoever the issuer names; else the login, and why not."""
    return await writing(context, _returned, request, context)


def _sent(request: Request, context: Context, wanted: str | None) -> Response:
    flow = _flow_of(request)
    place = own_path(wanted)
    attempt = begin_attempt(
        _back_to(request, context),
        place if len(place) <= _MOST_WANTED else own_path(None),
        secrets.token_bytes(RANDOM_BYTES),
    )
    answer = RedirectResponse(flow.address(attempt), status_code=_SEE_OTHER, headers=PAGE_HEADERS)
    answer.headers.append("Set-Cookie", attempt_cookie(context, attempt))
    return answer


def _returned(request: Request, context: Context) -> Response:
    flow = _flow_of(request)
    try:
        attempt = open_attempt(context, request)
        if attempt is None:
            raise refused("not-begun", "expected a login that began here, found none; begin anew")
        person = flow.identity(attempt, _once(request))
    except NotAuthenticated as error:
        note_unproven(context, error, act=LOGIN, asked=asked_of(request))
        answer = login_page(request, context, told="issuer")
    else:
        answer = arrived(request, context, key=None, person=person, wanted=attempt.wanted)
    answer.headers.append(
        "Set-Cookie", cookie_header(context.settings, ATTEMPT_COOKIE, "", lasts_s=0)
    )
    return answer


def attempt_cookie(context: Context, attempt: Attempt) -> str:
    """The header `Set-Cookie` that keeps a sending in the browser that was sent."""
    until = context.ledger.clock() + timedelta(seconds=ATTEMPT_S)
    value = seal_value(
        cookie_cipher(context.ledger),
        cookie_name(context.settings, ATTEMPT_COOKIE),
        msgspec.msgpack.encode((until.timestamp(), attempt)),
        secrets.token_bytes(NONCE_BYTES),
    )
    return cookie_header(context.settings, ATTEMPT_COOKIE, value, lasts_s=ATTEMPT_S)


def open_attempt(context: Context, request: Request) -> Attempt | None:
    """The sending that this browser comes back from, if its time is not over."""
    name = cookie_name(context.settings, ATTEMPT_COOKIE)
    plain = open_value(cookie_cipher(context.ledger), name, request.cookies.get(name, ""))
    if plain is None:
        return None
    until, attempt = msgspec.msgpack.decode(plain, type=tuple[float, Attempt])
    return attempt if context.ledger.clock() < datetime.fromtimestamp(until, UTC) else None


def _once(request: Request) -> dict[str, str]:
    """The parameters of the answer; none may be there twice (RFC 6749 §3.1)."""
    given = request.query_params.multi_items()
    found = dict(given)
    if len(found) != len(given):
        raise refused("repeated")
    return found


def _flow_of(request: Request) -> CodeFlow:
    flow: CodeFlow | None = request.app.state.code_flow
    if flow is None:
        raise NotFound("login: expected an issuer where people log in, found that none is set")
    return flow


def _back_to(request: Request, context: Context) -> str:
    """The URL that the issuer leads back to; it knows it, so a made-up host is refused there."""
    public = context.settings.public_url
    base = str(request.base_url) if public is None else public
    return base.rstrip("/") + BACK
