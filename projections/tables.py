"""The tables of views: how they are shaped, named, created, filled and dropped.

Views are disposable, so these tables stand outside the migrations. A table carries the version of
its view in its name: a new version never meets columns of an old one.

Invariants:
- every table carries `log` and `generation`: many logs share it, and a rebuild fills a generation
  that no reader looks at yet;
- a fact that was only counted is one narrow row, known from its index on until `known_to`;
- a row of a line is known from `known_from` until `known_to`, and at most one row per entity and
  valid_from is known at any index.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Index,
    MetaData,
    Table,
    Text,
    inspect,
    text,
)
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from ledger.store import writing
from projections.bitemporal import FOREVER, Closing

if TYPE_CHECKING:  # imported by whoever connects to PostgreSQL, so that SQLite starts sooner
    import psycopg

METADATA: Final = MetaData()
"""Every table of every view, as this version of the program wants them."""

_VIEWS_LOCK: Final = 0x7A6567656C
"""The number, "zegel" in ASCII, of the lock that PostgreSQL keeps for us."""
_OF_EVERY_FACT: Final = ("log", "generation", "idx", "occurred", "known_to")
_ROWS_AT_ONCE: Final = 50
"""So many rows go by one statement on SQLite, a quarter sooner than one by one."""
_COPY_FROM_ROWS: Final = 50
"""Below this number of rows PostgreSQL takes an INSERT as fast as a COPY."""


class Scope(NamedTuple):
    """Whose rows: one generation of a view of one log."""

    log: int
    generation: int


class LineTables(NamedTuple):
    """Where one kind of entity lives: its changes, and its bitemporal rows."""

    changes: Table
    rows: Table


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, autoincrement=False)


def _key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def line_tables(view: str, version: int, entity: str, *columns: Column[Any]) -> LineTables:
    """The two tables of a kind of entity; `columns` are the values of its segments, in order."""
    name = f"{_prefix(view, version)}{entity}"
    changes = Table(
        f"{name}_change",
        METADATA,
        _key("log"),
        _key("generation"),
        Column("entity", Text, primary_key=True),
        _key("moment"),
        _key("idx"),
        _number("said"),
        _number("gone"),
        Column("kind", Text, nullable=False),
        Column("terms", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    Index(f"ix_{name}_change_idx", changes.c.log, changes.c.generation, changes.c.idx)
    rows = Table(
        name,
        METADATA,
        _key("log"),
        _key("generation"),
        Column("entity", Text, primary_key=True),
        _key("valid_from"),
        _key("known_from"),
        _number("valid_to"),
        _number("known_to"),
        *columns,
        sqlite_with_rowid=False,
    )
    return LineTables(changes, rows)


def fact_table(
    view: str,
    version: int,
    fact: str,
    *columns: Column[Any],
    search: str | None = None,
    counted: Sequence[str] = (),
) -> Table:
    """A table with one row per fact.

    Args:
        view: The name of the view.
        version: Its version.
        fact: The name of the facts.
        columns: What each fact says, in order.
        search: The column by which facts are looked up, in the order of their occurrence.
        counted: Columns that such a look-up adds up: they stand in the index as well, together with
            all that decides whether a fact counts, so that the look-up reads the index alone.
    """
    name = f"{_prefix(view, version)}{fact}"
    table = Table(
        name,
        METADATA,
        _key("log"),
        _key("generation"),
        _key("idx"),
        _number("occurred"),
        _number("known_to"),
        *columns,
        sqlite_with_rowid=False,
    )
    if search is not None:
        names = ("log", "generation", search, "occurred", "idx", "known_to", *counted)
        Index(f"ix_{name}", *(table.c[each] for each in names))
    return table


def voided_table(view: str, version: int) -> Table:
    """Event ids that a correction named before the event itself was recorded."""
    return Table(
        f"{_prefix(view, version)}voided",
        METADATA,
        _key("log"),
        _key("generation"),
        Column("event_id", Text, primary_key=True),
        sqlite_with_rowid=False,
    )


def _prefix(view: str, version: int) -> str:
    return f"zegel_{view}_v{version}_"


def lock_views(connection: Connection) -> None:
    """Keeps others from creating tables, or starting or ending generations, until the end.

    On SQLite a writing transaction has done so already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _VIEWS_LOCK})


