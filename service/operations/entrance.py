"""What every request passes first: TLS where it is required, and the limit of its caller."""

from typing import Final

from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.errors import BadRequest, NotAuthorised, TooOften
from ledger.serve_settings import ServeSettings
from service.access.asked import Asked
from service.access.every_route import PUBLIC, PUBLIC_TILES
from service.access.guard import CALLER_IS_KNOWN
from service.access.refusals import Refusal
from service.context import Context
from service.operations.rates import Rates
from service.page.access.sealed_cookies import HOST_PREFIX
from service.page.access.session import SESSION_COOKIE
from service.problems import refusal_for
from service.threads import writing

PROBES: Final = frozenset({"/livez", "/healthz", "/readyz", "/readyz/intake"})
_PUBLIC: Final = (PUBLIC_TILES, *(template.partition("{")[0] for template in PUBLIC))
"""How paths begin that need no login."""
_UNAUTHENTICATED: Final = 401


class Entrance:
    """Refuses what comes in clear (403), too often (429), with a NUL (400); tells what is left."""

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        """Stands before `app`."""
        self._app = app
        self._require_tls = settings.require_tls
        self._rates = Rates(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, address = scope["path"], address_of(scope)
        if self._require_tls and scope["scheme"] != "https" and path not in PROBES:
            await self._note_clear(scope["app"].state.context, address)
            refusal = NotAuthorised("expected a connection over TLS, found one in clear")
            await refusal_for(scope, refusal)(scope, receive, send)
            return
        credentials = credentials_of(scope)
        try:
            allowance = self._rates.allow(address, credentials, public=path.startswith(_PUBLIC))
        except TooOften as refusal:
            await refusal_for(scope, refusal)(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *allowance.headers()]
                if message["status"] == _UNAUTHENTICATED:
                    self._rates.refused(address, credentials)
                elif scope.get(CALLER_IS_KNOWN):
                    self._rates.proved(credentials)
            await send(message)

        if _has_nul(scope):
            nul = BadRequest("address: expected text, found a NUL character")
            await refusal_for(scope, nul)(scope, receive, told)
            return
        await self._app(scope, receive, told)

    @staticmethod
    async def _note_clear(context: Context, address: str) -> None:
        """Records that somebody came in clear; what they asked for is not read."""
        asked = Asked(address=address)
        refusal = Refusal(
            resource=asked.resource, act="connect", reason="in-clear", origin=asked.origin
        )
        await writing(context, context.refusals.note, refusal)


def _has_nul(scope: Scope) -> bool:
    """Whether a path or query has a character that no text of a database can have."""
    return "\x00" in scope["path"] or b"%00" in scope["query_string"]


def address_of(scope: Scope) -> str:
    """From where a request comes, as a trusted proxy or the connection says; empty: not known."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def credentials_of(scope: Scope) -> bytes | None:
    """What the request brings to prove who asks, unread; `None` without any.

    A session of the page is known by its id: what follows it is written anew while it lasts.
    """
    cookies = b""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return bytes(value)
        if name == b"cookie":
            cookies = value
    found = cookie_parser(cookies.decode("latin-1"))
    session = found.get(HOST_PREFIX + SESSION_COOKIE) or found.get(SESSION_COOKIE) or ""
    return session.partition(".")[0].encode("latin-1") or None
