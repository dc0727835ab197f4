"""The long version of the test of a killed service: more writers, more kills, both databases.

As a command (``make soak``): ``python -m tests.soak EVENTS KILLS``. It prints what was seen, and
ends with 1 if anything that was acknowledged is not there exactly once.
"""

import os
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy.engine import make_url

from tests.command_line import zegel
from tests.killed_service import Run, require_exactly_once, write_while_killing
from tests.postgres_server import ADDRESS_VARIABLE
from tests.running_service import ORIGIN

PROCESSES: Final = 4
WRITERS: Final = 100
"""In each process."""


def main(events: str, kills: str) -> int:
    """0 when all was there exactly once on each database."""
    run = Run(PROCESSES, WRITERS, int(events), int(kills))
    print(f"{PROCESSES * WRITERS} writers, {run.total} events, {run.kills} kills on each database")
    print("database    acknowledged  tried again  given up  of those stored  seconds  verified")
    databases = {"sqlite": None, "postgresql": _postgres_url()}
    with tempfile.TemporaryDirectory() as folder:
        return max(_soaked(name, url, Path(folder) / name, run) for name, url in databases.items())


def _soaked(name: str, url: str | None, home: Path, run: Run) -> int:
    """The exit code of one database, after its line was printed."""
    chosen = [] if url is None else ["--database", url]
    made = zegel("--home", home, "init", "--origin", ORIGIN, *chosen)
    assert made.returncode == 0, made.stderr
    began = time.monotonic()
    told = write_while_killing(home, run)
    seconds = time.monotonic() - began
    stored = require_exactly_once(home, told)
    verified = zegel("--home", home, "verify").returncode
    print(
        f"{name:<10}  {len(told.receipts):>12}  {told.retried:>11}  {len(told.given_up):>8}  "
        f"{stored - len(told.receipts):>15}  {seconds:>7.0f}  {'yes' if verified == 0 else 'NO'}",
        flush=True,
    )
    return 0 if verified == 0 else 1


def _postgres_url() -> str:
    """The SQLAlchemy URL of a fresh database on the server that `make soak` started."""
    address = make_url(os.environ[ADDRESS_VARIABLE])
    name = f"zegel_soak_{uuid.uuid4().hex}"
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    return address.set(database=name).render_as_string(hide_password=False)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
