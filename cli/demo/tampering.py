"""What a rogue administrator does: takes the database file, removes the guard, changes one byte.

Works on a copy. Of a log in PostgreSQL the copy is an SQLite file with the same rows.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select

from ledger.query import EventQuery
from ledger.store.engine import open_engine
from ledger.store.migrating import migrate
from ledger.store.schema import LOG, METADATA

if TYPE_CHECKING:
    from ledger.ledger import Ledger

GUARD: Final = "zegel_record_no_update"
ROWS_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Tampering:
    """What was done to the copy."""

    index: int
    before: str
    after: str
    refusal: str
    """What the database said while the guard still stood."""


def copy_database(ledger: "Ledger", target: Path) -> None:
    """Makes an SQLite file with everything that the database holds of this log."""
    engine = ledger.log.engine
    if engine.dialect.name == "sqlite":
        with (
            closing(sqlite3.connect(str(engine.url.database))) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        return
    copy_engine = open_engine(f"sqlite:///{target}", create=True)
    try:
        migrate(copy_engine)
        with engine.connect() as source_rows, copy_engine.begin() as copied:
            for table in METADATA.sorted_tables:
                if not copy_engine.dialect.has_table(copied, table.name):
                    continue
                mine = table.c.id if table is LOG else table.c.log
                rows = source_rows.execute(select(table).where(mine == ledger.log.log_id))
                for batch in rows.mappings().partitions(ROWS_AT_ONCE):
                    copied.execute(insert(table), [dict(row) for row in batch])
    finally:
        copy_engine.dispose()


def use_after_revocation(ledger: "Ledger", system: str) -> int:
    """The index of the use of access that occurred last at a system."""
    found = list(ledger.read(EventQuery(kinds=("access.used",), system=system)))
    return max(found, key=lambda opened: opened.stored.occurred_at_us or 0).stored.index


def change_one_byte(database: Path, index: int, before: bytes, after: bytes) -> Tampering:
    """Changes one byte of the sealed bytes of one record, with plain SQL, dropping the guard first.

    Args:
        database: An SQLite file that nobody else uses.
        index: Which record.
        before: What stands in its bytes.
        after: What will stand there; one byte differs.
    """
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        (sealed,) = connection.execute(
            "SELECT sealed FROM zegel_record WHERE idx = ?", (index,)
        ).fetchone()
        forged = sealed.replace(before, after, 1)
        statement = "UPDATE zegel_record SET sealed = ? WHERE idx = ?"
        try:
            connection.execute(statement, (forged, index))
            refusal = ""
        except sqlite3.DatabaseError as error:
            refusal = str(error)
        connection.execute(f"DROP TRIGGER IF EXISTS {GUARD}")
        connection.execute(statement, (forged, index))
    return Tampering(index, before.decode(), after.decode(), refusal)
