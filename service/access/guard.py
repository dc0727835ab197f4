"""Lets a request pass only with the permission that its route needs; deny by default.

Whoever is refused is told so only after the refusal was counted (`service.access.refusals`).
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import Headers

from ledger.errors import NotAuthenticated, NotAuthorised
from service.access.asked import Asked
from service.access.caller import Caller, Permission
from service.access.credentials import shows_api_key
from service.access.refusals import Refusal
from service.context import Context, ContextOf
from service.threads import writing

CALLER_IS_KNOWN: Final = "zegel.caller_is_known"
"""Set in the scope of a request once its credentials proved somebody, whatever they may do."""

_NOT_TOLD: Final = Asked()


def allowed(permission: Permission) -> Callable[..., Coroutine[Any, Any, Caller]]:
    """A dependency that gives the caller of a request who may do this.

    It raises `NotAuthenticated` or `NotAuthorised`, and the refusal is recorded.
    """

    async def caller_of(request: Request, context: ContextOf) -> Caller:
        try:
            caller = await proved_again(request, context, permission)
        except NotAuthorised:
            request.scope[CALLER_IS_KNOWN] = True
            raise
        request.scope[CALLER_IS_KNOWN] = True
        return caller

    return caller_of


async def proved_again(request: Request, context: Context, permission: Permission) -> Caller:
    """The caller of a request as they are now: one that lasts must not outlive its key.

    Raises:
        NotAuthenticated: they prove nobody any more; recorded.
        NotAuthorised: they may not any more; recorded.
    """
    return await proved(context, _combined(request.headers), permission, asked=asked_of(request))


async def proved(
    context: Context, headers: dict[str, str], permission: Permission, *, asked: Asked
) -> Caller:
    """As `require`, where those who show API keys at the same time share a look at the grants.

    Raises:
        NotAuthenticated: they prove nobody; recorded.
        NotAuthorised: the caller may not; recorded.
    """
    if not shows_api_key(headers):  # whoever vouches for a token may be asked over the network
        return await writing(context, require, context, headers, permission, asked=asked)
    try:
        caller = await context.proofs.ask(headers)
    except NotAuthenticated as error:
        await writing(context, note_unproven, context, error, act=permission, asked=asked)
        raise
    caller = replace(caller, asked=asked)
    if not caller.may(permission):
        await writing(context, _require, context, caller, permission, asked)
    return caller


def _combined(headers: Headers) -> dict[str, str]:
    """The headers by lower-case name; what came twice stands side by side, so none is passed over.

    Source: RFC 9110 §5.3.
    """
    found: dict[str, str] = {}
    for raw_name, raw in headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw.decode("latin-1")
        known = found.get(name)
        found[name] = value if known is None else f"{known}, {value}"
    return found


def asked_of(request: Request) -> Asked:
    """What is known of a request besides its headers."""
    place = getattr(request.scope.get("route"), "path", "")
    return Asked(str(place), None if request.client is None else request.client.host)


def require(
    context: Context, headers: dict[str, str], permission: Permission, *, asked: Asked = _NOT_TOLD
) -> Caller:
    """The caller whom the headers prove, if they may do this; blocking.

    Raises:
        NotAuthenticated: they prove nobody; recorded.
        NotAuthorised: the caller may not; recorded.
    """
    try:
        caller = context.authenticate(headers)
    except NotAuthenticated as error:
        note_unproven(context, error, act=permission, asked=asked)
        raise
    caller = replace(caller, asked=asked)
    _require(context, caller, permission, asked)
    return caller


async def require_permission(
    context: Context, caller: Caller, permission: Permission, *, asked: Asked | None = None
) -> None:
    """Passes if a caller who was let in may also do this, such as see identities.

    Args:
        context: What is served.
        caller: Who.
        permission: What for.
        asked: Where, if not where they were let in.

    Raises:
        NotAuthorised: they may not; recorded.
    """
    await writing(context, _require, context, caller, permission, asked)


def note_refusal(
    context: Context, caller: Caller, *, act: str, reason: str, asked: Asked | None = None
) -> None:
    """Records that a caller was refused; blocking.

    Args:
        context: What is served.
        caller: Who.
        act: What they wanted: a permission.
        reason: One word for why they may not.
        asked: Where, if not where they were let in.
    """
    where = asked or caller.asked
    context.refusals.note(
        Refusal(
            resource=where.resource,
            act=act,
            reason=reason,
            identity=caller.identity,
            is_program=caller.is_program,
            origin=where.origin,
            method="api-key" if caller.is_program else "single-sign-on",
        )
    )


def note_unproven(context: Context, error: NotAuthenticated, *, act: str, asked: Asked) -> None:
    """Records that somebody could not prove who they are; blocking.

    Args:
        context: What is served.
        error: What they showed, as far as it is known.
        act: What they wanted: a permission.
        asked: Where.
    """
    context.refusals.note(
        Refusal(
            resource=asked.resource,
            act=act,
            reason=error.reason,
            identity=error.identity,
            is_program=error.method == "api-key",
            origin=asked.origin,
            method=error.method,
            key_id=error.key_id,
        )
    )


def _require(context: Context, caller: Caller, permission: Permission, asked: Asked | None) -> None:
    if caller.may(permission):
        return
    note_refusal(context, caller, act=permission, reason="no-permission", asked=asked)
    found = ", ".join(sorted(caller.roles)) or "none"
    raise NotAuthorised(f"expected the permission {permission}, found the roles {found}")
