"""`/verification`: how the log stands, whose keys sign it, and how anybody checks it themselves."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ledger.errors import BadRequest
from service.page.verification.signed import signed_state
from service.page.visit import Visit, visiting
from service.threads import reading

router: Final = APIRouter(include_in_schema=False)

VisitToProve = Annotated[Visit, Depends(visiting("prove"))]
_LONGEST_PLACE: Final = 64


@router.get("/verification")
async def show_verification(visit: VisitToProve) -> Response:
    """The newest checkpoint with its signatures, and what the browser verifies of it."""
    signed = await reading(visit.context, signed_state, visit)
    return await visit.show(
        "verification/verification.html",
        signed=signed,
        origin_url=str(visit.request.base_url).rstrip("/"),
    )


@router.get("/verification/record")
async def find_record_page(visit: VisitToProve, place: str) -> Response:
    """Leads to the page of a record, by index or event id."""
    typed = place.strip().removeprefix("@")
    if not typed or len(typed) > _LONGEST_PLACE or not typed.replace("-", "").isalnum():
        raise BadRequest("record: expected an index or an event id, found something else")
    return visit.see_other(f"/history/{typed}")
