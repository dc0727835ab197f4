"""One visit to a page: who came, in which language they read, and how they are answered."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ledger.errors import NotAuthenticated
from service.access.caller import Caller, Permission
from service.access.guard import (
    CALLER_IS_KNOWN,
    asked_of,
    note_unproven,
    require_permission,
)
from service.context import Context, ContextOf
from service.page.access.session import (
    CALLER_IN,
    SESSION_IN_USE,
    Session,
    caller_of,
    open_session,
)
from service.page.environment import environment
from service.page.languages import LANGUAGES, NAMES, Language, chosen_language, words_of
from service.page.nav import pages_for
from service.page.overview.standing import standing_of
from service.page.security import PAGE_HEADERS
from service.threads import reading, writing

_SEE_OTHER: Final = 303


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asked for a page, and what its answer is made of."""

    request: Request
    context: Context
    language: Language
    zone: ZoneInfo
    caller: Caller
    session: Session

    @property
    def path(self) -> str:
        """Of the page that was asked for."""
        return self.request.url.path

    @property
    def gettext(self) -> Callable[[str], str]:
        """Gives a message in the language of the visitor."""
        return words_of(self.language).gettext

    @property
    def ngettext(self) -> Callable[[str, str, int], str]:
        """Gives a message about a number of things."""
        return words_of(self.language).ngettext

    async def show(
        self,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,  # noqa: ANN401 - what the template shows
    ) -> Response:
        """A whole page.

        Args:
            template: Below `templates/`; it extends `layout.html`.
            status: Of the answer.
            headers: Beside those of every page.
            values: What the template names.
        """
        text = await reading(self.context, self._rendered, template, values)
        return HTMLResponse(text, status_code=status, headers={**PAGE_HEADERS, **(headers or {})})

    def see_other(self, path: str) -> Response:
        """Leads to the page that shows what a form did, so that reloading does it once.

        Args:
            path: Of ours, with its query, quoted.
        """
        return RedirectResponse(path, status_code=_SEE_OTHER, headers=PAGE_HEADERS)

    def _rendered(self, template: str, values: Mapping[str, Any]) -> str:
        return (
            environment(self.language, self.zone)
            .get_template(template)
            .render({**frame_of(self.request, self.language), **self._frame(), **values})
        )

    def _frame(self) -> dict[str, Any]:
        return {
            "caller": self.caller,
            "pages": pages_for(self.caller),
            "csrf": lambda: csrf_field(self.session.csrf),
            "log": self.context.ledger.log.origin,
            "zone": self.zone.key,
            "standing": standing_of(self.context),
        }


def frame_of(request: Request, language: Language) -> dict[str, Any]:
    """What the layout shows to everybody, also before they logged in."""
    return {
        "language": language,
        "languages": [(each, NAMES[each]) for each in LANGUAGES],
        "path": request.url.path,
        "here": here(request),
        "caller": None,
        "pages": (),
        "csrf": Markup,
        "log": None,
        "zone": None,
        "standing": None,
    }


def csrf_field(token: str) -> Markup:
    """What a form carries to show that a page of this session sent it."""
    return Markup('<input type="hidden" name="csrf" value="{0}">').format(token)


def here(request: Request) -> str:
    """The path and query of what was asked for, for links that come back to it."""
    query = request.url.query
    return quote(request.url.path) + (f"?{query}" if query else "")


def visiting(permission: Permission) -> Callable[..., Coroutine[Any, Any, Visit]]:
    """A dependency that gives the visit of somebody who may see a page.

    It raises `NotAuthenticated`, which leads to the login, or `NotAuthorised`; both are recorded,
    but for a stranger who is shown the way in.
    """

    async def visit_of(request: Request, context: ContextOf) -> Visit:
        session = await reading(context, open_session, context, request.cookies)
        if session is None:
            raise NotAuthenticated("expected somebody who logged in, found nobody")
        asked = asked_of(request)
        try:
            caller = await writing(context, caller_of, context, session)
        except NotAuthenticated as error:
            await writing(context, note_unproven, context, error, act=permission, asked=asked)
            raise
        request.scope[CALLER_IS_KNOWN] = True
        request.scope[SESSION_IN_USE] = session
        caller = replaced(caller, asked=asked)
        request.scope[CALLER_IN] = caller
        await require_permission(context, caller, permission)
        return Visit(
            request=request,
            context=context,
            language=language_of(request),
            zone=ZoneInfo(context.home.settings().zone),
            caller=caller,
            session=session,
        )

    return visit_of


def language_of(request: Request) -> Language:
    """In which language somebody is answered."""
    return chosen_language(request.cookies, request.headers.get("accept-language"))
