"""`/accessibility`: how well everybody can use the page, and what to do where one cannot."""

from typing import Final

from babel.dates import get_timezone
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from service.page.environment import environment
from service.page.security import PAGE_HEADERS
from service.page.visit import frame_of, language_of

router: Final = APIRouter(include_in_schema=False)


@router.get("/accessibility")
async def tell_accessibility(request: Request) -> Response:
    """The statement, for everybody.

    Source: Besluit digitale toegankelijkheid overheid, article 4; EN 301 549.
    """
    language = language_of(request)
    page = environment(language, get_timezone("UTC")).get_template("about/accessibility.html")
    return HTMLResponse(page.render(frame_of(request, language)), headers=PAGE_HEADERS)
