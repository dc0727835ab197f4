"""Copies an SQLite database while others write to it: the state of one moment, durable on return.

SQLite's online backup starts anew whenever another connection writes, so a busy log would never be
done. The copy is therefore made inside one reading transaction: it sees one state from its first
page to its last, and in WAL mode keeps nobody from writing. Meanwhile the log beside the database
grows by what is written.

Source: SQLite, "Online Backup API".
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Engine

from ledger.durable_names import sync_names
from ledger.errors import BadRequest, StoreUnavailable
from ledger.store.engine import is_postgresql, reading

PAGES_AT_ONCE: Final = 256

Copied = Callable[[int, int], None]
"""Told how many bytes are copied, and of how many."""


def copy_database(engine: Engine, target: Path, copied: Copied | None = None) -> int:
    """How many bytes the copy has, which holds every log of the database as of one moment.

    Args:
        engine: Of an SQLite file.
        target: Where nothing is yet; only its owner may read it.
        copied: Told how far it is.

    Raises:
        BadRequest: the database is a PostgreSQL server, which has better means of its own.
        StoreUnavailable: the database cannot be read, or the copy cannot be written; then nothing
            is left of it.
    """
    if is_postgresql(engine):
        raise BadRequest(_of_a_server(engine))
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreUnavailable(f"{target}: {error.strerror}; nothing was copied") from error
    try:
        _copy(engine, target, copied)
        make_durable(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target.stat().st_size


def _copy(engine: Engine, target: Path, copied: Copied | None) -> None:
    with reading(engine) as connection, closing(sqlite3.connect(target)) as copy:
        # The first read begins the transaction, whose state every further page is of.
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        (page_bytes,) = driver.execute("PRAGMA page_size").fetchone()

        def told(_status: int, remaining: int, total: int) -> None:
            if copied is not None:
                copied((total - remaining) * page_bytes, total * page_bytes)

        # A copy that fails is thrown away, so nothing has to be undone in it.
        copy.execute("PRAGMA journal_mode = OFF")
        try:
            driver.backup(copy, pages=PAGES_AT_ONCE, progress=told, sleep=0)
        except sqlite3.OperationalError as error:
            source = engine.url.database
            raise StoreUnavailable(
                f"{source} to {target}: expected to copy it, found: {error}; nothing is left of it"
            ) from error


def make_durable(target: Path) -> None:
    """Brings a file and its name to the disk.

    Raises:
        StoreUnavailable: the disk does not take them.
    """
    try:
        with target.open("rb") as file:
            os.fsync(file.fileno())
        sync_names(target.parent)
    except OSError as error:
        raise StoreUnavailable(
            f"{target}: expected to bring it to the disk, found: {error.strerror}"
        ) from error


def _of_a_server(engine: Engine) -> str:
    plain = engine.url.set(drivername="postgresql", password=None)
    address = plain.render_as_string(hide_password=True)
    return (
        "backup: expected an SQLite database, found a PostgreSQL server, which copies itself: "
        f"`pg_dump --format=custom --file=zegel.dump '{address}'` copies this database as of one "
        "moment, `pg_basebackup` the whole server; see docs/how-to/back-up-and-restore.md"
    )
