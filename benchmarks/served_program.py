"""The server of one side, a process of its own: the real one, or one with an idle handler.

Usage: served_program HOME DATABASE (store|nothing|pages); the port is printed once it listens.
Views are kept in step by the service itself only where pages are shown.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from ledger.home import Home
from ledger.serve_settings import ServeSettings
from service import app, server
from service.access.caller import Caller
from service.access.guard import allowed

_ANSWER: Final = (
    b'{"index":2,"kind":"access.used.v1","event_id":"fa86c70f-9495-880f-95ef-cd0aa6a7e56e",'
    b'"leaf_hash":"0f578a1238065bb3585a2c7f285ea565ab2b589ffedc68e6c5fb97711b88da29",'
    b'"recorded_at":"2026-11-22T11:42:43.761663Z","version":1,"duplicate":false}'
)


_IDLE: Final = APIRouter()


@_IDLE.post("/v1/events")
async def nothing(
    request: Request, _caller: Annotated[Caller, Depends(allowed("record"))]
) -> Response:
    """Takes the same request of the same caller, and answers as if it had been stored."""
    await request.body()
    return Response(_ANSWER, 201, media_type="application/json")


def main(arguments: list[str]) -> None:
    """Serves until SIGTERM."""
    home, database, side = arguments[:3]
    if side == "nothing":
        vars(app)["ROUTERS"] = (_IDLE, *app.ROUTERS)  # the first that fits answers
    settings = replace(
        ServeSettings(),
        port=0,
        grpc_port=None,
        requests_per_minute=10_000_000,
        seal=False,
        verify=False,
        project=side == "pages",
    )
    server.serve(Home(Path(home)), settings, _announce, database=database)


def _announce(listening: server.Listening) -> None:
    print(listening.http[0].rpartition(":")[2], flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
