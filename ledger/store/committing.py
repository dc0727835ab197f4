"""Commits, and says what is not known when the answer to a commit does not come.

Whoever asks PostgreSQL to commit and loses the connection before the answer cannot tell whether it
was done: the server may have died before or after. Nor can whoever gets the answer with a warning:
that is how a server tells that it gave up waiting for its standby, and what no standby has is gone
if another server takes its place. Neither is an acknowledgement, and neither is a refusal.

A server whose standby is away would wait for ever: after a while it is asked to give up.

Source: PostgreSQL, "Synchronous Replication": a wait that is cancelled ends with a warning.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Connection, Engine, RootTransaction, event
from sqlalchemy.exc import DBAPIError

from ledger.errors import OutcomeUnknown
from ledger.store.unavailable import driver_errors

if TYPE_CHECKING:  # imported by whoever connects to PostgreSQL, so that SQLite starts sooner
    import psycopg

SENT_AGAIN: Final = "whether it was stored is not known; sent again with its event id, it is once"
COMMIT_SECONDS: Final = 30.0
"""So long a server may wait for its standby."""
_WARNINGS: Final = "zegel_warnings"


def hear_warnings(engine: Engine) -> None:
    """Lets each connection of a PostgreSQL engine keep the warnings that its server sends."""

    def listen(driver: "psycopg.Connection[Any]", record: Any) -> None:  # noqa: ANN401 - of SQLAlchemy's pool
        kept: list[str] = []
        record.info[_WARNINGS] = kept

        def keep(diagnostic: "psycopg.errors.Diagnostic") -> None:
            if diagnostic.severity_nonlocalized == "WARNING":
                kept.append(diagnostic.message_primary or "a warning")

        driver.add_notice_handler(keep)

    event.listen(engine, "connect", listen)


def commit(transaction: RootTransaction) -> None:
    """Commits; durable on return, wherever the server keeps copies of it.

    Raises:
        OutcomeUnknown: the server did not say that it is.
        DBAPIError: the server said that it is not.
    """
    connection = transaction.connection
    warnings: list[str] = connection.info.get(_WARNINGS, [])
    warnings.clear()
    try:
        with _given_up_late(connection):
            transaction.commit()
    except DBAPIError as error:
        if not _is_lost(connection, error):
            raise
        reason = (str(error.orig).splitlines() or ["no answer"])[0]
        raise OutcomeUnknown(
            f"{_place(connection)}: the connection ended before the answer to the commit "
            f"({reason}); {SENT_AGAIN}"
        ) from error
    if warnings:
        raise OutcomeUnknown(
            f"{_place(connection)}: the server committed with a warning ({warnings[0]}); "
            f"{SENT_AGAIN}"
        )


@contextmanager
def _given_up_late(connection: Connection) -> Iterator[None]:
    """Asks a PostgreSQL server that does not answer a commit to wait for its standby no longer.

    What it has committed stays; it answers with a warning then.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    timer = Timer(COMMIT_SECONDS, _cancel, (driver,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cancel(driver: "psycopg.Connection[Any]") -> None:
    with suppress(*driver_errors()):  # it ended meanwhile, or the server is gone: that is told too
        driver.cancel()


def _is_lost(connection: Connection, error: DBAPIError) -> bool:
    """Whether the connection is gone, so that the server may have committed or not."""
    driver = sys.modules.get("psycopg")
    if driver is None or not isinstance(error.orig, driver.OperationalError):
        return False  # SQLite answers in this process, and a refused row was refused
    return error.connection_invalidated or connection.invalidated


def _place(connection: Connection) -> str:
    return connection.engine.url.render_as_string(hide_password=True)
