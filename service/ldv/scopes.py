"""The scopes of VNG as permissions of ours.

| scope | permission |
|---|---|
| `create:normal`, `update:normal`, `delete:normal` | `record` |
| `read:normal` | `read` |
| the same with `confidential` | `decide` beside it |

Source: VNG Verwerkingenlogging, `scopes.md` (`confidential` includes `normal`).
"""

from typing import Annotated

from fastapi import Depends, Request

from ledger.errors import NotAuthorised
from service.access.caller import Caller
from service.access.guard import allowed, asked_of, note_refusal, require_permission
from service.context import Context
from service.threads import writing

ReaderOf = Annotated[Caller, Depends(allowed("read"))]
"""Who has `read:normal`."""
WriterOf = Annotated[Caller, Depends(allowed("record"))]
"""Who has `create:normal`, `update:normal` and `delete:normal`."""


def has_confidential(caller: Caller) -> bool:
    """Whether the caller has the confidential scopes of what they may do at all."""
    return caller.may("decide")


async def require_confidential(context: Context, caller: Caller, request: Request) -> None:
    """Passes if the caller has the confidential scope.

    Raises:
        NotAuthorised: they have not; recorded.
    """
    await require_permission(context, caller, "decide", asked=asked_of(request))


async def require_own(
    context: Context, caller: Caller, request: Request, system: str | None
) -> None:
    """Passes unless an act is of a system that the caller does not speak for.

    Raises:
        NotAuthorised: it is; recorded.
    """
    if caller.systems is not None and system not in caller.systems:
        raise await refused(
            context,
            caller,
            request,
            "other-system",
            f"system: expected one of {', '.join(sorted(caller.systems))}, found {system}",
        )


async def refused(
    context: Context, caller: Caller, request: Request, reason: str, message: str
) -> NotAuthorised:
    """The refusal of what no role allows, recorded."""
    await writing(
        context,
        note_refusal,
        context,
        caller,
        act="record",
        reason=reason,
        asked=asked_of(request),
    )
    return NotAuthorised(message)
