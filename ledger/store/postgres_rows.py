"""The statements of an append on PostgreSQL: binary COPY for batches, one round trip for a few.

A pipeline that holds more than a socket buffer hangs for ever (both sides wait to be read), so only
small batches are pipelined.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, cast
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
)

if TYPE_CHECKING:  # imported by whoever connects to PostgreSQL, so that SQLite starts sooner
    import psycopg

FEW_ROWS: Final = 24
"""Below this many records, statements in one round trip beat COPY, which needs one per table."""

PIPELINE_BYTES: Final = 65_536
"""A quarter of what is known to be safe."""


class _Target:
    """One table to insert into, with the types that binary COPY must be told."""

    def __init__(self, table: str, columns: Sequence[str], types: Sequence[str]) -> None:
        names = ", ".join(columns)
        places = ", ".join(["%b"] * len(columns))
        self.types = types
        self.copy = f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)".encode()
        self.insert = f"INSERT INTO {table} ({names}) VALUES ({places})".encode()  # noqa: S608 - our names


_RECORD: Final = _Target(
    "zegel_record",
    RECORD_COLUMNS,
    ("int4", "int8", "bytea", "bytea", "uuid", "int8", "text", "uuid", "int8", "int8", "text"),
)
_DISCLOSURE: Final = _Target(
    "zegel_disclosure", DISCLOSURE_COLUMNS, ("int4", "int8", "uuid", "text", "bytea")
)
_SAMENESS: Final = _Target("zegel_sameness", SAMENESS_COLUMNS, ("int4", "uuid", "bytea", "int8"))


class PostgresRows:
    """See `ledger.store.rows.Rows`."""

    def __init__(self, connection: Connection, log: int) -> None:
        """Works on the driver connection below `connection`, inside its transaction."""
        self._driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        self._cursor = self._driver.cursor(binary=True)
        self._log = log

    @staticmethod
    def database_uuid(value: UUID) -> DatabaseUuid:
        """The object itself."""
        return value

    def lock_head(self) -> HeadRow | None:
        """The head, its row locked until the transaction ends."""
        self._cursor.execute(
            "SELECT size, last_leaf_hash, last_recorded_at_us, frontier FROM zegel_head "
            "WHERE log = %s FOR UPDATE",
            (self._log,),
        )
        row = self._cursor.fetchone()
        return None if row is None else HeadRow(*row)

    def vault_generation(self) -> int | None:
        """The generation of the vault's keys, as of now: read after the head was locked."""
        self._cursor.execute("SELECT generation FROM zegel_vault WHERE log = %s", (self._log,))
        row = self._cursor.fetchone()
        return None if row is None else row[0]

    def known(
        self, event_ids: Sequence[DatabaseUuid]
    ) -> Iterator[tuple[DatabaseUuid, bytes | None, int]]:
        """Event id, digest and index of those that are in the log."""
        self._cursor.execute(
            "SELECT event_id, digest, idx FROM zegel_sameness "
            "WHERE log = %s AND event_id = ANY(%s)",
            (self._log, list(event_ids)),
        )
        yield from self._cursor.fetchall()

    def versions(self, streams: Sequence[DatabaseUuid]) -> Iterator[tuple[DatabaseUuid, int]]:
        """The streams that exist, with their newest version, kept or pruned."""
        # One step into the index per stream; GROUP BY would read every version of it.
        self._cursor.execute(
            "SELECT wanted, newest.version FROM unnest(%s::uuid[]) AS wanted, LATERAL ("
            "SELECT coalesce((SELECT version FROM zegel_record WHERE log = %s AND stream = wanted "
            "ORDER BY version DESC LIMIT 1), (SELECT version FROM zegel_pruned_stream "
            "WHERE log = %s AND stream = wanted)) AS version) AS newest "
            "WHERE newest.version IS NOT NULL",
            (list(streams), self._log, self._log),
        )
        yield from self._cursor.fetchall()

    def receipts(self, indexes: Sequence[int]) -> Iterator[Receipt]:
        """The receipts that were given for stored records."""
        self._cursor.execute(
            "SELECT idx, leaf_hash, recorded_at_us, stream, version, event_id "
            "FROM zegel_record WHERE log = %s AND idx = ANY(%s::bigint[])",
            (self._log, list(indexes)),
        )
        for index, leaf, us, stream, version, event_id in self._cursor.fetchall():
            yield Receipt(index, leaf, instant_of(us), stream, version, event_id)

    def minimum(self) -> int:
        """The lowest index that is kept."""
        self._cursor.execute("SELECT minimum FROM zegel_minimum WHERE log = %s", (self._log,))
        row = self._cursor.fetchone()
        return 0 if row is None else row[0]

    def newest_recorded_at_us(self, kind: str) -> int | None:
        """When the newest record of a kind was recorded."""
        self._cursor.execute(
            "SELECT recorded_at_us FROM zegel_record WHERE log = %s AND kind = %s "
            "ORDER BY idx DESC LIMIT 1",
            (self._log, kind),
        )
        row = self._cursor.fetchone()
        return None if row is None else row[0]

    def insert(
        self, records: Sequence[Row], disclosures: Sequence[Row], sameness: Sequence[Row]
    ) -> None:
        """Stores rows, by COPY or, when they are few and small, in one round trip."""
        parts = [
            (target, rows)
            for target, rows in (
                (_RECORD, records),
                (_DISCLOSURE, disclosures),
                (_SAMENESS, sameness),
            )
            if rows
        ]
        if len(records) <= FEW_ROWS and _bytes(records, disclosures) <= PIPELINE_BYTES:
            self._pipeline(parts)
        else:
            self._copy(parts)

    def _pipeline(self, parts: Sequence[tuple[_Target, Sequence[Row]]]) -> None:
        with self._driver.pipeline():
            for target, rows in parts:
                self._cursor.executemany(target.insert, rows)

    def _copy(self, parts: Sequence[tuple[_Target, Sequence[Row]]]) -> None:
        for target, rows in parts:
            with self._cursor.copy(target.copy) as copy:
                copy.set_types(target.types)
                for row in rows:
                    copy.write_row(row)

    def move_head(self, found: HeadRow, moved: HeadRow) -> bool:
        """Whether the head was still where it was found, and is now where it was moved to."""
        self._cursor.execute(
            "UPDATE zegel_head SET size = %s, last_leaf_hash = %s, last_recorded_at_us = %s, "
            "frontier = %s WHERE log = %s AND size = %s AND last_leaf_hash = %s",
            (*moved, self._log, found.size, found.last_leaf_hash),
        )
        return self._cursor.rowcount == 1


def _bytes(records: Sequence[Row], disclosures: Sequence[Row]) -> int:
    sealed = RECORD_COLUMNS.index("sealed")
    ciphertext = DISCLOSURE_COLUMNS.index("ciphertext")
    return sum(len(row[sealed]) for row in records) + sum(
        len(row[ciphertext]) for row in disclosures
    )