def create_tables(engine: Engine, tables: Iterable[Table]) -> None:
    """Creates the tables that are missing; safe when several processes do it at once."""
    present = set(inspect(engine).get_table_names())
    missing = [table for table in tables if table.name not in present]
    if not missing:
        return
    with writing(engine) as connection:
        lock_views(connection)
        for table in missing:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(CreateIndex(index, if_not_exists=True))


def drop_other_versions(connection: Connection, view: str, versions: Iterable[int]) -> None:
    """Drops the tables of a view's versions that no log uses any more."""
    kept = tuple(_prefix(view, version) for version in versions)
    for name in inspect(connection).get_table_names():
        if name.startswith(f"zegel_{view}_v") and not name.startswith(kept):
            connection.execute(DropTable(Table(name, MetaData()), if_exists=True))


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts tuples in the order of the table's columns, through the driver.

    SQLAlchemy's own path makes a dict per row and is several times slower.
    """
    if not rows:
        return
    columns = ", ".join(column.name for column in table.columns)
    if connection.dialect.name == "postgresql" and len(rows) >= _COPY_FROM_ROWS:
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        statement = f"COPY {table.name} ({columns}) FROM STDIN"
        with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = f"({', '.join('?' * len(table.columns))})"
    into = f"INTO {table.name} ({columns}) VALUES {marks}"
    rest = rows
    if connection.dialect.name == "sqlite":
        rest = rows[len(rows) - len(rows) % _ROWS_AT_ONCE :]
        # What is refused ends the transaction. Unless told so, SQLite keeps a copy of each page
        # that a statement changes, to undo that one statement.
        many = f"INSERT OR FAIL {into}" + f", {marks}" * (_ROWS_AT_ONCE - 1)
        plain = connection.connection.cursor()
        for at in range(0, len(rows) - len(rest), _ROWS_AT_ONCE):
            plain.execute(many, tuple(chain.from_iterable(rows[at : at + _ROWS_AT_ONCE])))
    update_rows(connection, f"INSERT {into}", rest)


def void_facts(
    connection: Connection, table: Table, scope: Scope, voids: Sequence[tuple[int, int]]
) -> None:
    """Closes facts at the index of the record that took them back; each `(target, index)`."""
    update_rows(
        connection,
        f"UPDATE {table.name} SET known_to = ? "  # noqa: S608 - our names
        "WHERE log = ? AND generation = ? AND idx = ? AND known_to = ?",
        [(index, *scope, target, FOREVER) for target, index in voids],
    )


def replace_facts(
    connection: Connection,
    table: Table,
    scope: Scope,
    facts: Sequence[tuple[int, tuple[Any, ...]]],
) -> None:
    """Writes other values into facts that are there; each `(index, values)`."""
    own = [column.name for column in table.columns if column.name not in _OF_EVERY_FACT]
    marks = ", ".join(f"{name} = ?" for name in own)
    update_rows(
        connection,
        f"UPDATE {table.name} SET {marks} "  # noqa: S608 - our names
        "WHERE log = ? AND generation = ? AND idx = ?",
        [(*values, *scope, index) for index, values in facts],
    )


def delete_facts(
    connection: Connection, table: Table, scope: Scope, indexes: Iterable[int]
) -> None:
    """Deletes the facts of some records."""
    update_rows(
        connection,
        f"DELETE FROM {table.name} WHERE log = ? AND generation = ? AND idx = ?",  # noqa: S608 - our names
        [(*scope, index) for index in indexes],
    )


def close_rows(
    connection: Connection, table: Table, scope: Scope, closings: Sequence[Closing]
) -> None:
    """Closes the rows of a line that were believed until now."""
    update_rows(
        connection,
        f"UPDATE {table.name} SET known_to = ? "  # noqa: S608 - our names
        "WHERE log = ? AND generation = ? AND entity = ? AND valid_from = ? AND known_to = ?",
        [(row.known_to, *scope, row.entity, row.valid_from, FOREVER) for row in closings],
    )


def delete_rows(connection: Connection, table: Table, scope: Scope, entity: str) -> None:
    """Deletes every row of a line's table that is about one entity."""
    update_rows(
        connection,
        f"DELETE FROM {table.name} WHERE log = ? AND generation = ? AND entity = ?",  # noqa: S608 - our names
        [(*scope, entity)],
    )


def update_rows(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Runs a statement, with `?` for its values, once per tuple of values, through the driver."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    connection.exec_driver_sql(statement, list(rows))
