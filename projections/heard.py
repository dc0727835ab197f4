"""How often and when each system was heard, without a row per record.

Every 1,024 indexes make a bucket; a bucket keeps one row per system. A question whose size or
moment cuts through a bucket reads that bucket's records themselves, so the answer is exact at any
size and moment, and its cost does not grow with the history inside whole buckets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    and_,
    func,
    not_,
    select,
    true,
)

from ledger.opening import OpenedRecord
from ledger.store.schema import HEAD, RECORD
from ledger.stored import StoredRecord
from projections.forgetting import Forgetting
from projections.reader import Reader
from projections.tables import METADATA, Scope, update_rows
from projections.view import Batch

_BUCKET_BITS: Final = 10
BUCKET_RECORDS: Final = 1 << _BUCKET_BITS


@dataclass(frozen=True, slots=True)
class Heard:
    """The records of one system, in part or whole."""

    count: int
    last: int
    """Microseconds since 1970 at which the latest of them occurred."""
    last_index: int


def joined(parts: Iterable[Heard]) -> Heard:
    """The whole of several parts that share no record."""
    kept = list(parts)
    latest = max(kept, key=lambda part: (part.last, part.last_index))
    return Heard(sum(part.count for part in kept), latest.last, latest.last_index)


@dataclass(frozen=True, slots=True)
class Buckets:
    """A part of a view that counts the records of every system."""

    table: Table

    @property
    def kinds(self) -> frozenset[str]:
        """None: it looks at the columns beside a record, whatever its kind."""
        return frozenset()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The buckets."""
        return (self.table,)

    def fold(self, connection: Connection, scope: Scope, batch: Batch) -> None:
        """Adds the records of the batch to their buckets."""
        update_rows(
            connection,
            f"INSERT INTO {self.table.name} AS kept "  # noqa: S608 - our names
            "(log, generation, system, bucket, count, first, last, last_idx) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (log, generation, system, bucket) DO UPDATE SET "
            "count = kept.count + excluded.count, "
            "first = CASE WHEN excluded.first < kept.first THEN excluded.first "
            "ELSE kept.first END, "
            "last_idx = CASE WHEN excluded.last >= kept.last THEN excluded.last_idx "
            "ELSE kept.last_idx END, "
            "last = CASE WHEN excluded.last > kept.last THEN excluded.last ELSE kept.last END",
            [
                (*scope, system, bucket, *figures)
                for (system, bucket), figures in _figures(batch.stored).items()
            ],
        )

    def forget(self, connection: Connection, scope: Scope, forgetting: Forgetting) -> None:
        """Nothing to do: the names of systems are no personal data."""

    def reread(self, connection: Connection, scope: Scope, records: Sequence[OpenedRecord]) -> None:
        """Nothing to do: it counts records, and none is gone."""

    def heard(self, reader: Reader) -> dict[str, Heard]:
        """Of every system, what it reported below the known size and up to the moment asked."""
        table = self.table.c
        begun = (
            table.log == reader.scope.log,
            table.generation == reader.scope.generation,
            table.first <= reader.as_of,
        )
        whole = and_(self._below(reader), table.last <= reader.as_of)
        parts: dict[str, list[Heard]] = {}
        totals = select(
            table.system, func.sum(table.count).label("count"), func.max(table.last).label("last")
        )
        for row in reader.rows(totals.where(*begun, whole).group_by(table.system)):
            latest = select(func.max(table.last_idx)).where(
                *begun, whole, table.system == row["system"], table.last == row["last"]
            )
            index = reader.connection.scalar(latest)
            parts[row["system"]] = [Heard(int(row["count"]), row["last"], index)]
        cut = select(table.system, table.bucket).where(*begun, not_(whole))
        for row in reader.rows(cut):
            part = _read_records(reader, row["system"], row["bucket"] << _BUCKET_BITS)
            if part is not None:
                parts.setdefault(row["system"], []).append(part)
        return {system: joined(found) for system, found in parts.items()}

    def _below(self, reader: Reader) -> ColumnElement[bool]:
        """Buckets that hold only records below the known size."""
        size = select(HEAD.c.size).where(HEAD.c.log == reader.scope.log)
        if reader.known_size >= int(reader.connection.scalar(size) or 0):
            return true()  # everything is known that anybody could have folded
        return self.table.c.bucket < reader.known_size >> _BUCKET_BITS


def _read_records(reader: Reader, system: str, start: int) -> Heard | None:
    """What a system reported in the bucket that starts at an index, from the records themselves."""
    stop = min(start + BUCKET_RECORDS, reader.known_size)
    query = select(RECORD.c.idx, RECORD.c.occurred_at_us).where(
        RECORD.c.log == reader.scope.log,
        RECORD.c.system == system,
        RECORD.c.idx >= start,
        RECORD.c.idx < stop,
        RECORD.c.occurred_at_us <= reader.as_of,
    )
    found = [Heard(1, row.occurred_at_us, row.idx) for row in reader.connection.execute(query)]
    return joined(found) if found else None


def _figures(stored: Sequence[StoredRecord]) -> dict[tuple[str, int], tuple[int, ...]]:
    """Count, first, last and index of the last, by system and bucket."""
    figures: dict[tuple[str, int], tuple[int, ...]] = {}
    for record in stored:
        occurred = record.occurred_at_us
        if record.system is None or occurred is None:
            continue
        key = (record.system, record.index >> _BUCKET_BITS)
        count, first, last, last_index = figures.get(key, (0, occurred, occurred, 0))
        if occurred >= last:
            last, last_index = occurred, record.index
        figures[key] = (count + 1, min(first, occurred), last, last_index)
    return figures


def bucket_table(view: str, version: int) -> Table:
    """The table of the buckets of a view."""
    return Table(
        f"zegel_{view}_v{version}_heard",
        METADATA,
        Column("log", BigInteger, primary_key=True, autoincrement=False),
        Column("generation", BigInteger, primary_key=True, autoincrement=False),
        Column("system", Text, primary_key=True),
        Column("bucket", BigInteger, primary_key=True, autoincrement=False),
        Column("count", BigInteger, nullable=False),
        Column("first", BigInteger, nullable=False),
        Column("last", BigInteger, nullable=False),
        Column("last_idx", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
