"""Makes the database forget the bytes of rows that were deleted.

A deleted row is gone for every query, but not from the disk: SQLite keeps pages in its log and may
keep them in free space, PostgreSQL keeps dead rows until their table is written anew.

Invariants: on return no file of the tables holds what was deleted before the call; if that cannot
be had, because somebody reads an older state, it is an error, and calling again goes on. What it
does not reach: the write-ahead log of PostgreSQL, replicas, and backups; the erasure horizon is
about those.
"""

import re
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Connection, Engine, text

from ledger.errors import StoreUnavailable
from ledger.store.engine import is_postgresql
from ledger.store.unavailable import explained

if TYPE_CHECKING:
    import psycopg
    from psycopg.errors import Diagnostic

PERSONAL_TABLES: Final = (
    "zegel_disclosure",
    "zegel_subject",
    "zegel_identity",
    "zegel_sameness",
    "zegel_snapshot",
)
"""What an erasure changes, besides the tables of views."""

ATTEMPTS: Final = 30
SECONDS_BETWEEN: Final = 1.0

Sleep = Callable[[float], None]
Clock = Callable[[], float]

_LEADING_NUMBER: Final = re.compile(r"\s*([0-9]+)")


def scrub(
    engine: Engine,
    tables: Iterable[str] = (),
    sleep: Sleep = time.sleep,
    clock: Clock = time.monotonic,
) -> None:
    """Writes what is left anew, so that the bytes of deleted rows are nowhere in its files.

    Args:
        engine: The database.
        tables: Tables of views; those of the vault are always included.
        sleep: Waits that many seconds for others who read an older state.
        clock: Seconds since some moment, by which it is told how long was waited.

    Raises:
        StoreUnavailable: others still read an older state, or the role may not do this.
    """
    if is_postgresql(engine):
        _scrub_postgresql(engine, (*PERSONAL_TABLES, *tables), sleep)
    else:
        _scrub_sqlite(engine, sleep, clock)


def _scrub_sqlite(engine: Engine, sleep: Sleep, clock: Clock) -> None:
    with explained(engine), closing(engine.raw_connection()) as pooled:
        # SQLAlchemy would begin a transaction, in which SQLite neither vacuums nor empties its log.
        driver = cast("sqlite3.Connection", pooled.driver_connection)
        _empty_log(driver, engine, sleep, clock)
        driver.execute("VACUUM")
        _empty_log(driver, engine, sleep, clock)


def _empty_log(driver: sqlite3.Connection, engine: Engine, sleep: Sleep, clock: Clock) -> None:
    """Writes the write-ahead log into the database, and cuts its file to nothing.

    SQLite waits for readers as long as for any lock, but not at all for another who does the same.
    """
    give_up = clock() + ATTEMPTS * SECONDS_BETWEEN
    while True:
        busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return
        if clock() >= give_up:
            break
        sleep(SECONDS_BETWEEN)
    raise StoreUnavailable(
        f"{_place(engine)}: expected nobody who reads an older state, found one; the "
        "write-ahead log still holds what was erased; run the command again to go on"
    )


def _scrub_postgresql(engine: Engine, tables: Iterable[str], sleep: Sleep) -> None:
    with explained(engine), engine.connect() as pooled:
        connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
        wanted = sorted(set(tables))
        _require_rights(connection, engine, wanted)
        for table in wanted:
            _rewrite(connection, engine, table, sleep)


def _rewrite(connection: Connection, engine: Engine, table: str, sleep: Sleep) -> None:
    """Writes a table and its indexes anew, without its dead rows."""
    left: int | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            sleep(SECONDS_BETWEEN)
        left = _dead_rows_left(connection, table)
        if left == 0:
            return
    found = "an unknown number" if left is None else str(left)
    raise StoreUnavailable(
        f"{_place(engine)}: table {table}: expected no deleted rows, found {found} that an older "
        "transaction may still read; end it and run the command again to go on"
    )


def _dead_rows_left(connection: Connection, table: str) -> int | None:
    """How many deleted rows a rewrite had to keep, as PostgreSQL reports it; `None`: unsaid."""
    details: list[str] = []

    def hear(diagnostic: "Diagnostic") -> None:
        if diagnostic.message_detail:
            details.append(diagnostic.message_detail)

    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    driver.add_notice_handler(hear)
    try:
        connection.exec_driver_sql(f'VACUUM (FULL, VERBOSE) "{table}"')
    finally:
        driver.remove_notice_handler(hear)
    # In every language the detail begins with the number of rows "that cannot be removed yet".
    numbers = [int(match[1]) for match in map(_LEADING_NUMBER.match, details) if match]
    return max(numbers, default=None)


def _require_rights(connection: Connection, engine: Engine, tables: list[str]) -> None:
    """Returns only if the role may rewrite the tables: PostgreSQL would pass them over silently."""
    query = text(
        "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
        "WHERE nspname = current_schema() AND relname = ANY(:tables) "
        "AND NOT pg_has_role(current_user, relowner, 'USAGE') ORDER BY relname"
    )
    refused = list(connection.scalars(query, {"tables": tables}))
    if refused:
        raise StoreUnavailable(
            f"{_place(engine)}: expected a role that owns {', '.join(refused)}, because only an "
            "owner may write a table anew; see docs/how-to/run-on-postgresql.md on the erasing "
            "role; what was begun is finished by the next run"
        )


def _place(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
