"""The other sides of the append comparison: the bare driver, and other event stores.

The bare driver inserts the very rows that Zegel wrote, read back beforehand: same tables, indexes,
triggers, batches and durability. The event stores neither seal nor encrypt.
"""

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID  # noqa: TC003 - the library reads the annotation

import psycopg
from eventsourcing.application import Application

from benchmarks.databases import Database, Place
from benchmarks.fields import BATCH
from benchmarks.measuring import Done
from ledger.store.engine import open_engine

BULK_TABLES: Final = ("zegel_record", "zegel_disclosure", "zegel_sameness")
_INDEX_AT: Final = {"zegel_record": 1, "zegel_disclosure": 1, "zegel_sameness": 3}
Batch = dict[str, list[tuple[Any, ...]]]
Store = Callable[[Any], object]
"""Stores one batch durably."""


@contextmanager
def library(database: Database) -> Iterator[Store]:
    """The eventsourcing library's `Application.save` with its own recorder, in a new database."""
    with database.fresh() as place:
        application: Application[UUID] = Application(env=place.library_environment())
        yield lambda batch: application.save(*cast("list[Any]", batch))
        application.close()


def save_apart(place: Place, count: int, python: Path) -> Done:
    """The `eventsourcing_sqlalchemy` recorder storing so many further events, in batches of 1,000.

    Args:
        place: Its database.
        count: How many events.
        python: The interpreter of the environment that has it.
    """
    script = Path(__file__).parent / "separate" / "sqlalchemy_recorder.py"
    command = [str(python), str(script), place.old_sqlalchemy_url(), str(count)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parent.parent)}
    run = subprocess.run(  # noqa: S603 - our own script
        command, check=True, capture_output=True, text=True, env=environment
    )
    found = json.loads(run.stdout)
    return Done(found["items"], found["seconds"])


def bare_driver(place: Place) -> AbstractContextManager[Store]:
    """The driver inserting rows into a log, with Zegel's tables and settings."""
    return bare_sqlite(place) if place.is_sqlite else bare_postgres(place)


@contextmanager
def bare_sqlite(place: Place) -> Iterator[Store]:
    """`sqlite3`: executemany of tuples, a commit a batch, same pragmas."""
    engine = open_engine(place.url)
    pooled = engine.raw_connection()
    connection = cast("sqlite3.Connection", pooled.driver_connection)
    inserts: dict[str, str] = {}

    def store(batch: Batch) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for table in BULK_TABLES:
            if table not in inserts:
                places = ",".join("?" * len(batch[table][0]))
                inserts[table] = f"INSERT INTO {table} VALUES ({places})"
            connection.executemany(inserts[table], batch[table])
        reached = batch["zegel_record"][-1][1] + 1
        connection.execute("UPDATE zegel_head SET size = ? WHERE log = 1", (reached,))
        connection.execute("COMMIT")

    yield store
    pooled.close()
    engine.dispose()


@contextmanager
def bare_postgres(place: Place) -> Iterator[Store]:
    """`psycopg`: binary COPY, a commit a batch."""
    with psycopg.connect(place.dsn()) as connection:
        types = {table: _column_types(connection, table) for table in BULK_TABLES}

        def store(batch: Batch) -> None:
            with connection.cursor() as cursor:
                for table in BULK_TABLES:
                    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                        copy.set_types(types[table])
                        for row in batch[table]:
                            copy.write_row(row)
                reached = batch["zegel_record"][-1][1] + 1
                cursor.execute("UPDATE zegel_head SET size = %s WHERE log = 1", (reached,))
            connection.commit()

        yield store


def _column_types(connection: psycopg.Connection[Any], table: str) -> list[str]:
    rows = connection.execute(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        (table,),
    )
    return [str(row[0]) for row in rows]


def rows_after(place: Place, size: int, *, batch: int = BATCH) -> list[Batch]:
    """The rows that Zegel wrote behind the first so many records, those of a batch together."""
    tables = {table: _rows_of(place, table, size) for table in BULK_TABLES}
    count = tables["zegel_record"][-1][1] + 1 - size
    batches: list[Batch] = [{table: [] for table in BULK_TABLES} for _ in range(-(-count // batch))]
    for table, rows in tables.items():
        for row in rows:
            batches[(row[_INDEX_AT[table]] - size) // batch][table].append(row)
    return batches


def _rows_of(place: Place, table: str, size: int) -> list[tuple[Any, ...]]:
    question = f"SELECT * FROM {table} WHERE idx >= {size} ORDER BY idx"
    if place.is_sqlite:
        with closing(sqlite3.connect(place.file)) as connection:
            return connection.execute(question).fetchall()
    with psycopg.connect(place.dsn()) as connection:
        return connection.execute(question.encode()).fetchall()
