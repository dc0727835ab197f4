"""Runs one statement: in memory, over tables that are made while they are read, within limits.

Whatever is typed, nothing outside is reached: the engine is opened without any file, loads no
extension, looks at no variable of this program, and its settings are locked before it sees the
statement. What does not fit into memory goes into a folder of its own that ends with the answer;
tokens may stand there, identities never do.
"""

import os
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import duckdb

from ledger.errors import BadRequest, StoreUnavailable
from ledger.ledger import Ledger
from ledger.units import ZoneName
from projections.sql.arrow_columns import ArrowBatch, ArrowExpression
from projections.sql.catalogue import SqlTable, sql_tables
from projections.sql.event_rows import event_batches
from projections.sql.mistakes import mistake
from projections.sql.scanned_table import ScannedTable
from projections.sql.statement import require_reading
from projections.sql.view_rows import Moment, view_batches

FETCHED_ROWS: Final = 1_000
_MOST_HOURS: Final = 12

Engine = duckdb.DuckDBPyConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one question may take."""

    rows: int = 10_000
    """Of the answer; what is more is cut and said."""
    seconds: float = 60
    memory_mib: int = 512
    """Of the engine, before it writes to disk."""
    threads: int = 0
    """0: as many as there are processors."""


class SqlAnswer:
    """The columns of an answer, and its rows as they come."""

    def __init__(
        self, columns: Sequence[tuple[str, str]], rows: Iterator[tuple[Any, ...]], most: int
    ) -> None:
        """The answer; of the rows `most` are given."""
        self.columns = tuple(columns)
        """Name and type of each; every name once."""
        self.damaged: list[int] = []
        """Indexes of the records that were met and no longer hold their event."""
        self.is_cut = False
        """Whether there were more rows; known once they were given."""
        self._rows = rows
        self._most = most

    @property
    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows, in the order of the answer; to be read once."""
        yield from islice(self._rows, self._most)
        self.is_cut = next(self._rows, None) is not None


@contextmanager
def ask(
    ledger: Ledger,
    statement: str,
    moment: Moment,
    *,
    limits: Limits | None = None,
    values: Mapping[str, str | None] | None = None,
    zone: ZoneName | None = None,
) -> Iterator[SqlAnswer]:
    """The answer to a statement, for as long as the block lasts.

    Args:
        ledger: The log.
        statement: What was typed.
        moment: What every table is true of.
        limits: How much it may take.
        values: What stands for `$name` in the statement.
        zone: In which times without one are read and dates begin; that of the moment if not given.

    Raises:
        BadRequest: the statement is wrong, or would do anything but read.
        StoreUnavailable: the database cannot be used, or a limit was reached.
        VerificationError: a stored row holds what was never written there.
    """
    limits = limits or Limits()
    raised: list[Exception] = []
    damaged: set[int] = set()
    with tempfile.TemporaryDirectory(prefix="zegel-sql-") as folder:
        tables = [
            _scanned(ledger, table, moment, damaged, raised) for table in sql_tables().values()
        ]
        connection = _engine(limits, folder, tables, _engine_zone(zone or moment.zone))
        late = threading.Event()
        timer = threading.Timer(limits.seconds, _stop, (connection, late))
        timer.daemon = True
        timer.start()
        try:
            require_reading(connection, statement)
            connection.execute(statement, dict(values) if values else None)
            columns = _named(connection.description or [])
            answer = SqlAnswer(columns, _fetched(connection), limits.rows)
            yield answer
            answer.damaged = sorted(damaged)
        except duckdb.Error as error:
            if raised:
                raise raised[0] from None
            if late.is_set():
                raise StoreUnavailable(
                    f"sql: expected an answer within {limits.seconds:g} s, found none"
                ) from None
            raise mistake(error, statement, sql_tables()) from None
        finally:
            timer.cancel()
            connection.close()


def _stop(connection: Engine, late: threading.Event) -> None:
    late.set()
    connection.interrupt()


def _engine(limits: Limits, folder: str, tables: Iterable[ScannedTable], zone: str) -> Engine:
    """An engine that reaches these tables and nothing else, and whose settings stay."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "temp_directory": folder,
            "memory_limit": f"{limits.memory_mib}MiB",
            "threads": limits.threads or os.cpu_count() or 1,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        },
    )
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET errors_as_json = true")
    for table in tables:
        connection.register(table.name, table)
    connection.execute(f"SET TimeZone = '{zone}'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _engine_zone(zone: ZoneName) -> str:
    """The zone as the engine calls it: of offsets it knows whole hours, with the sign reversed.

    Raises:
        BadRequest: it has no name for the offset.
    """
    if zone[0] not in "+-":
        return zone
    hours, _, minutes = zone[1:].partition(":")
    if minutes != "00" or int(hours) > _MOST_HOURS:
        raise BadRequest(f"zone: expected a named zone or whole hours for sql, found {zone}")
    return f"Etc/GMT{'-' if zone[0] == '+' else '+'}{int(hours)}"


def _scanned(
    ledger: Ledger, table: SqlTable, moment: Moment, damaged: set[int], raised: list[Exception]
) -> ScannedTable:
    def batches(names: frozenset[str], wanted: ArrowExpression) -> Iterator[ArrowBatch]:
        if table.view is None:
            return event_batches(ledger, moment.size, names, wanted, damaged.add)
        return view_batches(ledger, table, moment, names)

    return ScannedTable(table, batches, raised.append)


def _named(description: Sequence[Sequence[Any]]) -> list[tuple[str, str]]:
    """Names and types of the columns; a name that comes again gets a number."""
    named: dict[str, str] = {}
    for name, kind, *_ in description:
        unique, times = str(name), 1
        while unique in named:
            times += 1
            unique = f"{name}_{times}"
        named[unique] = str(kind)
    return list(named.items())


def _fetched(connection: Engine) -> Iterator[tuple[Any, ...]]:
    while rows := connection.fetchmany(FETCHED_ROWS):
        yield from rows
