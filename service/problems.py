"""Every refusal of the service as `application/problem+json`.

The table of types is `ledger.problem_types`, which the exit codes of the command line share. A
problem tells what was expected and what was found, never a trace; what nobody foresaw is logged
and answered without details.

Source: RFC 9457 §3 (members), §3.2 (extension members), §4.2 (titles).
"""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Scope

from ledger import errors
from ledger.identifiers import masked
from ledger.problem_types import PROBLEM_TYPES, UNEXPECTED, ProblemType, problem_type_of

RefusalForm = Callable[[Scope, Exception], Response]
"""Gives the answer of one interface to an error."""

BROWSERS: Final = "text/html"
"""In `app.state.refusal_forms`, the form for browsers that ask for what is no route."""

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:zegel:problem:"
RETRY_AFTER_S: Final = 1

_LOG: Final = logging.getLogger("zegel.service")
_OF_STATUS: Final[Mapping[int, type[errors.ZegelError]]] = {
    400: errors.BadRequest,
    401: errors.NotAuthenticated,
    403: errors.NotAuthorised,
    404: errors.NotFound,
    405: errors.BadRequest,
    406: errors.UnsupportedForm,
    413: errors.TooLarge,
    415: errors.UnsupportedForm,
    429: errors.TooOften,
    503: errors.StoreUnavailable,
}
"""What the web framework itself refuses, as the error of ours that it stands for."""
_TOLD_OF_STATUS: Final[Mapping[int, str]] = {
    404: "path: expected a route of this service, found another",
    405: "method: expected one that this path takes, found another",
}
_EXPECTED: Final[Mapping[str, str]] = {
    "missing": "it to be given",
    "extra_forbidden": "a parameter of this route",
}
"""What is expected of a parameter, by the framework's own word for what is wrong."""
_SAID_FIRST: Final = "Input should be "


def problem(
    kind: ProblemType,
    detail: str,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    **members: Any,  # noqa: ANN401 - extension members are JSON of any shape
) -> Response:
    """A refusal as an answer.

    Args:
        kind: Its row of the table.
        detail: What was expected and what was found, without citizen numbers.
        status: Where it differs from that of the row.
        headers: Beside the media type.
        members: More of it, such as `errors`.
    """
    document = {
        "type": f"{TYPE_PREFIX}{kind.name}",
        "title": kind.title,
        "status": status or kind.status,
        "detail": masked(detail),
        **members,
    }
    given = dict(headers or {})
    if kind.retryable:
        given.setdefault("Retry-After", str(RETRY_AFTER_S))
    if kind is _row_of(errors.NotAuthenticated):
        given.setdefault("WWW-Authenticate", 'Bearer realm="zegel"')
    return Response(
        msgspec.json.encode(document),
        status_code=status or kind.status,
        media_type=MEDIA_TYPE,
        headers=given,
    )


def problem_of(
    error: Exception,
    *,
    status: int | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """Any error as an answer.

    Args:
        error: What went wrong.
        status: Another one, where that of its row does not say enough.
        more: Members beside those that the error itself gives.
    """
    kind = problem_type_of(error)
    if kind is UNEXPECTED:
        _LOG.exception("unexpected failure", exc_info=error)
        told = "an unexpected failure; the log of the service has its trace"
        return problem(kind, told, **more)
    members = dict(more)
    headers: dict[str, str] = {}
    match error:
        case errors.MalformedEvent():
            members["errors"] = [
                {
                    "kind": error.kind,
                    "pointer": f"/{error.field.replace('.', '/')}",
                    "expected": error.expected,
                    "found": error.found,
                }
            ]
        case errors.BatchRefused():
            members["errors"] = [
                {"pointer": fault.pointer, "expected": fault.expected, "found": fault.found}
                for fault in error.faults
            ]
        case errors.FormatError():
            members["errors"] = [
                {"place": error.place, "expected": error.expected, "found": error.found}
            ]
        case errors.EventIdReused():
            members |= {
                "event_id": str(error.event_id),
                "index": error.index,
                "conflict_index": error.conflict_index,
            }
            if error.conflicts:
                members["errors"] = [
                    {
                        "pointer": f"/{each.place}",
                        "event_id": str(each.event_id),
                        "index": each.index,
                        "conflict_index": each.conflict_index,
                    }
                    for each in error.conflicts
                ]
        case errors.VerificationError():
            members |= {"verdict": error.verdict, "index": error.index}
        case errors.TooOften():
            headers["Retry-After"] = str(error.retry_after_s)
        case _:
            pass
    return problem(kind, str(error), status=status, headers=headers, **members)


def refusal_for(scope: Scope, error: Exception) -> Response:
    """Any error as an answer, in the form of the interface that was asked; most know problems.

    An interface with another form stands in `app.state.refusal_forms`, by its path or by the first
    part of it.
    """
    form = _form_of(scope)
    return problem_of(error) if form is None else form(scope, error)


def install_problems(app: FastAPI) -> None:
    """Makes every refusal of an application a problem, its framework's own ones too."""

    async def of_error(request: Request, error: Exception) -> Response:
        return refusal_for(request.scope, error)

    async def of_framework(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        form = _form_of(request.scope)
        if form is not None:
            return form(request.scope, error)
        row = type_of_status(error.status_code)
        told = _TOLD_OF_STATUS.get(error.status_code, str(error.detail))
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(sorted(_methods_of(request.scope)))
        return problem(row, told, status=error.status_code, headers=headers)

    async def of_parameters(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        found = [
            {
                "in": str(each["loc"][0]),
                "pointer": "/" + "/".join(str(part) for part in each["loc"][1:]),
                "expected": _EXPECTED.get(each["type"]) or each["msg"].removeprefix(_SAID_FIRST),
            }
            for each in error.errors()
        ]
        told = "; ".join(
            f"{each['in']} {each['pointer'][1:]}: expected {each['expected']}" for each in found
        )
        form = _form_of(request.scope)
        if form is not None:
            return form(request.scope, errors.BadRequest(told))
        return problem(_row_of(errors.BadRequest), told, errors=found)

    app.add_exception_handler(errors.ZegelError, of_error)
    app.add_exception_handler(OSError, of_error)
    app.add_exception_handler(Exception, of_error)
    app.add_exception_handler(HTTPException, of_framework)
    app.add_exception_handler(RequestValidationError, of_parameters)


def type_of_status(status: int) -> ProblemType:
    """What the web framework itself refuses, as a row of the table."""
    kind = _OF_STATUS.get(status)
    return UNEXPECTED if kind is None else _row_of(kind)


def _methods_of(scope: Scope) -> set[str]:
    """What a path takes, over all of its routes: the framework names those of the first one."""
    return {
        method
        for route in iter_route_contexts(scope["app"].routes)
        if compile_path(str(route.path))[0].match(scope["path"])
        for method in route.methods or ()
    }


def _form_of(scope: Scope) -> RefusalForm | None:
    forms: Mapping[str, RefusalForm] = getattr(scope["app"].state, "refusal_forms", {})
    path: str = scope["path"]
    form = forms.get(path) or forms.get(f"/{path.split('/', 2)[1]}" if "/" in path else path)
    return form or (forms.get(BROWSERS) if _is_lost_browser(scope) else None)


def _is_lost_browser(scope: Scope) -> bool:
    """Whether somebody followed a link to what is no route: browsers alone ask for HTML."""
    return scope.get("route") is None and any(
        name == b"accept" and b"text/html" in value for name, value in scope["headers"]
    )


def _row_of(kind: type[errors.ZegelError]) -> ProblemType:
    return next(row for each, row in PROBLEM_TYPES if issubclass(kind, each))
