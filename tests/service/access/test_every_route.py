"""No route can be reached by somebody who did not prove who they are, unless it is named."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts

from service.access.every_route import PUBLIC, is_public, permissions_of, require_guarded
from service.app import ROUTERS, create_app
from service.context import Context
from service.page.routes import page_paths
from tests.served import client_of, served_context

pytestmark = pytest.mark.usefixtures("as_installed")


def _routes(app: FastAPI) -> list[tuple[str, str]]:
    return [
        (str(each.path_format), method)
        for each in iter_route_contexts(app.routes)
        for method in each.methods or ("GET",)
    ]


def test_every_route_refuses_a_stranger_or_is_named(tmp_path: Path) -> None:
    """A route that somebody forgot to guard would give the log to everybody."""
    with served_context(tmp_path) as context:
        client = client_of(context)
        routes = _routes(create_app(context))
        assert len(routes) > len(ROUTERS)
        closed = [(path, method) for path, method in routes if not is_public(path)]
        assert closed
        for path, method in closed:
            there = re.sub(r"{[^}]*}", "1", path)
            answer = client.request(method, there, follow_redirects=False)
            if path in page_paths() and method == "GET":  # a page leads to its door
                assert answer.status_code == 303, (path, answer.text)
                assert answer.headers["location"] == f"/login?next={quote(there, safe='')}"
                continue
            assert answer.status_code == 401, (path, method, answer.text)
            assert answer.headers["www-authenticate"] == 'Bearer realm="zegel"'


def test_every_route_refuses_who_has_no_role(tmp_path: Path) -> None:
    """Whoever the issuer knows could read the log without a role in it."""
    with served_context(tmp_path) as context:
        client = client_of(context)
        client.headers["Authorization"] = "Bearer nobody"
        app = create_app(context)
        for path, method in permissions_of(app):
            there = re.sub(r"{[^}]*}", "1", path)
            answer = client.request(method.upper(), there, follow_redirects=False)
            if path in page_paths() and method == "get":
                assert answer.status_code == 303, (path, answer.text)
                assert answer.headers["location"].startswith("/login?next=")
                continue
            assert answer.status_code in {401, 403}, (path, method, answer.text)


def test_what_is_named_public_has_no_guard(tmp_path: Path) -> None:
    """An auditor without a login could not check the log."""
    with served_context(tmp_path) as context:
        guarded = permissions_of(create_app(context))
        assert not [path for path, _ in guarded if is_public(path)]


def test_an_application_with_an_open_route_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new route without a guard would be noticed by whoever finds it first."""
    router = APIRouter()

    @router.get("/v1/forgotten")
    async def forgotten() -> str:
        return "everything"

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router)
    with pytest.raises(RuntimeError, match="/v1/forgotten"):
        require_guarded(app)
    monkeypatch.setattr("service.app.ROUTERS", (router,))
    with served_context(tmp_path) as context, pytest.raises(RuntimeError, match="forgotten"):
        _started(context)


def _started(context: Context) -> FastAPI:
    return create_app(context)


@pytest.mark.parametrize("path", ["/v1/events", "/v1/proofs", "/metrics", "/tiles", "/"])
def test_only_what_is_named_is_public(path: str) -> None:
    """A path that merely looks like a public one would be open."""
    assert not is_public(path)


def test_no_public_path_tells_of_people() -> None:
    """Somebody could add a query to the list as if it were evidence."""
    assert not {path for path in PUBLIC if "events" in path or "views" in path}
