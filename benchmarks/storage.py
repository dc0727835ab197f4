"""How many bytes a record takes in a database: `python -m benchmarks.storage RECORDS`."""

import os
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from typing import Final

import psycopg

from benchmarks.databases import Database, Place
from benchmarks.histories import histories

_ROWS_AND_INDEXES: Final = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relname LIKE 'zegel_%'
"""

_PAGES: Final = """
SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY tbl_name
"""


def main(records: int) -> None:
    """Prints one table a database: what its tables take with their indexes, for each record."""
    for database in (Database("SQLite"), Database("PostgreSQL", os.environ["ZEGEL_TEST_POSTGRES"])):
        with histories(database, [records]) as (log,):
            found = table_bytes(log.place)
        print(f"\n**{database.name}, {records:,} records of two personal values**\n")
        print("| table | bytes a record |\n|---|---:|")
        for table, size in sorted(found.items(), key=lambda each: -each[1]):
            if size >= records:  # others do not grow with the log
                print(f"| {table} | {size / records:,.0f} |")
        print(f"| all | {sum(found.values()) / records:,.0f} |", flush=True)


def table_bytes(place: Place) -> Mapping[str, int]:
    """What each table takes with its indexes."""
    return _sqlite(place) if place.is_sqlite else _postgresql(place)


def _sqlite(place: Place) -> Mapping[str, int]:
    with closing(sqlite3.connect(place.file)) as connection:
        return dict(connection.execute(_PAGES).fetchall())


def _postgresql(place: Place) -> Mapping[str, int]:
    with psycopg.connect(place.dsn(), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        return dict(connection.execute(_ROWS_AND_INDEXES).fetchall())


if __name__ == "__main__":
    main(int(sys.argv[1]))
