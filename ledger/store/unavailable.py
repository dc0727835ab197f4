"""Turns what a database driver raises into one clear sentence.

This file is the only place that reads driver error codes. A refused row or a wrong statement is no
trouble of the database: it passes unchanged to whoever can tell what it means.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ledger.errors import StoreUnavailable
from ledger.store.turns import TurnTimeoutError

_SQLITE: Final = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "it can be read but not written",
    "SQLITE_BUSY": "another program holds its lock",
    "SQLITE_LOCKED": "another program holds its lock",
    "SQLITE_CANTOPEN": "it cannot be opened",
    "SQLITE_NOTADB": "it is no SQLite database",
    "SQLITE_CORRUPT": "its file is damaged below the level of records",
    "SQLITE_IOERR": "the disk refused to read or write",
    "SQLITE_PERM": "access is denied",
    "SQLITE_AUTH": "access is denied",
}
"""By primary result code. Source: SQLite, "Result and Error Codes"."""

_POSTGRESQL: Final = {
    "53100": "the disk of the server is full",
    "53200": "the server is out of memory",
    "53300": "the server accepts no more connections",
    "55P03": "another program holds its lock",
    "57014": "the server stopped the statement",
    "25006": "it can be read but not written",
    "42501": "access is denied",
    "28P01": "the password is wrong",
    "28000": "the server does not know this user",
    "3D000": "the server has no database of this name",
}
"""By SQLSTATE. Source: PostgreSQL, appendix A "PostgreSQL Error Codes"."""


@contextmanager
def explained(engine: Engine, outcome: str = "nothing was changed") -> Iterator[None]:
    """Turns trouble of the database inside a block into one sentence; anything else passes.

    Args:
        engine: Names the database in the sentence.
        outcome: Ends the sentence: what the trouble left behind.

    Raises:
        StoreUnavailable: the database could not do what was asked.
    """
    try:
        yield
    except _troubles() as error:
        reason = _reason(error)
        if reason is None:
            raise
        place = engine.url.render_as_string(hide_password=True)
        raise StoreUnavailable(f"{place}: {reason}; {outcome}") from error


def driver_errors() -> tuple[type[Exception], ...]:
    """What the drivers raise that are in use.

    Importing the PostgreSQL driver only to name its errors would cost each command on SQLite a
    tenth of a second.
    """
    server = sys.modules.get("psycopg")
    return (sqlite3.Error,) if server is None else (sqlite3.Error, server.Error)


def _troubles() -> tuple[type[Exception], ...]:
    return (DBAPIError, PoolTimeoutError, TurnTimeoutError, *driver_errors())


def _reason(error: Exception) -> str | None:
    """What is wrong with the database; `None` when the statement was wrong, or refused."""
    if isinstance(error, TurnTimeoutError):
        return "another writer of this program holds its lock"
    cause = error.orig if isinstance(error, DBAPIError) else error
    first_line = (str(cause).splitlines() or [type(cause).__name__])[0]
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")
        known = [text for code, text in _SQLITE.items() if name.startswith(code)]
        return f"{known[0]} ({first_line})" if known else None
    if isinstance(cause, driver_errors()):
        sqlstate = getattr(cause, "sqlstate", None)
        if sqlstate in _POSTGRESQL:
            return f"{_POSTGRESQL[sqlstate]} ({first_line})"
        if isinstance(cause, sys.modules["psycopg"].OperationalError):
            return f"the server cannot be reached ({first_line})"
        return None
    return f"no connection is free ({first_line})"
