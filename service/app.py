"""The application: every route, wired to one context."""

from typing import Final

from fastapi import APIRouter, FastAPI

from ledger import __version__
from service.api_document import install_api_document
from service.context import Context
from service.operations import probes
from service.problems import install_problems

DESCRIPTION: Final = (
    "Audit log of personal-data processing with verifiable history. An answer is given only when "
    "what it tells of is durable; every answer says up to which record and root it is true."
)

ROUTERS: Final[tuple[APIRouter, ...]] = (probes.router,)
"""In the order of the reference."""


def create_app(context: Context) -> FastAPI:
    """The application that serves one log."""
    app = FastAPI(
        title="Zegel",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # its page loads scripts from elsewhere; docs/reference/api.md is ours
        redoc_url=None,
        strict_content_type=False,  # each route says which media types it takes
    )
    app.state.context = context
    for router in ROUTERS:
        app.include_router(router)
    install_problems(app)
    install_api_document(app)
    return app
