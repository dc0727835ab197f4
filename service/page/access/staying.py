"""Keeps somebody who uses the page logged in, whatever the route answers."""

import secrets

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.context import Context
from service.page.access.sealed_cookies import NONCE_BYTES
from service.page.access.session import SESSION_IN_USE, Session, session_cookie


class Staying:
    """Writes the cookie of a session in use anew, at most once a minute."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        """Stands before `app`."""
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def told(message: Message) -> None:
            session: Session | None = scope.get(SESSION_IN_USE)
            if message["type"] == "http.response.start" and session is not None:
                seen = session.seen(self._context.ledger.clock())
                if seen is not None:
                    cookie = session_cookie(self._context, seen, secrets.token_bytes(NONCE_BYTES))
                    message["headers"] = [
                        *message.get("headers", ()),
                        (b"set-cookie", cookie.encode("latin-1")),
                    ]
            await send(message)

        await self._app(scope, receive, told)
