"""How each interface says no, and under which version it answers.

A refusal of ours becomes the form that the interface prescribes, whatever raised it: the guard, the
framework, the vault. Bad data is always 400 there; neither document knows 422.

Source: Logboek Dataverwerkingen, extension lezen 0.9, `ProblemJson.schema.json`; VNG
Verwerkingenlogging 0.9.0, schemas `Fout` and `ValidatieFout`; RFC 9457.
"""

import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope
from uuid_utils.compat import uuid4

from formats.lezen import API_VERSION as LEZEN_VERSION
from ledger import errors
from ledger.identifiers import masked
from ledger.problem_types import UNEXPECTED, ProblemType, problem_type_of
from service.problems import MEDIA_TYPE, RETRY_AFTER_S, TYPE_PREFIX, RefusalForm

Answer = Callable[[Request], Coroutine[Any, Any, Response]]

_BAD_DATA: Final = (
    errors.FormatError,
    errors.MalformedEvent,
    errors.BatchRefused,
    RequestValidationError,
)
_BAD_REQUEST: Final = problem_type_of(errors.BadRequest(""))
_LOG: Final = logging.getLogger("zegel.service")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a request."""

    part: str
    """`body`, `query` or `path`."""
    name: str
    """A JSON Pointer such as `#/dpl/core`, or the name of a parameter."""
    code: str
    detail: str


class QuestionRefused(errors.BadRequest):
    """A parameter that is not what the interface asks for."""

    def __init__(self, fault: Fault) -> None:
        """Names the parameter."""
        super().__init__(f"{fault.name}: {fault.detail}")
        self.fault = fault


def refused_parameter(name: str, expected: str, found: str, part: str = "query") -> QuestionRefused:
    """The refusal of one parameter."""
    return QuestionRefused(_fault(part, name, expected, found))


def answer_json(
    document: object, headers: Mapping[str, str] | None = None, *, status: int = 200
) -> Response:
    """An answer that nobody keeps."""
    return Response(
        msgspec.json.encode(document),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


@dataclass(frozen=True, slots=True)
class Dialect:
    """One interface: under which version it answers, and how it says no."""

    version: str
    header: str
    """In which the version stands."""
    members: Callable[[ProblemType, int, Sequence[Fault]], dict[str, Any]]
    """What a refusal says beside type, title, status and detail."""

    def refuse(self, error: Exception) -> Response:
        """Any error as an answer of this interface."""
        kind, status, detail = _row(error)
        headers = dict(getattr(error, "headers", None) or {})  # such as Allow
        headers |= {"Cache-Control": "no-store", self.header: self.version}
        if kind.retryable:
            after_s = error.retry_after_s if isinstance(error, errors.TooOften) else RETRY_AFTER_S
            headers["Retry-After"] = str(after_s)
        if status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = 'Bearer realm="zegel"'
        document = {
            "type": f"{TYPE_PREFIX}{kind.name}",
            "title": kind.title,
            "status": status,
            "detail": masked(detail) or kind.title,
            **self.members(kind, status, _faults(error)),
        }
        return Response(
            msgspec.json.encode(document),
            status_code=status,
            media_type=MEDIA_TYPE,
            headers=headers,
        )

    def refuse_in(self, _scope: Scope, error: Exception) -> Response:
        """The same for what is refused before a route is reached."""
        return self.refuse(error)

    def route_class(self) -> type[APIRoute]:
        """Routes that answer and refuse as this interface does."""
        dialect = self

        class _Route(APIRoute):
            def get_route_handler(self) -> Answer:
                inner = super().get_route_handler()

                async def answer(request: Request) -> Response:
                    try:
                        response = await inner(request)
                    except Exception as error:  # noqa: BLE001 - whatever it is, the form is theirs
                        return dialect.refuse(error)
                    response.headers[dialect.header] = dialect.version
                    return response

                return answer

        return _Route


def _lezen_members(_kind: ProblemType, _status: int, faults: Sequence[Fault]) -> dict[str, Any]:
    found = [
        {
            "in": "query" if fault.part == "query" else "body",
            "location": fault.name,
            "code": fault.code,
            "detail": fault.detail,
        }
        for fault in faults
    ]
    return {"errors": found} if found else {}


def _vng_members(kind: ProblemType, status: int, faults: Sequence[Fault]) -> dict[str, Any]:
    members: dict[str, Any] = {"code": kind.name, "instance": uuid4().urn}
    if status == HTTPStatus.BAD_REQUEST:
        members["invalidParams"] = [
            {
                "name": fault.name.removeprefix("#/").replace("/", ".") or "#",
                "code": fault.code,
                "reason": fault.detail,
            }
            for fault in faults
        ]
    return members


LEZEN: Final = Dialect(LEZEN_VERSION, "API-Version", _lezen_members)
VNG: Final = Dialect("0.9.0", "API-version", _vng_members)
VNG_REGISTER: Final = Dialect("0.1.0", "API-version", _vng_members)
REFUSAL_FORMS: Final[Mapping[str, RefusalForm]] = {
    "/data-processing-operations": LEZEN.refuse_in,
    "/processing-activities": LEZEN.refuse_in,
    "/verwerkte-objecten": VNG.refuse_in,
    "/verwerkingsacties": VNG.refuse_in,
    "/verwerkingsactiviteiten": VNG_REGISTER.refuse_in,
    "/verwerkingsactiviteit": VNG_REGISTER.refuse_in,
}
"""By the first part of the path."""


def _row(error: Exception) -> tuple[ProblemType, int, str]:
    if isinstance(error, _BAD_DATA):
        kind = _BAD_REQUEST
        told = "; ".join(f"{each.name}: {each.detail}" for each in _faults(error))
        return kind, kind.status, told
    if isinstance(error, HTTPException):
        kind = _BAD_REQUEST
        return kind, error.status_code, str(error.detail)
    kind = problem_type_of(error)
    if kind is UNEXPECTED:
        _LOG.error("unexpected failure", exc_info=error)
        return kind, kind.status, "an unexpected failure; the log of the service has its trace"
    return kind, kind.status, str(error) or kind.title


def _faults(error: Exception) -> Sequence[Fault]:
    match error:
        case errors.FormatError():
            return [_fault("body", error.place, error.expected, error.found)]
        case QuestionRefused():
            return [error.fault]
        case errors.MalformedEvent():
            return [_fault("body", f"#/{error.field}", error.expected, error.found)]
        case errors.BatchRefused():
            return [
                _fault("body", f"#{each.pointer}", each.expected, each.found)
                for each in error.faults
            ]
        case RequestValidationError():
            return [
                Fault(
                    str(each["loc"][0]),
                    ".".join(str(part) for part in each["loc"][1:]) or "#",
                    str(each["type"]),
                    masked(str(each["msg"])),
                )
                for each in error.errors()
            ]
        case _:
            return []


def _fault(part: str, name: str, expected: str, found: str) -> Fault:
    code = "required" if found == "nothing" else "invalid"
    return Fault(part, name, code, masked(f"expected {expected}, found {found}"))
