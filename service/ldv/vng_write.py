"""`/verwerkingsacties`: acts that clients register, change and withdraw; every change is an event.

An act keeps its id for good. Registering it anew brings new lines in place of the old ones, which
stay in the log; a change of its terms or a withdrawal leaves its lines as they are.

Source: VNG Verwerkingenlogging 0.9.0, `vng-write.yaml`, its additional specification, and decision
B3891.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from msgspec import UNSET
from msgspec.structs import replace
from starlette.responses import Response
from uuid_utils.compat import uuid7

from formats.vng.bodies import CONFIDENTIALITY, SentAct, read_new_act, read_terms, read_whole_act
from formats.vng.documents import Place, act_document, echoed
from formats.vng.events import PARSER, ActPlace, OldLine, act_events, as_sent
from ledger.errors import FormatError, MalformedEvent, NotAuthorised, NotFound, RecordingRefused
from ledger.events.processing import ProcessingTermsChanged, ProcessingWithdrawn
from projections.processing.asking import LineRow
from projections.processing.line_ids import line_id
from service.access.caller import Caller
from service.access.guard import asked_of
from service.context import Context, ContextOf
from service.intake.appending import append
from service.intake.idempotency import key_of
from service.intake.refused import record_refused
from service.ldv.act_ids import ActIds, fresh_ids, ids_of_new
from service.ldv.acts import ActFound, acts_in_processing, find_act
from service.ldv.asked_person import UUID_TEXT, IdInPath, base_url
from service.ldv.bodies import json_body
from service.ldv.dialects import VNG, answer_json, refused_parameter
from service.ldv.opening import Purpose, opened_lines
from service.ldv.scopes import (
    ReaderOf,
    WriterOf,
    refused,
    require_confidential,
    require_own,
)
from service.queries.truth import truth_of
from service.threads import reading

router: Final = APIRouter(route_class=VNG.route_class(), include_in_schema=False)

_NO_CONTENT: Final = 204


@router.post("/verwerkingsacties", status_code=201)
async def register_act(request: Request, context: ContextOf, caller: WriterOf) -> Response:
    """Registers an act; answered when it is durable."""
    body, key = await json_body(context, request), key_of(request.headers)
    async with refusals_kept(context, caller, body):
        act = read_new_act(body)
        await _require_terms(context, caller, request, act)
        ids = await reading(context, ids_of_new, context.ledger, caller, act, key)
        document = await _recorded(context, caller, request, act, ids, system=None)
    return answer_json(document, {"Location": document["url"]}, status=201)


@router.put("/verwerkingsacties/{actieId}")
async def register_anew(
    request: Request,
    context: ContextOf,
    caller: WriterOf,
    actieId: IdInPath,  # noqa: N803 - as the document names it
) -> Response:
    """Registers an act anew as a whole."""
    body = await json_body(context, request)
    async with refusals_kept(context, caller, body):
        act = read_whole_act(body)
        known = await _known(context, actieId)
        await _require_change(context, caller, request, known)
        await _require_terms(context, caller, request, act)
        ids = fresh_ids(context.ledger, _place_of(known))
        document = await _recorded(context, caller, request, act, ids, system=known.row.system)
    return answer_json(document)


@router.patch("/verwerkingsacties", status_code=_NO_CONTENT)
async def change_terms(
    request: Request,
    context: ContextOf,
    caller: WriterOf,
    processing_id: Annotated[str, Query(alias="verwerkingId", pattern=UUID_TEXT)],
) -> Response:
    """Changes the terms of every act of one processing."""
    body = await json_body(context, request)
    async with refusals_kept(context, caller, body):
        sent = read_terms(body)
    if sent.vertrouwelijkheid is not UNSET:
        await require_confidential(context, caller, request)
    found = await reading(context, acts_in_processing, context.ledger, UUID(processing_id))
    if not found:
        raise refused_parameter("verwerkingId", "a processing whose acts are shown", "none")
    for known in found:
        await _require_change(context, caller, request, known)
    now = context.ledger.clock()
    changes = [
        ProcessingTermsChanged(
            event_id=uuid7(),
            occurred_at=now,
            parser=PARSER,
            system=known.row.system,
            action_id=UUID(known.terms.entity),
            confidentiality=None
            if sent.vertrouwelijkheid is UNSET
            else CONFIDENTIALITY[sent.vertrouwelijkheid],
            shown_for=None if sent.bewaartermijn is UNSET else sent.bewaartermijn,
        )
        for known in found
    ]
    if sent.vertrouwelijkheid is not UNSET or sent.bewaartermijn is not UNSET:
        await append(context, caller, changes, asked=asked_of(request))
    return Response(status_code=_NO_CONTENT)


@router.delete("/verwerkingsacties/{actieId}", status_code=_NO_CONTENT)
async def withdraw_act(
    request: Request,
    context: ContextOf,
    caller: WriterOf,
    actieId: IdInPath,  # noqa: N803 - as the document names it
) -> Response:
    """Withdraws an act: nobody is shown it any more, and nothing is erased."""
    known = await _known(context, actieId)
    await _require_change(context, caller, request, known)
    withdrawn = ProcessingWithdrawn(
        event_id=uuid7(),
        occurred_at=context.ledger.clock(),
        parser=PARSER,
        system=known.row.system,
        action_id=UUID(known.terms.entity),
    )
    await append(context, caller, [withdrawn], asked=asked_of(request))
    return Response(status_code=_NO_CONTENT)


@router.get("/verwerkingsacties/{actieId}")
async def one_act(
    request: Request,
    context: ContextOf,
    caller: ReaderOf,
    actieId: IdInPath,  # noqa: N803 - as the document names it
    purpose: Purpose = None,
) -> Response:
    """One act with its people."""
    truth = await reading(context, truth_of, context.ledger)
    found = await reading(context, find_act, context.ledger, UUID(actieId), truth.size)
    if found is None:
        raise NotFound("actieId: expected the id of an act that is shown, found none")
    if found.terms.confidentiality != "normal":
        await require_confidential(context, caller, request)
    lines = await opened_lines(
        context,
        caller,
        question=f"verwerkingsacties id={actieId.lower()}",
        indexes=found.indexes(),
        purpose=purpose,
    )
    place = Place(url=base_url(context, request), oin=context.settings.organisation_oin)
    return answer_json(act_document(found.opened(lines), place), truth.headers)


async def _recorded(
    context: Context,
    caller: Caller,
    request: Request,
    act: SentAct,
    ids: ActIds,
    *,
    system: str | None,
) -> dict[str, Any]:
    """The act as it was registered, durable."""
    ledger = context.ledger
    place = ids.place
    events, spans = act_events(act, place, ids.fresh, ids.now)
    if system is not None:
        events = [replace(each, system=system) for each in events]
    try:
        receipts = await append(context, caller, events, asked=asked_of(request))
    except MalformedEvent as error:
        raise as_sent(error) from None
    objects = [str(line_id(ledger.origin, place.trace_id, span)) for span in spans]
    recorded_at = receipts[0].recorded_at or ledger.clock()
    return echoed(act, str(place.act_id), objects, recorded_at, base_url(context, request))


async def _known(context: Context, act_id: str) -> ActFound:
    """The act that is to be changed.

    Raises:
        QuestionRefused: there is none, or it is shown no more.
    """
    found = await reading(context, find_act, context.ledger, UUID(act_id))
    if found is None:
        raise refused_parameter("actieId", "the id of an act that is shown", "none", "path")
    return found


async def _require_terms(context: Context, caller: Caller, request: Request, act: SentAct) -> None:
    """Passes if the caller may register an act under these terms."""
    if act.vertrouwelijkheid == "opgeheven":
        raise await refused(
            context,
            caller,
            request,
            "lifted-by-registration",
            "vertrouwelijkheid: expected normaal or vertrouwelijk, found opgeheven, which only a "
            "change of terms may say",
        )
    if act.vertrouwelijkheid != "normaal":
        await require_confidential(context, caller, request)


async def _require_change(
    context: Context, caller: Caller, request: Request, known: ActFound
) -> None:
    """Passes if the caller may change an act."""
    await require_own(context, caller, request, known.row.system)
    if known.terms.confidentiality != "normal":
        await require_confidential(context, caller, request)


def _place_of(known: ActFound) -> ActPlace:
    objects = known.objects if known.terms.is_registered else ()
    return ActPlace(
        act_id=UUID(known.terms.entity),
        trace_id=known.row.trace_id,
        span_id=known.row.span_id,
        old=_old(known.row),
        old_objects=[_old(each) for each in objects if each.idx != known.row.idx],
    )


@asynccontextmanager
async def refusals_kept(context: Context, caller: Caller, body: bytes) -> AsyncIterator[None]:
    """What is wrong with a body is recorded, and the body kept for the operator."""
    try:
        yield
    except NotAuthorised:
        raise  # recorded where it was found
    except (FormatError, RecordingRefused) as error:
        await record_refused(context, caller, format_name="vng", reasons=[str(error)], payload=body)
        raise


def _old(row: LineRow) -> OldLine:
    return OldLine(row.line_id, UUID(row.event_id), row.span_id)
