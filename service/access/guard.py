"""Lets a request pass only with the permission that its route needs; deny by default."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request

from ledger.errors import NotAuthorised
from service.access.caller import Caller, Permission
from service.context import Context, ContextOf
from service.threads import writing


def allowed(permission: Permission) -> Callable[..., Coroutine[Any, Any, Caller]]:
    """A dependency that gives the caller of a request who may do this.

    It raises `NotAuthenticated` or `NotAuthorised`, and the refusal is recorded.
    """

    async def caller_of(request: Request, context: ContextOf) -> Caller:
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await writing(context, require, context, headers, permission)

    return caller_of


def require(context: Context, headers: dict[str, str], permission: Permission) -> Caller:
    """The caller whom the headers prove, if they may do this; blocking.

    Raises:
        NotAuthenticated: they prove nobody; recorded.
        NotAuthorised: the caller may not; recorded.
    """
    caller = context.authenticate(headers)
    _require(caller, permission)
    return caller


async def require_permission(context: Context, caller: Caller, permission: Permission) -> None:
    """Passes if a caller who was let in may also do this, such as see identities.

    Raises:
        NotAuthorised: they may not; recorded.
    """
    await writing(context, _require, caller, permission)


def _require(caller: Caller, permission: Permission) -> None:
    if not caller.may(permission):
        raise NotAuthorised(f"expected the permission {permission}, found {sorted(caller.roles)}")
