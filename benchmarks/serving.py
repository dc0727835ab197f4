"""Single appends over HTTP by many senders at once, each acknowledged after its durable commit.

Beside it stands the same server and the same request with a handler that stores nothing.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from benchmarks.comparison import Comparison
from benchmarks.databases import ORIGIN, Database, Place
from benchmarks.fields import fields
from benchmarks.measuring import Side, Work, in_turns
from benchmarks.senders import send_all
from ledger.api_keys import create_api_key
from ledger.home import Home
from ledger.roles import found_roles

OWNER: Final = "person:owner@example.nl"
SENDERS: Final = 64
WARM_UP: Final = 256
"""Requests before the timed ones: threads and connections are made then."""


def appends(database: Database, count: int, rounds: int) -> Comparison:
    """So many requests by 64 senders, with the loops of the service run apart."""
    sides = [
        Side("Zegel: durable, then acknowledged", lambda: _sending(database, "store", count)),
        Side("a handler that stores nothing", lambda: _sending(database, "nothing", count)),
    ]
    return Comparison(
        f"Single appends over HTTP, {SENDERS} senders, {count:,} requests, {database.name}",
        "requests/s",
        in_turns(sides, rounds),
    )


@contextmanager
def _sending(database: Database, side: str, count: int) -> Iterator[Work]:
    with database.fresh() as place:
        requests = list(_requests(_home_with_key(place), WARM_UP + count))
        program = [sys.executable, "-m", "benchmarks.served_program"]
        with subprocess.Popen(  # noqa: S603 - our own program
            [*program, str(place.folder / "home"), place.url, side],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None  # noqa: S101 - a pipe was asked for
                port = int(process.stdout.readline())
                send_all(port, requests[:WARM_UP], SENDERS)
                yield lambda: send_all(port, requests[WARM_UP:], SENDERS)
            finally:
                process.terminate()
                process.wait()


def _home_with_key(place: Place) -> str:
    """The secret of a key that may record in a fresh log."""
    ledger = Home(place.folder / "home").init(ORIGIN, database=place.url)
    found_roles(ledger, OWNER)
    secret, _ = create_api_key(ledger, "senders", frozenset({"recorder"}), by=OWNER)
    ledger.close()
    return secret


def _requests(secret: str, count: int) -> Iterator[bytes]:
    for number, values in enumerate(fields(count)):
        event = {
            **values,
            "kind": "access.used",
            "event_id": f"01900000-0000-7000-8000-{number:012x}",
            "occurred_at": values["occurred_at"].isoformat(),
        }
        body = json.dumps(event).encode()
        yield (
            b"POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            b"authorization: Bearer %b\r\ncontent-length: %d\r\n\r\n%b"
            % (secret.encode(), len(body), body)
        )
