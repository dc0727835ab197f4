"""Lets a request pass only with the permission that its route needs; deny by default.

Whoever is refused is told so only after the refusal was counted (`service.access.refusals`).
"""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

from fastapi import Request

from ledger.errors import NotAuthenticated, NotAuthorised
from ledger.own_records import SERVICE
from service.access.caller import Caller, Permission
from service.access.refusals import Refusal
from service.context import Context, ContextOf
from service.threads import writing

_BETWEEN: Final = re.compile(r"[^a-z0-9]+")
_MOST_RESOURCE: Final = 128
_PEER: Final = re.compile(r"ipv[46]:(?P<host>.+):[0-9]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a request besides its headers; told by what refuses it."""

    place: str = ""
    """The route or service that was asked for: `/v1/proofs/{index}`."""
    address: str | None = None
    """From where."""

    @property
    def resource(self) -> str:
        """The place as a name of the catalogue: `zegel/service/v1/proofs/index`."""
        words = [_BETWEEN.sub("-", part).strip("-") for part in self.place.lower().split("/")]
        return "/".join([SERVICE, *(word for word in words if word)])[:_MOST_RESOURCE].rstrip("/-")

    @property
    def origin(self) -> str | None:
        """The address as the log names it; `None` where it is none."""
        try:
            return None if self.address is None else f"ip:{ip_address(self.address)}"
        except ValueError:  # a socket without addresses, or a client of a test
            return None


def asked_over_grpc(service: str, peer: str) -> Asked:
    """What gRPC says of a call.

    Args:
        service: The name of the service that was called.
        peer: From where, such as `ipv4:192.0.2.7:5000` or `ipv6:%5B::1%5D:5000`.
    """
    matched = _PEER.fullmatch(peer)
    host = None if matched is None else matched["host"].strip("[]")
    if host is not None:
        host = host.removeprefix("%5B").removesuffix("%5D")
    return Asked(f"grpc/{service}", host)


def allowed(permission: Permission) -> Callable[..., Coroutine[Any, Any, Caller]]:
    """A dependency that gives the caller of a request who may do this.

    It raises `NotAuthenticated` or `NotAuthorised`, and the refusal is recorded.
    """

    async def caller_of(request: Request, context: ContextOf) -> Caller:
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await writing(
            context, require, context, headers, permission, asked=asked_of(request)
        )

    return caller_of


def asked_of(request: Request) -> Asked:
    """What is known of a request besides its headers."""
    place = getattr(request.scope.get("route"), "path", "")
    return Asked(str(place), None if request.client is None else request.client.host)


def require(
    context: Context, headers: dict[str, str], permission: Permission, *, asked: Asked = Asked()
) -> Caller:
    """The caller whom the headers prove, if they may do this; blocking.

    Raises:
        NotAuthenticated: they prove nobody; recorded.
        NotAuthorised: the caller may not; recorded.
    """
    try:
        caller = context.authenticate(headers)
    except NotAuthenticated as error:
        context.refusals.note(
            Refusal(
                resource=asked.resource,
                act=permission,
                reason=error.reason,
                identity=error.identity,
                is_program=error.method == "api-key",
                origin=asked.origin,
                method=error.method,
                key_id=error.key_id,
            )
        )
        raise
    _require(context, caller, permission, asked)
    return caller


async def require_permission(
    context: Context, caller: Caller, permission: Permission, *, asked: Asked = Asked()
) -> None:
    """Passes if a caller who was let in may also do this, such as see identities.

    Raises:
        NotAuthorised: they may not; recorded.
    """
    await writing(context, _require, context, caller, permission, asked)


def note_refusal(
    context: Context, caller: Caller, *, act: str, reason: str, asked: Asked = Asked()
) -> None:
    """Records that a caller was refused; blocking.

    Args:
        context: What is served.
        caller: Who.
        act: What they wanted: a permission.
        reason: One word for why they may not.
        asked: Where.
    """
    context.refusals.note(
        Refusal(
            resource=asked.resource,
            act=act,
            reason=reason,
            identity=caller.identity,
            is_program=caller.is_program,
            origin=asked.origin,
            method="api-key" if caller.is_program else "single-sign-on",
        )
    )


def _require(context: Context, caller: Caller, permission: Permission, asked: Asked) -> None:
    if caller.may(permission):
        return
    note_refusal(context, caller, act=permission, reason="no-permission", asked=asked)
    found = ", ".join(sorted(caller.roles)) or "none"
    raise NotAuthorised(f"expected the permission {permission}, found the roles {found}")
