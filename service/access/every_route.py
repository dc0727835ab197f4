"""Deny by default: an application with a route that nobody guards does not start.

A route is guarded by `service.access.guard.allowed`; the few that need no login are named here, so
that a new one is a decision and not an oversight.
"""

from collections.abc import Iterator
from inspect import getclosurevars
from typing import Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

PUBLIC: Final = frozenset(
    {
        "/accessibility",
        "/checkpoint",
        "/healthz",
        "/language",
        "/livez",
        "/readyz",
        "/readyz/intake",
        "/static/{path}",
        "/v1/openapi.json",
        "/v1/proofs/consistency",
        "/v1/proofs/{index}",
    }
)
"""Templates of paths without login: evidence that holds no personal data, probes, the document.

Of the page: its style and scripts, its language, what it says about itself.
"""
DOOR: Final = frozenset({"/login", "/login/oidc", "/login/oidc/return", "/logout"})
"""Where people prove who they are: open to everybody, counted as other requests without login."""

_GUARDS: Final = frozenset({"service.access.guard", "service.page.visit"})
"""Whose functions let a caller pass; each has the variable `permission`."""

PUBLIC_TILES: Final = "/tile/"
"""How the paths of tiles begin, of hashes and of entries."""

Route = tuple[str, str]
"""Template of the path, and method in lower case."""


def is_public(path: str) -> bool:
    """Whether a template of a path is open to everybody."""
    return path in PUBLIC or path in DOOR or path.startswith(PUBLIC_TILES)


def permissions_of(app: FastAPI) -> dict[Route, str]:
    """The permission that each guarded route needs."""
    return {
        route: permission
        for route, dependant in _routes(app)
        if dependant is not None
        for permission in _permissions_in(dependant)
    }


def require_guarded(app: FastAPI) -> None:
    """Passes if every route is guarded, or named above.

    Raises:
        RuntimeError: a route is neither; a fault of the program.
    """
    guarded = permissions_of(app)
    open_routes = sorted(
        route for route, _ in _routes(app) if route not in guarded and not is_public(route[0])
    )
    if open_routes:
        raise RuntimeError(f"expected a guard before every route, found none before {open_routes}")


def _routes(app: FastAPI) -> Iterator[tuple[Route, Dependant | None]]:
    """Every route, by path and method; without a dependant where FastAPI does not know it."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        dependant = route.dependant if isinstance(route, APIRoute) else None
        for method in context.methods or ("any",):
            yield (str(context.path_format), method.lower()), dependant


def _permissions_in(dependant: Dependant) -> Iterator[str]:
    """What `allowed` was given, in a dependency or in one of its own."""
    for each in dependant.dependencies:
        if each.call is not None and each.call.__module__ in _GUARDS:
            yield getclosurevars(each.call).nonlocals["permission"]
        yield from _permissions_in(each)
