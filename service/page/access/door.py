"""The login page itself, with why somebody stands before it again."""

from typing import Final, Literal

from babel.dates import get_timezone
from fastapi import Request
from starlette.responses import HTMLResponse, Response

from service.context import Context
from service.page.environment import environment
from service.page.returning import HOME
from service.page.security import PAGE_HEADERS
from service.page.visit import frame_of, language_of

Told = Literal["key", "issuer", "left"]
"""The key is not in force; the issuer's answer proved nobody; somebody logged out."""

_FOUND: Final = 200
_UNAUTHENTICATED: Final = 401


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
    language = language_of(request)
    template = environment(language, get_timezone("UTC")).get_template("login/login.html")
    is_refused = told in {"key", "issuer"}
    values = {
        **frame_of(request, language),
        "here": "/login",
        "wanted": None if wanted == HOME else wanted,
        "told": told,
        "has_issuer": context.settings.oidc_client_id is not None,
    }
    # RFC 9110 §15.5.2: a 401 names a way; that of the page is its form.
    headers = {**PAGE_HEADERS, "WWW-Authenticate": 'Bearer realm="zegel"'}
    return HTMLResponse(
        template.render(values),
        status_code=_UNAUTHENTICATED if is_refused else _FOUND,
        headers=headers if is_refused else PAGE_HEADERS,
    )
