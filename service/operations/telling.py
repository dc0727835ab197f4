"""Tells of each request: one log line, its numbers, and headers that keep browsers careful.

Invariant: a line has the method, the template of the route, status, time and a digest of the
credentials; never the path, the query, a header or the body, for those can name people.
"""

import logging
import secrets
import time
from collections.abc import Iterable
from typing import Final

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.units import Entropy
from service.operations.counting import Numbers
from service.operations.entrance import PROBES, credentials_of
from service.operations.logs import REQUEST
from service.operations.rates import digest
from service.problems import MEDIA_TYPE, TYPE_PREFIX

ID_BYTES: Final = 8
IDS_AT_ONCE: Final = 512
NO_ROUTE: Final = "(none)"
_PROBLEM: Final = (b"content-type", MEDIA_TYPE.encode())
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_UNEXPECTED: Final = 500
_LOG: Final = logging.getLogger("zegel.http")
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_UNLESS_SAID: Final = ((b"cache-control", b"no-store"),)
_OVER_TLS: Final = ((b"strict-transport-security", b"max-age=31536000"),)


class Telling:
    """The outermost layer: sees every answer, also those that other layers give."""

    def __init__(self, app: ASGIApp, numbers: Numbers) -> None:
        """Stands before `app`."""
        self._app = app
        self._numbers = numbers
        self._ids = RequestIds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = self._ids.next()
        token = REQUEST.set(request)
        began, status = time.perf_counter(), _UNEXPECTED
        problem: str | None = None
        is_problem = False

        async def told(message: Message) -> None:
            nonlocal status, is_problem, problem
            if message["type"] == "http.response.start":
                status = message["status"]
                found = message.get("headers", ())
                is_problem = _PROBLEM in found
                message["headers"] = [*found, *_added(found, scope, request)]
            elif is_problem and problem is None:
                problem = problem_name(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            seconds = time.perf_counter() - began
            self._tell(scope, status, seconds, problem)
            REQUEST.reset(token)

    def _tell(self, scope: Scope, status: int, seconds: float, problem: str | None) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "(other)"
        route = route_of(scope)
        self._numbers.answered(method, route, status, seconds)
        if problem is not None:
            self._numbers.refused(problem)
        level = logging.DEBUG if scope["path"] in PROBES else logging.INFO
        if not _LOG.isEnabledFor(level):
            return
        credentials = credentials_of(scope)
        _LOG.log(
            level,
            "answered",
            extra={
                "method": method,
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 3),
                "caller": None if credentials is None else digest(credentials),
                **({} if problem is None else {"problem": problem}),
            },
        )


class RequestIds:
    """Ids that nobody can foresee; those of many requests are drawn at once.

    Each draw gives way to other threads: drawn for each request, all would wait for busy ones.
    """

    def __init__(self, entropy: Entropy = secrets.token_bytes) -> None:
        """Has drawn nothing yet."""
        self._entropy = entropy
        self._drawn: list[str] = []

    def next(self) -> str:
        """16 hexadecimal digits that no other request has."""
        if not self._drawn:
            block = self._entropy(ID_BYTES * IDS_AT_ONCE).hex()
            size = 2 * ID_BYTES
            self._drawn = [block[at : at + size] for at in range(0, len(block), size)]
        return self._drawn.pop()


def route_of(scope: Scope) -> str:
    """The template of the route that answered: `/v1/proofs/{index}`; no part of the path itself."""
    return str(getattr(scope.get("route"), "path", NO_ROUTE))


def problem_name(body: bytes) -> str | None:
    """The name of the problem type in the body of a refusal."""
    try:
        kind = msgspec.json.decode(body)["type"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return None
    return kind.removeprefix(TYPE_PREFIX) if isinstance(kind, str) else None


def _added(
    found: Iterable[tuple[bytes, bytes]], scope: Scope, request: str
) -> list[tuple[bytes, bytes]]:
    said = {name for name, _ in found}
    added = [each for each in (*_ALWAYS, *_UNLESS_SAID) if each[0] not in said]
    if scope["scheme"] == "https":
        added += _OVER_TLS
    return [*added, (b"zegel-request", request.encode())]
