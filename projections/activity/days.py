"""The counts that are kept: one row per day, kind, system and block, with a column for each hour.

A block is 4,096 indexes. A question whose size cuts through a block reads that block's records
themselves; everything below is read from the rows. So an answer is exact at any size, and costs as
many rows as there were days, kinds and systems, not as many as there were records.

Days are those of UTC. Since every hour has its column, the days of any zone whose offset is whole
hours can be put together from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, Table, Text

from ledger.opening import OpenedRecord
from ledger.stored import StoredRecord
from projections.forgetting import Forgetting
from projections.tables import METADATA, Scope, update_rows
from projections.view import Batch

_BLOCK_BITS: Final = 12
"""A block is 4,096 indexes."""
HOUR_US: Final = 3_600_000_000
"""Microseconds."""
HOURS: Final = 24
DAY_US: Final = HOURS * HOUR_US
"""Microseconds."""
NO_SYSTEM: Final = ""
"""What stands in a key for a record that names no system; no system has this id."""

HOUR_COLUMNS: Final = tuple(f"h{hour:02}" for hour in range(HOURS))
_KEYS: Final = ("log", "generation", "day", "kind", "system", "block")
_FIGURES: Final = ("count", "first", "last", "first_idx", "last_idx")
_ADDED: Final = ("count", *HOUR_COLUMNS)


@dataclass(slots=True)
class _Figures:
    """What one batch adds to one row."""

    first: int
    last: int
    first_index: int
    last_index: int
    hours: list[int]

    def cells(self) -> tuple[int, ...]:
        """The cells of the row after its key."""
        spans = (self.first, self.last, self.first_index, self.last_index)
        return (sum(self.hours), *spans, *self.hours)


@dataclass(frozen=True, slots=True)
class DayCounts:
    """A part of a view that counts every record at the hour in which it occurred.

    A record that was taken back counts too: it stands in the history, and so it is found there.
    """

    table: Table

    @property
    def kinds(self) -> frozenset[str]:
        """None: it looks at the columns beside a record, whatever its kind."""
        return frozenset()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The one table of the counts."""
        return (self.table,)

    def fold(self, connection: Connection, scope: Scope, batch: Batch) -> None:
        """Adds the records of the batch to the rows of their days."""
        columns = (*_KEYS, *_FIGURES, *HOUR_COLUMNS)
        marks = ", ".join("?" * len(columns))
        sums = ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in _ADDED)
        # Records come in the order of their indexes, so that the first index of a row stays.
        update_rows(
            connection,
            f"INSERT INTO {self.table.name} AS kept ({', '.join(columns)}) "  # noqa: S608 - our names
            f"VALUES ({marks}) ON CONFLICT ({', '.join(_KEYS)}) DO UPDATE SET {sums}, "
            "first = CASE WHEN excluded.first < kept.first THEN excluded.first "
            "ELSE kept.first END, "
            "last = CASE WHEN excluded.last > kept.last THEN excluded.last ELSE kept.last END, "
            "last_idx = excluded.last_idx",
            [(*scope, *key, *one.cells()) for key, one in sorted(_figures(batch.stored).items())],
        )

    def forget(self, connection: Connection, scope: Scope, forgetting: Forgetting) -> None:
        """Nothing to do: kinds and systems are no personal data."""

    def reread(self, connection: Connection, scope: Scope, records: Sequence[OpenedRecord]) -> None:
        """Nothing to do: it counts records, and none is gone."""


def block_of(index: int) -> int:
    """The block that a record is counted in."""
    return index >> _BLOCK_BITS


def block_start(block: int) -> int:
    """The first index of a block."""
    return block << _BLOCK_BITS


def _figures(stored: Sequence[StoredRecord]) -> dict[tuple[int, str, str, int], _Figures]:
    """What some records in the order of the log add, by day, kind, system and block."""
    found: dict[tuple[int, str, str, int], _Figures] = {}
    for record in stored:
        occurred = record.occurred_at_us
        if occurred is None:
            continue
        index = record.index
        day, hour = divmod(occurred // HOUR_US, HOURS)
        key = (day, record.kind, record.system or NO_SYSTEM, block_of(index))
        figures = found.get(key)
        if figures is None:
            figures = found[key] = _Figures(occurred, occurred, index, index, [0] * HOURS)
        elif occurred < figures.first:
            figures.first = occurred
        elif occurred > figures.last:
            figures.last = occurred
        figures.last_index = index
        figures.hours[hour] += 1
    return found


def day_table(view: str, version: int) -> Table:
    """The table of the counts of a view."""
    table = Table(
        f"zegel_{view}_v{version}_day",
        METADATA,
        Column("log", BigInteger, primary_key=True, autoincrement=False),
        Column("generation", BigInteger, primary_key=True, autoincrement=False),
        Column("day", BigInteger, primary_key=True, autoincrement=False),
        Column("kind", Text, primary_key=True),
        Column("system", Text, primary_key=True),
        Column("block", BigInteger, primary_key=True, autoincrement=False),
        *(Column(name, BigInteger, nullable=False) for name in _FIGURES),
        *(Column(name, Integer, nullable=False) for name in HOUR_COLUMNS),
        sqlite_with_rowid=False,
    )
    Index(f"ix_{table.name}_block", table.c.log, table.c.generation, table.c.block)
    return table
