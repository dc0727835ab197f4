"""`POST /v1/events`: facts as CloudEvents or in our own language, acknowledged when durable."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from formats.answers.receipt import receipt_document
from formats.json_form import encode_json
from ledger.errors import (
    BatchRefused,
    EventIdReused,
    Fault,
    MalformedEvent,
    NotAuthorised,
    RecordingRefused,
)
from ledger.events import kind_of
from service.access.caller import Caller
from service.access.guard import allowed
from service.context import Context, ContextOf
from service.intake.appending import append
from service.intake.bodies import read_body
from service.intake.events_openapi import ANSWERS, PARAMETERS, REQUEST
from service.intake.line_stream import receive_lines
from service.intake.refused import reasons_of, record_refused
from service.intake.sent import Form, Sent, fault_of, form_of, read_sent, reading_of
from service.queries.accepting import JSON
from service.threads import writing

router: Final = APIRouter(tags=["intake"])

SMALL_BYTES: Final = 64 * 1024
"""What is read on the event loop: a thread would cost more than the reading."""

_FORMAT_NAMES: Final = {"event": "ndjson", "lines": "ndjson"}


@router.post(
    "/v1/events",
    status_code=201,
    summary="Report facts.",
    responses=ANSWERS,
    openapi_extra={"parameters": PARAMETERS, "requestBody": REQUEST},
)
async def report_events(
    request: Request,
    context: ContextOf,
    caller: Annotated[Caller, Depends(allowed("record"))],
) -> Response:
    """Records facts, and gives a receipt for each once it is durable.

    A CloudEvent may come structured, in binary mode (`ce-` headers) or in a batch, which is stored
    whole or not at all. An event of ours comes alone, or one on each line of a stream of any
    length. Sent again with the same id, a fact gives its first receipt; with other content it is
    refused, and the conflict is recorded.
    """
    form = form_of(request.headers)
    if form == "lines":
        return await receive_lines(request, context, caller)
    reading = reading_of(context, caller, request.headers)
    body = await read_body(request, context.settings.most_body_bytes)
    items = None
    try:
        if len(body) <= SMALL_BYTES:
            sent = read_sent(form, reading, body)
        else:
            sent = await writing(context, read_sent, form, reading, body)
        items = len(sent.events)
        return await _recorded(context, caller, sent)
    except RecordingRefused as error:
        if not _is_told(error, form):
            await record_refused(
                context,
                caller,
                format_name=_FORMAT_NAMES.get(form, "cloudevents"),
                reasons=reasons_of(error),
                payload=body,
                items=items,
            )
        raise


async def _recorded(context: Context, caller: Caller, sent: Sent) -> Response:
    try:
        receipts = (
            await append(context, caller, sent.events, asked=caller.asked) if sent.events else []
        )
    except (BatchRefused, MalformedEvent, EventIdReused) as error:
        raise _in_place(error, sent) from error
    told = [
        receipt_document(receipt, kind_of(event)) | ({"warnings": warnings} if warnings else {})
        for event, receipt, warnings in zip(sent.events, receipts, sent.warnings, strict=True)
    ]
    is_new = any(not receipt.duplicate for receipt in receipts)
    answer = told if sent.form == "batch" else told[0]
    return Response(encode_json(answer), 201 if is_new else 200, media_type=JSON)


def _in_place(
    error: BatchRefused | MalformedEvent | EventIdReused, sent: Sent
) -> BatchRefused | EventIdReused:
    """An error about events, as it is about what was sent."""
    is_batch = sent.form == "batch"
    at = f"/{error.place}" if is_batch and error.place is not None else ""
    if isinstance(error, MalformedEvent):
        return BatchRefused([fault_of(error, sent.form, at)])
    if is_batch:
        return error
    if isinstance(error, EventIdReused):
        return EventIdReused(error.event_id, error.index, error.conflict_index)
    return BatchRefused([Fault("", each.expected, each.found) for each in error.faults])


def _is_told(error: RecordingRefused, form: Form) -> bool:
    """Whether a record tells of a refusal already.

    Of a batch that one conflict keeps out, the other events stand nowhere but in what is kept.
    """
    return isinstance(error, NotAuthorised) or (
        isinstance(error, EventIdReused) and form != "batch"
    )
