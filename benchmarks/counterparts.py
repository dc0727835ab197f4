"""The other sides of the append comparison: the bare driver, and other event stores.

The bare driver inserts the very rows that Zegel wrote, read back beforehand: same tables, indexes,
triggers, batches and durability. The event stores neither seal nor encrypt.
"""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID  # noqa: TC003 - the library reads the annotation

import psycopg
from eventsourcing.application import Application

from benchmarks.databases import Database, Place
from benchmarks.fields import BATCH, library_batches
from benchmarks.measuring import Done, Work
from ledger.store.engine import open_engine

BULK_TABLES: Final = ("zegel_record", "zegel_disclosure", "zegel_sameness")
Batch = dict[str, list[tuple[Any, ...]]]


@contextmanager
def library(database: Database, count: int) -> Iterator[Work]:
    """The eventsourcing library's `Application.save` with its own recorder, in batches of 1,000."""
    with database.fresh() as place:
        application: Application[UUID] = Application(env=place.library_environment())
        batches = library_batches(count)

        def work() -> int:
            for batch in batches:
                application.save(*cast("list[Any]", batch))
            return count

        yield work
        application.close()


@contextmanager
def library_sqlalchemy(database: Database, count: int, python: Path) -> Iterator[Work]:
    """The `eventsourcing_sqlalchemy` recorder, in a process of its own environment."""
    with database.fresh() as place:

        def work() -> Done:
            script = Path(__file__).parent / "separate" / "sqlalchemy_recorder.py"
            command = [str(python), str(script), place.old_sqlalchemy_url(), str(count)]
            environment = {
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(Path(__file__).parent.parent),
            }
            run = subprocess.run(  # noqa: S603 - our own script
                command, check=True, capture_output=True, text=True, env=environment
            )
            found = json.loads(run.stdout)
            return Done(found["items"], found["seconds"])

        yield work


@contextmanager
def bare_sqlite(database: Database, batches: list[Batch]) -> Iterator[Work]:
    """`sqlite3` inserting the same rows: executemany of tuples, a commit a batch, same pragmas."""
    with database.fresh_schema() as place:
        engine = open_engine(place.url)
        pooled = engine.raw_connection()
        connection = cast("sqlite3.Connection", pooled.driver_connection)
        inserts = {
            table: f"INSERT INTO {table} VALUES ({','.join('?' * len(batches[0][table][0]))})"
            for table in BULK_TABLES
        }

        def work() -> int:
            size = 0
            for batch in batches:
                connection.execute("BEGIN IMMEDIATE")
                for table in BULK_TABLES:
                    connection.executemany(inserts[table], batch[table])
                size += len(batch["zegel_record"])
                connection.execute("UPDATE zegel_head SET size = ? WHERE log = 1", (size,))
                connection.execute("COMMIT")
            return size

        yield work
        pooled.close()
        engine.dispose()


@contextmanager
def bare_postgres(database: Database, batches: list[Batch]) -> Iterator[Work]:
    """`psycopg` inserting the same rows: binary COPY, one commit a batch."""
    with database.fresh_schema() as place, psycopg.connect(place.dsn()) as connection:
        types = {table: _column_types(connection, table) for table in BULK_TABLES}

        def work() -> int:
            size = 0
            for batch in batches:
                with connection.cursor() as cursor:
                    for table in BULK_TABLES:
                        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                            copy.set_types(types[table])
                            for row in batch[table]:
                                copy.write_row(row)
                    size += len(batch["zegel_record"])
                    cursor.execute("UPDATE zegel_head SET size = %s WHERE log = 1", (size,))
                connection.commit()
            return size

        yield work


def _column_types(connection: psycopg.Connection[Any], table: str) -> list[str]:
    rows = connection.execute(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        (table,),
    )
    return [str(row[0]) for row in rows]


def written_rows(place: Place) -> list[Batch]:
    """The rows that Zegel wrote into a database, in the batches that it wrote them in."""
    tables = {table: _rows_of(place, table) for table in BULK_TABLES}
    at = {"zegel_record": 1, "zegel_disclosure": 1, "zegel_sameness": 3}
    count = max(row[1] for row in tables["zegel_record"]) + 1
    batches: list[Batch] = [{table: [] for table in BULK_TABLES} for _ in range(-(-count // BATCH))]
    for table, rows in tables.items():
        for row in rows:
            batches[row[at[table]] // BATCH][table].append(row)
    return batches


def _rows_of(place: Place, table: str) -> list[tuple[Any, ...]]:
    if place.is_sqlite:
        with closing(sqlite3.connect(place.file)) as connection:
            return connection.execute(f"SELECT * FROM {table}").fetchall()
    with psycopg.connect(place.dsn()) as connection:
        return connection.execute(f"SELECT * FROM {table}".encode()).fetchall()
