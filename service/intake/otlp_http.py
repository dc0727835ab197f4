"""OTLP over HTTP: `POST /v1/traces` and `POST /v1/logs`, in protobuf or JSON, with or without gzip.

Whatever is answered is in the encoding of the request, refusals too: a `google.rpc.Status`, never a
problem of RFC 9457. Where a request does not say its encoding, it is told so in JSON.

Source: OTLP specification, "OTLP/HTTP Request" and "OTLP/HTTP Response".
"""

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from ledger.errors import UnsupportedForm, ZegelError
from service.access.caller import Caller
from service.access.guard import allowed, asked_of
from service.context import Context, ContextOf
from service.intake.bodies import read_body
from service.intake.media_type import media_type_of
from service.intake.otlp_intake import take_in
from service.intake.otlp_openapi import JSON, PROTOBUF, described
from service.intake.otlp_reading import LOGS, TRACES, Signal
from service.intake.otlp_status import refusal_of
from service.problems import RefusalForm

TRACES_PATH: Final = "/v1/traces"
LOGS_PATH: Final = "/v1/logs"

MayRecord = Annotated[Caller, Depends(allowed("record"))]


class _Route(APIRoute):
    """A route that tells every refusal as OTLP does."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await inner(request)
            except Exception as error:  # noqa: BLE001 - whatever it is, the sender gets a status
                return _refuse(request.scope, error)

        return answer


router = APIRouter(tags=["intake"], route_class=_Route)


@router.post(TRACES_PATH, summary="Lines of a processing log, as spans.", **described(TRACES))
async def take_in_traces(request: Request, context: ContextOf, caller: MayRecord) -> Response:
    """Records every span of a request as `processing.performed`, or none of them.

    The answer is given when all of it is durable. A span sent again is the same line; one with
    other content is refused, and kept as evidence. A span that breaks the profile `ldv-1.0.0`
    keeps its request out: the refusal is recorded, and what was sent is kept.
    """
    return await _export(TRACES, request, context, caller)


@router.post(LOGS_PATH, summary="Events, as log records.", **described(LOGS))
async def take_in_logs(request: Request, context: ContextOf, caller: MayRecord) -> Response:
    """Records every log record of a request as the event that its event name says, or none of them.

    The answer is given when all of it is durable.
    """
    return await _export(LOGS, request, context, caller)


async def _export(signal: Signal, request: Request, context: Context, caller: Caller) -> Response:
    is_json = _is_json(request.headers)
    body = await read_body(request, context.settings.most_body_bytes)
    answer = await take_in(context, caller, signal, body, is_json=is_json, asked=asked_of(request))
    return _response(answer, is_json=is_json)


def _is_json(headers: Headers) -> bool:
    """Whether a request is in JSON; otherwise it is in protobuf.

    Raises:
        UnsupportedForm: it is in neither.
    """
    found = media_type_of(headers)
    if found is None or found.name not in (PROTOBUF, JSON):
        shown = "nothing" if found is None else repr(found.name[:80])
        raise UnsupportedForm(f"content-type: expected {PROTOBUF} or {JSON}, found {shown}")
    return found.name == JSON


def _response(
    message: Message, *, is_json: bool, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    content = MessageToJson(message, indent=None) if is_json else message.SerializeToString()
    return Response(
        content,
        status_code=status,
        media_type=JSON if is_json else PROTOBUF,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def _refuse(scope: Scope, error: Exception) -> Response:
    """The answer to a request that is refused, by whatever stands between it and the log."""
    refusal = refusal_of(error)
    scope["app"].state.context.operations.numbers.refused(refusal.problem)
    headers = {}
    if refusal.retry_after_s is not None:
        headers["Retry-After"] = str(refusal.retry_after_s)
    if refusal.http_status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="zegel"'
    try:
        is_json = _is_json(Headers(scope=scope))
    except ZegelError:
        is_json = True
    return _response(refusal.status, is_json=is_json, status=refusal.http_status, headers=headers)


REFUSAL_FORMS: Final[Mapping[str, RefusalForm]] = {TRACES_PATH: _refuse, LOGS_PATH: _refuse}
"""How what stands before these routes refuses a request to them."""
