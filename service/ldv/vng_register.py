"""`/verwerkingsactiviteiten`: the register of processing activities as it stands now.

Served from the register of art. 30. Without the number of the organisation in the settings there is
no answer that keeps to the document, and so there is none.

Source: VNG Verwerkingenlogging, `vng-var.yaml` 0.1.0; RFC 9110 §8.8.3 (ETag), §13.1.2
(If-None-Match).
"""

from hashlib import sha256
from typing import Annotated, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from formats.vng.register import activity_document, activity_uuid
from ledger.errors import NotFound
from ledger.units import Size
from projections.art30.content import Register
from projections.art30.reading import read_register, register_records
from projections.cases.reading import Moment
from service.access.caller import Caller
from service.context import Context, ContextOf
from service.ldv.asked_person import IdInPath, PageNumber, paged
from service.ldv.dialects import VNG_REGISTER, answer_json
from service.ldv.opening import Purpose, told_reading
from service.ldv.scopes import ReaderOf
from service.queries.truth import truth_of
from service.threads import reading

router: Final = APIRouter(route_class=VNG_REGISTER.route_class(), include_in_schema=False)

IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match")]


@router.get("/verwerkingsactiviteiten")
async def activities(
    request: Request,
    context: ContextOf,
    caller: ReaderOf,
    page: PageNumber = 1,
    purpose: Purpose = None,
) -> Response:
    """Every activity in force, in the order of the register."""
    oin = _oin(context)
    truth = await reading(context, truth_of, context.ledger)
    register = await _register(context, caller, "verwerkingsactiviteiten", truth.size, purpose)
    some, around = paged(context, request, register.activities, page)
    results = [activity_document(each, oin) for each in some]
    return answer_json({**around, "results": results}, truth.headers)


@router.get("/verwerkingsactiviteit/{actieId}")
async def one_activity(
    context: ContextOf,
    caller: ReaderOf,
    actieId: IdInPath,  # noqa: N803 - as the document names it
    known: IfNoneMatch = None,
    purpose: Purpose = None,
) -> Response:
    """One activity in force."""
    oin, wanted = _oin(context), UUID(actieId)
    question = f"verwerkingsactiviteit id={wanted}"
    truth = await reading(context, truth_of, context.ledger)
    register = await _register(context, caller, question, truth.size, purpose)
    found = next(
        (each for each in register.activities if activity_uuid(each.activity) == wanted), None
    )
    if found is None:
        raise NotFound("actieId: expected the id of an activity in force, found none")
    document = activity_document(found, oin)
    tag = f'"{sha256(msgspec.json.encode(document)).hexdigest()[:32]}"'
    if _matches(known, tag):
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "no-store"})
    return answer_json(document, {"ETag": tag, **truth.headers})


async def _register(
    context: Context, caller: Caller, question: str, size: Size, purpose: str | None
) -> Register:
    """The register, after the reading of it was recorded."""
    ledger = context.ledger
    moment = Moment(as_of=ledger.clock(), known_size=size)
    rows = await reading(context, register_records, ledger, moment)
    opening = await told_reading(
        context,
        caller,
        question=question,
        indexes=[int(row.index) for row in rows],
        purpose=purpose,
    )
    return await reading(context, read_register, ledger, moment, identities=opening)


def _oin(context: Context) -> str:
    oin = context.settings.organisation_oin
    if oin is None:
        raise NotFound("organisation_oin: expected it in the settings of the service, found none")
    return oin


def _matches(known: str | None, tag: str) -> bool:
    if known is None:
        return False
    tags = {each.strip().removeprefix("W/") for each in known.split(",")}
    return "*" in tags or tag in tags
