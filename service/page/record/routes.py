"""`/history/{index}`: one record with everything that the log knows of it, and its proof."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ledger.errors import BadRequest
from ledger.named_record import find_record
from ledger.reading import Opening
from ledger.stored import StoredRecord, stored_bytes
from service.access.consulting import consulted
from service.page.disclosing import Asking, asking, opened_for
from service.page.forms import read_form
from service.page.record.told import told_record
from service.page.security import PAGE_HEADERS
from service.page.visit import Visit, visiting
from service.threads import reading

router: Final = APIRouter(include_in_schema=False)

_BAD_REQUEST: Final = 400
_LONGEST_INDEX: Final = 17
"""Digits; more than any index has, and fewer than a database refuses."""

VisitToProve = Annotated[Visit, Depends(visiting("prove"))]
"""Who may read the log may see proofs too; who may see proofs alone is shown no tokens."""


@router.get("/history/{index:int}")
async def show_record(visit: VisitToProve, index: int) -> Response:
    """One record by tokens, compared with its neighbours, with the proof that it is in the log."""
    stored = await _found(visit, index)
    await consulted(visit.context, visit.caller, question=_question(stored), records=1)
    return await _shown(visit, stored, asking(visit, _action(stored)))


@router.post("/history/{index:int}/identities")
async def show_identities(visit: VisitToProve, index: int) -> Response:
    """The same with the identities in it, to somebody who said what for; never kept in a URL."""
    form = await read_form(visit)
    stored = await _found(visit, index)
    try:
        opening = await opened_for(visit, form, question=_question(stored), rows=lambda: [stored])
    except BadRequest as error:
        await consulted(visit.context, visit.caller, question=_question(stored), records=1)
        again = asking(visit, _action(stored), form, error)
        return await _shown(visit, stored, again, status=_BAD_REQUEST)
    return await _shown(visit, stored, None, opening=opening)


@router.get("/history/{event_id:uuid}")
async def find_event(visit: VisitToProve, event_id: UUID) -> Response:
    """Leads to the record of an event id."""
    stored = await reading(visit.context, find_record, visit.context.ledger, str(event_id))
    return visit.see_other(f"/history/{stored.index}")


@router.get("/history/{index:int}/sealed")
async def give_sealed(visit: VisitToProve, index: int) -> Response:
    """The sealed bytes as a file: what leaf hash and proof are about."""
    stored = await _found(visit, index)
    await consulted(
        visit.context, visit.caller, question=f"{_question(stored)}: sealed bytes", records=1
    )
    return Response(
        stored_bytes(stored.sealed),
        media_type="application/octet-stream",
        headers={
            **PAGE_HEADERS,
            "Content-Disposition": f'attachment; filename="{stored.index}.record"',
        },
    )


async def _found(visit: Visit, index: int) -> StoredRecord:
    place = str(index)
    if len(place) > _LONGEST_INDEX:
        raise BadRequest(f"record: expected an index, found a number of {len(place)} digits")
    return await reading(visit.context, find_record, visit.context.ledger, place)


async def _shown(
    visit: Visit,
    stored: StoredRecord,
    form: Asking | None,
    *,
    opening: Opening | None = None,
    status: int = 200,
) -> Response:
    told = await reading(visit.context, told_record, visit, stored, opening)
    return await visit.show(
        "record/record.html", status=status, told=told, asking=form, opening=opening
    )


def _question(stored: StoredRecord) -> str:
    return f"GET /history: record {stored.index}"


def _action(stored: StoredRecord) -> str:
    return f"/history/{stored.index}/identities"
