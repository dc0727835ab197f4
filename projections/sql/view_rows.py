"""The answers of views as batches of Arrow, as of one moment and one size of the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

import pyarrow as pa

from ledger.ledger import Ledger
from ledger.units import Size, ZoneName
from projections.query import state
from projections.sql.arrow_columns import ArrowBatch, arrow_column, arrow_schema
from projections.sql.catalogue import SqlTable

BATCH_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Moment:
    """What every table of one question is true of."""

    as_of: datetime
    """True in the world at this instant, aware."""
    size: Size
    """Only the records below this index count."""
    zone: ZoneName
    """Whose calendar counts where a term ends with a day."""


def view_batches(
    ledger: Ledger, table: SqlTable, moment: Moment, names: frozenset[str]
) -> Iterator[ArrowBatch]:
    """Batches of the named columns, in the order of the view's answer.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    if table.view is None:
        raise ValueError(f"{table.name}: expected the question of a view")
    columns = [column for column in table.columns if column.name in names]
    answer = state(
        ledger,
        table.view.name,
        as_of=moment.as_of,
        as_known=moment.size,
        only=table.section,
        zone=moment.zone,
    )
    rows = iter(answer.rows)
    while batch := list(islice(rows, BATCH_ROWS)):
        arrays = [arrow_column(each, [row.get(each.name) for row in batch]) for each in columns]
        yield pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(columns))
