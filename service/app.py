"""The application: every route, wired to one context."""

from typing import Final

from fastapi import APIRouter, FastAPI
from opentelemetry.sdk.trace import TracerProvider

from ledger import __version__
from service.access.code_flow import code_flow
from service.access.every_route import require_guarded
from service.api_document import install_api_document
from service.context import Context
from service.intake import events as sent_events
from service.intake import otlp_http
from service.ldv import dialects, lezen, vng_read, vng_register, vng_search, vng_write
from service.operations import metrics, probes
from service.operations.guarding import install_guards
from service.operations.tracing import telemetry_of
from service.page.routes import REFUSAL_FORMS as PAGE_REFUSALS
from service.page.routes import ROUTERS as PAGE_ROUTERS
from service.problems import install_problems
from service.proofs import mirror, proofs
from service.queries import breaches, clocks, events, promises, tail, views

DESCRIPTION: Final = (
    "Audit log of personal-data processing with verifiable history. An answer is given only when "
    "what it tells of is durable; every answer says up to which record and root it is true."
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    sent_events.router,  # what comes most often is found first
    otlp_http.router,
    lezen.router,
    vng_read.router,
    vng_search.router,
    vng_write.router,
    vng_register.router,
    probes.router,
    metrics.router,
    tail.router,  # before those whose paths would match it
    events.router,
    views.router,
    breaches.router,
    clocks.router,
    promises.router,
    mirror.router,
    proofs.router,
    *PAGE_ROUTERS,
)
"""In the order of the reference."""


def create_app(context: Context, *, tracer_provider: TracerProvider | None = None) -> FastAPI:
    """The application that serves one log; with a provider it traces its own work.

    Raises:
        BadRequest: the settings of the login at an issuer do not go together.
        StoreUnavailable: its secret cannot be read, or others can read it.
    """
    app = FastAPI(
        title="Zegel",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # its page loads scripts from elsewhere; docs/reference/api.md is ours
        redoc_url=None,
        redirect_slashes=False,  # it would send credentials on to whatever host a request names
        strict_content_type=False,  # each route says which media types it takes
        telemetry=telemetry_of(tracer_provider),
    )
    app.state.context = context
    app.state.code_flow = code_flow(context.settings, context.home.folder, context.ledger.clock)
    app.state.refusal_forms = {
        **otlp_http.REFUSAL_FORMS,
        **dialects.REFUSAL_FORMS,
        **PAGE_REFUSALS,
    }
    for router in ROUTERS:
        app.include_router(router)
    install_problems(app)
    install_guards(app, context)
    install_api_document(app)
    require_guarded(app)
    return app
