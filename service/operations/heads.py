"""Answers HEAD wherever anybody may GET: the same head, and nothing behind it.

Source: RFC 9110 §9.3.2 (HEAD), §9.1 (every server supports GET and HEAD).
"""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.access.every_route import PUBLIC, PUBLIC_TILES

_PUBLIC: Final = (PUBLIC_TILES, *(template.partition("{")[0] for template in PUBLIC))
_ROUTED: Final = ("route", "endpoint", "path_params")
"""What the layers around read of the route that was found."""


class Heads:
    """Asks the application for the whole answer, and leaves out what stands behind its head."""

    def __init__(self, app: ASGIApp) -> None:
        """Stands before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope.get("method") != "HEAD" or not scope["path"].startswith(_PUBLIC):
            await self._app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"}

        async def head_only(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope.update({name: asked[name] for name in _ROUTED if name in asked})
                await send(message)
            elif not message.get("more_body", False):
                await send({**message, "body": b""})

        await self._app(asked, receive, head_only)
