"""The login page itself, with why somebody stands before it again, or may not go in."""

from collections.abc import Mapping
from typing import Final, Literal

from babel.dates import get_timezone
from fastapi import Request
from starlette.responses import HTMLResponse, Response

from service.access.caller import Caller
from service.context import Context
from service.page.environment import environment
from service.page.returning import HOME
from service.page.security import PAGE_HEADERS
from service.page.visit import frame_of, language_of

Told = Literal["key", "issuer", "left"]
"""The key is not in force; the issuer's answer proved nobody; somebody logged out."""

_FOUND: Final = 200
_UNAUTHENTICATED: Final = 401
_FORBIDDEN: Final = 403


def login_page(
    request: Request, context: Context, *, wanted: str = HOME, told: Told | None = None
) -> Response:
    """The ways to log in.

    Args:
        request: What was asked.
        context: What is served.
        wanted: The page of ours that somebody came for.
        told: Why they are here again.
    """
    is_refused = told in {"key", "issuer"}
    values = {
        "wanted": None if wanted == HOME else wanted,
        "told": told,
        "has_issuer": context.settings.oidc_client_id is not None,
    }
    # RFC 9110 §15.5.2: a 401 names a way; that of the page is its form.
    headers = {**PAGE_HEADERS, "WWW-Authenticate": 'Bearer realm="zegel"'}
    return HTMLResponse(
        _rendered(request, "login/login.html", values),
        status_code=_UNAUTHENTICATED if is_refused else _FOUND,
        headers=headers if is_refused else PAGE_HEADERS,
    )


def no_role_page(request: Request, caller: Caller) -> Response:
    """What somebody is told who is known, and whom the log lets open no page."""
    values = {"known": caller.identity, "roles": sorted(caller.roles)}
    return HTMLResponse(
        _rendered(request, "login/no_role.html", values),
        status_code=_FORBIDDEN,
        headers=PAGE_HEADERS,
    )


def _rendered(request: Request, template: str, values: Mapping[str, object]) -> str:
    language = language_of(request)
    page = environment(language, get_timezone("UTC")).get_template(template)
    # Where a choice of language leads back to; a form that was sent is no such place.
    return page.render({**frame_of(request, language), "here": "/login", **values})
