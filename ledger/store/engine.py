"""Opens databases: one file of SQLite, or a PostgreSQL server, behind one SQLAlchemy engine.

This file is the only place that knows how a connection is prepared. Invariants: an SQLite commit is
on disk when it returns (WAL, synchronous FULL); deleted content is overwritten (secure_delete); a
writing transaction holds the write lock from its first statement, so it can never fail half-way
because somebody else wrote in between.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, FromClause, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ledger.errors import BadRequest, StoreUnavailable
from ledger.private_files import close_to_others, make_private_file
from ledger.store.committing import commit, hear_warnings
from ledger.store.turns import Turns
from ledger.store.unavailable import explained

PAGE_BYTES: Final = 16_384
CACHE_KIB: Final = 65_536
WAL_PAGES: Final = 4_000
LOCK_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 10
SILENT_SECONDS: Final = 30
_PAUSE_SECONDS: Final = 0.01
_WRITES: Final = "zegel_writes"
SCAN_CACHE_KIB: Final = 4_096
_TURNS: Final[WeakKeyDictionary[Engine, Turns]] = WeakKeyDictionary()
"""Of each SQLite file that is open."""
_CONNECTS: Final[WeakKeyDictionary[Engine, Callable[[], sqlite3.Connection]]] = WeakKeyDictionary()
"""What connects to it once more."""

# For every NULL and every value of bytes that is bound, `sqlite3` looks for something that makes
# another value of it. Where it finds what gives the same, that takes a third of the time.
sqlite3.register_adapter(type(None), {None: None}.get)
sqlite3.register_adapter(bytes, bytes)


def open_engine(url: str, *, create: bool = False, lock_seconds: float = LOCK_SECONDS) -> Engine:
    """An engine whose connections are durable and wait their turn.

    Args:
        url: `sqlite:///file`, `postgresql://user@host/name`, or the path of an SQLite file.
        create: Whether an SQLite file that is missing is made; a PostgreSQL database must exist.
        lock_seconds: How long a writer waits for another one before it gives up.

    Raises:
        StoreUnavailable: the database is missing, unreachable or no database.
        BadRequest: the URL names no database that Zegel can use.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        engine = _sqlite_engine(address, create=create, lock_seconds=lock_seconds)
    else:
        engine = _postgresql_engine(address, lock_seconds=lock_seconds)
    with explained(engine), engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in one reading transaction.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with explained(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction that may write: committed at the end, undone on any error.

    Raises:
        OutcomeUnknown: the server did not answer the commit; it may have been done.
        StoreUnavailable: the database cannot be used; nothing was changed.
    """
    with explained(engine), _turn(engine), engine.connect() as connection:
        writer = connection.execution_options(**{_WRITES: True})
        with writer.begin() as transaction:
            yield writer
            commit(transaction)


@contextmanager
def writing_repeatably(engine: Engine) -> Iterator[Connection]:
    """The same for what can be worked out again: the commit does not wait for the disk.

    After a power failure the transaction is there as a whole or not at all, and what was committed
    after it by `writing` is never there without it.

    Raises:
        OutcomeUnknown: the server did not answer the commit; it may have been done.
        StoreUnavailable: the database cannot be used; nothing was changed.
    """
    with explained(engine), _turn(engine), engine.connect() as connection:
        writer = connection.execution_options(**{_WRITES: True})
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:  # in WAL mode; it cannot be said inside a transaction
            _set_synchronous(writer, "NORMAL")
        try:
            with writer.begin() as transaction:
                if not is_sqlite:
                    writer.exec_driver_sql("SET LOCAL synchronous_commit = off")
                yield writer
                commit(transaction)
        finally:
            if is_sqlite:
                _set_synchronous(writer, "FULL")


def _set_synchronous(connection: Connection, level: str) -> None:
    """Says when SQLite waits for the disk, on a connection that is in no transaction."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.execute(f"PRAGMA synchronous = {level}")


@contextmanager
def scanning(engine: Engine) -> Iterator[sqlite3.Connection]:
    """A connection of its own to an SQLite file, for whoever reads much of it once.

    It keeps little of the file in memory. Those of the pool keep what is used again and again, and
    would keep all that was read, each of them.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with explained(engine):
        connection = _CONNECTS[engine]()
    try:
        with explained(engine):
            connection.execute(f"PRAGMA cache_size = -{SCAN_CACHE_KIB}")
            yield connection
    finally:
        connection.close()


def is_postgresql(engine: Engine) -> bool:
    """Whether the database is a PostgreSQL server; otherwise it is an SQLite file."""
    return engine.dialect.name == "postgresql"


def _address(url: str) -> URL:
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise BadRequest(
            f"database: expected a URL such as sqlite:///zegel.db, found {url!r}"
        ) from error
    backend = address.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise BadRequest(f"database: expected sqlite:// or postgresql://, found {backend}://")
    if backend == "sqlite" and (address.database or ":memory:") == ":memory:":
        raise BadRequest(
            "database: expected a file, found none; an audit log in memory proves nothing"
        )
    return address


def _sqlite_engine(address: URL, *, create: bool, lock_seconds: float) -> Engine:
    path = Path(str(address.database)).expanduser()
    if not create and not path.is_file():
        raise StoreUnavailable(f"{path}: expected a database, found no such file")
    if create and not path.parent.is_dir():
        raise StoreUnavailable(f"{path}: expected an existing folder, found none")
    _keep_private(path, create=create)
    connect = _sqlite_connect(path, create=create, lock_seconds=lock_seconds)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        creator=connect,
        pool_size=8,
        max_overflow=64,
    )
    engine.dialect.statement_compiler = _HintedCompiler
    event.listen(engine, "begin", _begin)
    _TURNS[engine] = Turns(lock_seconds)
    _CONNECTS[engine] = connect
    return engine


def _keep_private(path: Path, *, create: bool) -> None:
    """Makes a missing file for its owner alone; what SQLite writes beside it gets its mode."""
    if create:
        try:
            make_private_file(path)
        except OSError as error:
            raise StoreUnavailable(f"{path} cannot be written: {error.strerror}") from error
    for ending in ("", "-wal", "-shm"):
        close_to_others(path.with_name(path.name + ending))


class _HintedCompiler(SQLiteCompiler):
    """Writes hints such as INDEXED BY, which SQLAlchemy leaves out for SQLite."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        """What stands behind a table of which a statement says how it is read."""
        del table
        return text


def _sqlite_connect(
    path: Path, *, create: bool, lock_seconds: float
) -> Callable[[], sqlite3.Connection]:
    mode = "rwc" if create else "ro&immutable=1" if _is_at_rest(path) else "rw"
    uri = f"{path.absolute().as_uri()}?mode={mode}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=lock_seconds,
            isolation_level=None,  # we say BEGIN ourselves
            check_same_thread=False,  # the pool hands a connection to one thread at a time
            cached_statements=256,
        )
        try:
            if create:
                _create_sqlite(connection, lock_seconds)
            _prepare_sqlite(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    return connect


def _is_at_rest(path: Path) -> bool:
    """Whether the file may not be written and nobody is writing it, as a copy on a read-only disk.

    SQLite wants to write beside a file in WAL mode even to read it, unless told that it is at rest.
    """
    ours = os.access in os.supports_effective_ids
    log = path.with_name(f"{path.name}-wal")
    return not (
        os.access(path, os.W_OK, effective_ids=ours)
        or os.access(path.parent, os.W_OK, effective_ids=ours)
        or (log.exists() and log.stat().st_size > 0)
    )


def _create_sqlite(connection: sqlite3.Connection, lock_seconds: float) -> None:
    """Sets what is kept in the file; the page size only takes effect before the first table."""
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    give_up = time.monotonic() + lock_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # SQLite does not wait here itself while another program makes the same change.
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > give_up:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _prepare_sqlite(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_PAGES * PAGE_BYTES}")
    # Without it, INSERT OR REPLACE would delete a sealed row without asking the triggers.
    connection.execute("PRAGMA recursive_triggers = ON")


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """The turn of this thread to write, where the database does not queue its writers itself."""
    turns = _TURNS.get(engine)
    if turns is None:
        yield
        return
    with turns.turn():
        yield


def _begin(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later fails when somebody wrote in between.
    immediate = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _postgresql_engine(address: URL, *, lock_seconds: float) -> Engine:
    settings = {
        "lock_timeout": str(int(lock_seconds * 1000)),
        "synchronous_commit": "on",  # receipts promise durability, whatever the server's default
        "timezone": "UTC",
    }
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            # A machine that vanished answers nothing: its connections end after half a minute.
            "tcp_user_timeout": SILENT_SECONDS * 1000,
            "keepalives_idle": SILENT_SECONDS // 3,
            "keepalives_interval": SILENT_SECONDS // 6,
            "keepalives_count": 4,
            "application_name": "zegel",
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        },
        pool_size=8,
        max_overflow=64,
        pool_pre_ping=True,
    )
    hear_warnings(engine)
    return engine
