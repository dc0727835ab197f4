"""A table that the engine scans as often as a question needs it, made while it is scanned."""

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyarrow.dataset as ds

from projections.sql.arrow_columns import (
    ArrowBatch,
    ArrowExpression,
    ArrowSchema,
    arrow_schema,
)
from projections.sql.catalogue import SqlTable
from projections.sql.early_filter import names_in

Batches = Callable[[frozenset[str], ArrowExpression], Iterator[ArrowBatch]]
"""Gives batches of the named columns of a table, in the order of the catalogue; told also what the
rows must meet, which it may use or not."""


class ScannedTable(ds.Dataset):  # type: ignore[misc]  # pyarrow has no types
    """What DuckDB takes for a dataset of Arrow: it asks for columns and hands its filter on."""

    def __init__(
        self, table: SqlTable, batches: Batches, failed: Callable[[Exception], None]
    ) -> None:
        """A table.

        Args:
            table: Its name and columns.
            batches: Makes its rows.
            failed: Told what went wrong while rows were made: the engine only passes on the text.
        """
        # The initialiser of pyarrow is left alone: it makes what is not told where its data is.
        self._table = table
        self._batches = batches
        self._failed = failed

    @property
    def name(self) -> str:
        """The name that a statement calls it by."""
        return self._table.name

    @property
    def schema(self) -> ArrowSchema:
        """The columns, whether a scan asks for them or not."""
        return arrow_schema(self._table.columns)

    def scanner(
        self,
        columns: Sequence[str] | None = None,
        filter: object = None,  # noqa: A002 - the name under which it is handed on
        **_settings: object,
    ) -> "ds.Scanner":
        """One scan: the columns asked for, of the rows that meet the filter."""
        every = [column.name for column in self._table.columns]
        asked = every if columns is None else list(columns)
        # A name that only stands in a text of the filter costs a column, no more.
        names = names_in(self._table.columns, filter) | set(asked)
        schema = arrow_schema(column for column in self._table.columns if column.name in names)
        reader = pa.RecordBatchReader.from_batches(schema, self._watched(names, filter))
        return ds.Scanner.from_batches(reader, columns=asked, filter=filter)

    def _watched(self, names: frozenset[str], wanted: ArrowExpression) -> Iterator[ArrowBatch]:
        try:
            yield from self._batches(names, wanted)
        except Exception as error:
            self._failed(error)
            raise
