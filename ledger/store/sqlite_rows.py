"""The statements of an append on SQLite: tuples through the driver's own `executemany`."""

from collections.abc import Iterator, Sequence
from itertools import chain
from sqlite3 import Cursor
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Connection

from ledger.draft import Receipt
from ledger.store.requests import DatabaseUuid, instant_of
from ledger.store.rows import (
    DISCLOSURE_COLUMNS,
    RECORD_COLUMNS,
    SAMENESS_COLUMNS,
    HeadRow,
    Row,
    pages,
)

_LOOKUPS: Final = 500
_MANY_ROWS: Final = 500
"""Of eleven values each: far below the most that SQLite binds to a statement."""


class _Insertion:
    """The statements that insert rows into one table: many by one statement, the rest one by one.

    A batch of 1,000 takes a quarter less of the processor's time so. A row that is refused ends the
    transaction with all its rows: `OR FAIL` says that the rows before it in the same statement need
    not be undone apart, for which SQLite would keep a copy of each page that the statement changes.

    Source: SQLite, "ON CONFLICT clause" (FAIL), "Temporary files" section 2.4 (statement journals).
    """

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        row = f"({', '.join('?' * len(columns))})"
        self._one = f"INSERT OR FAIL INTO {table} ({', '.join(columns)}) VALUES {row}"  # noqa: S608 - our names
        self._many = self._one + f", {row}" * (_MANY_ROWS - 1)

    def execute(self, cursor: Cursor, rows: Sequence[Row]) -> None:
        """Inserts the rows in their order."""
        whole = len(rows) - len(rows) % _MANY_ROWS
        for at in range(0, whole, _MANY_ROWS):
            cursor.execute(self._many, tuple(chain.from_iterable(rows[at : at + _MANY_ROWS])))
        cursor.executemany(self._one, rows[whole:] if whole else rows)


_RECORD: Final = _Insertion("zegel_record", RECORD_COLUMNS)
_DISCLOSURE: Final = _Insertion("zegel_disclosure", DISCLOSURE_COLUMNS)
_SAMENESS: Final = _Insertion("zegel_sameness", SAMENESS_COLUMNS)


class SqliteRows:
    """See `ledger.store.rows.Rows`."""

    def __init__(self, connection: Connection, log: int) -> None:
        """Works on the driver connection below `connection`, which began with BEGIN IMMEDIATE."""
        self._cursor = cast("Cursor", connection.connection.cursor())
        self._log = log

    @staticmethod
    def database_uuid(value: UUID) -> DatabaseUuid:
        """16 bytes."""
        return value.bytes

    def lock_head(self) -> HeadRow | None:
        """The head; BEGIN IMMEDIATE holds the lock already."""
        self._cursor.execute(
            "SELECT size, last_leaf_hash, last_recorded_at_us, frontier FROM zegel_head "
            "WHERE log = ?",
            (self._log,),
        )
        row = self._cursor.fetchone()
        return None if row is None else HeadRow(*row)

    def vault_generation(self) -> int | None:
        """The generation of the vault's keys."""
        self._cursor.execute("SELECT generation FROM zegel_vault WHERE log = ?", (self._log,))
        row = self._cursor.fetchone()
        return None if row is None else row[0]

    def known(
        self, event_ids: Sequence[DatabaseUuid]
    ) -> Iterator[tuple[DatabaseUuid, bytes | None, int]]:
        """Event id, digest and index of those that are in the log."""
        for page in pages(event_ids, _LOOKUPS):
            self._cursor.execute(
                "SELECT event_id, digest, idx FROM zegel_sameness "  # noqa: S608 - placeholders
                f"WHERE log = ? AND event_id IN ({','.join('?' * len(page))})",
                (self._log, *page),
            )
            yield from self._cursor.fetchall()

    def versions(self, streams: Sequence[DatabaseUuid]) -> Iterator[tuple[DatabaseUuid, int]]:
        """The streams that exist, with their newest version, kept or pruned."""
        # One step into the index per stream; GROUP BY would read every version of it.
        for page in pages(streams, _LOOKUPS):
            self._cursor.execute(
                "SELECT column1, coalesce((SELECT max(version) FROM zegel_record "  # noqa: S608 - placeholders
                "WHERE log = ? AND stream = column1), (SELECT version FROM zegel_pruned_stream "
                "WHERE log = ? AND stream = column1)) AS newest "
                f"FROM (VALUES {','.join(['(?)'] * len(page))})",
                (self._log, self._log, *page),
            )
            yield from (row for row in self._cursor.fetchall() if row[1] is not None)

    def receipts(self, indexes: Sequence[int]) -> Iterator[Receipt]:
        """The receipts that were given for stored records."""
        for page in pages(indexes, _LOOKUPS):
            self._cursor.execute(
                "SELECT idx, leaf_hash, recorded_at_us, stream, version, event_id "  # noqa: S608 - placeholders
                f"FROM zegel_record WHERE log = ? AND idx IN ({','.join('?' * len(page))})",
                (self._log, *page),
            )
            for index, leaf, us, stream, version, event_id in self._cursor.fetchall():
                yield Receipt(
                    index, leaf, instant_of(us), UUID(bytes=stream), version,
                    None if event_id is None else UUID(bytes=event_id),
                )  # fmt: skip

    def minimum(self) -> int:
        """The lowest index that is kept."""
        self._cursor.execute("SELECT minimum FROM zegel_minimum WHERE log = ?", (self._log,))
        row = self._cursor.fetchone()
        return 0 if row is None else row[0]

    def newest_recorded_at_us(self, kind: str) -> int | None:
        """When the newest record of a kind was recorded."""
        self._cursor.execute(
            "SELECT recorded_at_us FROM zegel_record WHERE log = ? AND kind = ? "
            "ORDER BY idx DESC LIMIT 1",
            (self._log, kind),
        )
        row = self._cursor.fetchone()
        return None if row is None else row[0]

    def insert(
        self, records: Sequence[Row], disclosures: Sequence[Row], sameness: Sequence[Row]
    ) -> None:
        """Stores rows."""
        _RECORD.execute(self._cursor, records)
        _DISCLOSURE.execute(self._cursor, disclosures)
        _SAMENESS.execute(self._cursor, sameness)

    def move_head(self, found: HeadRow, moved: HeadRow) -> bool:
        """Whether the head was still where it was found, and is now where it was moved to."""
        self._cursor.execute(
            "UPDATE zegel_head SET size = ?, last_leaf_hash = ?, last_recorded_at_us = ?, "
            "frontier = ? WHERE log = ? AND size = ? AND last_leaf_hash = ?",
            (*moved, self._log, found.size, found.last_leaf_hash),
        )
        return self._cursor.rowcount == 1
