"""Commits, and says what is not known when the answer to a commit does not come.

Whoever asks PostgreSQL to commit and loses the connection before the answer cannot tell whether it
was done: the server may have died before or after. Nor can whoever gets the answer with a warning:
that is how a server tells that it gave up waiting for its standby, and what no standby has is gone
if another server takes its place. Neither is an acknowledgement, and neither is a refusal.

A server whose standby is away would wait for ever: after a while it is asked to give up.

Source: PostgreSQL, "Synchronous Replication": a wait that is cancelled ends with a warning.
"""

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Connection, Engine, RootTransaction, event
from sqlalchemy.exc import DBAPIError

from ledger.errors import OutcomeUnknown
from ledger.store.commit_watch import COMMITS

if TYPE_CHECKING:  # imported by whoever connects to PostgreSQL, so that SQLite starts sooner
    import psycopg

SENT_AGAIN: Final = "whether it was stored is not known; sent again with its event id, it is once"
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
        with _watched(connection):
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


def _watched(connection: Connection) -> AbstractContextManager[None]:
    """Keeps a commit from waiting for ever for the standby of a PostgreSQL server."""
    if connection.dialect.name != "postgresql":
        return nullcontext()
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    return COMMITS.watched(driver)


def _is_lost(connection: Connection, error: DBAPIError) -> bool:
    """Whether the connection is gone, so that the server may have committed or not."""
    driver = sys.modules.get("psycopg")
    if driver is None or not isinstance(error.orig, driver.OperationalError):
        return False  # SQLite answers in this process, and a refused row was refused
    return error.connection_invalidated or connection.invalidated


def _place(connection: Connection) -> str:
    return connection.engine.url.render_as_string(hide_password=True)
