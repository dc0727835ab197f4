"""Every route of the page, in one list."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts

from service.page import about, assets, choosing
from service.page.access import issuer_login, login
from service.page.breaches import file_routes as breach_files
from service.page.breaches import routes as breaches
from service.page.history import routes as history
from service.page.nav import PAGES
from service.page.overview import routes as overview
from service.page.record import routes as record
from service.page.refusals import page_refusal
from service.page.steps import routes as steps
from service.page.verification import routes as verification
from service.page.views import promises, register, requests, tables
from service.problems import BROWSERS, RefusalForm

ROUTERS: Final[tuple[APIRouter, ...]] = (
    assets.router,
    choosing.router,
    about.router,
    login.router,
    issuer_login.router,
    steps.router,  # before the pages of cases: `new` is no case
    overview.router,
    history.router,
    record.router,
    verification.router,
    tables.router,
    register.router,
    promises.router,
    requests.router,
    breaches.router,
    breach_files.router,
)


def page_paths() -> frozenset[str]:
    """The templates of the paths of every page, as routes of the application have them."""
    return frozenset(
        str(context.path_format)
        for router in ROUTERS
        for context in iter_route_contexts(router.routes)
    )


_OTHERS: Final = (BROWSERS, "/login", "/logout", "/language", "/accessibility")
REFUSAL_FORMS: Final[Mapping[str, RefusalForm]] = dict.fromkeys(
    (*(page.path for page in PAGES), *_OTHERS), page_refusal
)
"""By the first part of their path; also for browsers that ask for what is no route."""
