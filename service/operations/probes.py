"""Whether the service lives and is ready, for whoever runs it; public, at constant cost.

`/livez` and `/healthz` say that the process answers. `/readyz` makes every check, and is 503 while
one fails: the service is not ready to vouch for the log. `/readyz/intake` asks only for what
recording needs, for load balancers before senders: facts are taken even while evidence is broken
or views are late, for what is not recorded now is lost.
"""

import time
from typing import Any, Final

from anyio import CapacityLimiter, move_on_after, to_thread
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from service.context import Context, ContextOf
from service.operations.checks import NEEDED, Check, checked

router: Final = APIRouter(tags=["operations"])

FRESH_S: Final = 1.0
"""How long an answer is given again: nobody can keep the database busy by asking."""
PATIENCE_S: Final = 5.0
_HEADERS: Final = {"Cache-Control": "no-store"}
_NOT_READY: Final[dict[int | str, dict[str, Any]]] = {
    503: {
        "description": "It is not; `failing` names the checks.",
        "content": {"application/json": {}},
    }
}


@router.get("/livez", summary="Whether the process answers.")
@router.get("/healthz", summary="Whether the process answers.")
async def lives() -> Response:
    """Always the same; that it comes is the answer."""
    return JSONResponse({"status": "alive"}, headers=_HEADERS)


@router.get(
    "/readyz", summary="Whether the service is ready, with every check.", responses=_NOT_READY
)
async def ready(context: ContextOf) -> Response:
    """200 when every check holds, otherwise 503; what each found stands in the answer."""
    return await _answer(context, frozenset())


@router.get("/readyz/intake", summary="Whether facts can be recorded.", responses=_NOT_READY)
async def ready_for_intake(context: ContextOf) -> Response:
    """200 when what recording needs is there, otherwise 503."""
    return await _answer(context, NEEDED)


async def _answer(context: Context, needed: frozenset[str]) -> Response:
    checks = await _recent(context)
    chosen = {name: check for name, check in checks.items() if not needed or name in needed}
    failed = [name for name, check in chosen.items() if not check.holds]
    stopping = context.operations.stopping.is_set()
    document: dict[str, Any] = {
        "status": "stopping" if stopping else "failing" if failed else "ready",
        "failing": failed,
        "checks": {name: {"holds": check.holds, **check.found} for name, check in chosen.items()},
    }
    return JSONResponse(document, 503 if failed or stopping else 200, _HEADERS)


async def _recent(context: Context) -> dict[str, Check]:
    known = context.operations.checked
    async with known.one_at_a_time:
        if time.monotonic() - known.at > FRESH_S:
            found = {"database": Check(holds=False, found={"error": "TimeoutError"})}
            with move_on_after(PATIENCE_S):
                found = await to_thread.run_sync(
                    checked, context, abandon_on_cancel=True, limiter=CapacityLimiter(1)
                )
            known.found, known.at = found, time.monotonic()
    return known.found
