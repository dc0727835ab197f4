"""Facts that are only counted: one narrow row per event, aggregated when asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER, Cell
from projections.forgetting import Forgetting, forget_in_table
from projections.tables import (
    Scope,
    delete_facts,
    insert_rows,
    replace_facts,
    void_facts,
)
from projections.view import Batch


@dataclass(frozen=True, slots=True)
class Facts:
    """A part of a view that keeps one row for each event of some kinds."""

    table: Table
    kinds: frozenset[str]
    cells: Callable[[OpenedRecord], tuple[Cell, ...] | None]
    """The values of the table's own columns, in order; `None` when the event is no such fact.

    An event that is no such fact is none either once values of it were erased.
    """

    @property
    def tables(self) -> tuple[Table, ...]:
        """The one table of the facts."""
        return (self.table,)

    def fold(self, connection: Connection, scope: Scope, batch: Batch) -> None:
        """Adds the facts of the batch and closes those that a correction took back."""
        rows = []
        for record in batch.opened:
            event = record.event
            if event is None or record.stored.kind not in self.kinds:
                continue
            cells = self.cells(record)
            if cells is not None:
                occurred = microseconds(event.occurred_at)
                rows.append((*scope, record.stored.index, occurred, FOREVER, *cells))
        insert_rows(connection, self.table, rows)
        closed = [(void.target, void.index) for void in batch.voids]
        void_facts(connection, self.table, scope, closed)

    def forget(self, connection: Connection, scope: Scope, forgetting: Forgetting) -> None:
        """Replaces the tokens of erased subjects, also where the record is there no more."""
        forget_in_table(connection, self.table, scope, forgetting)

    def reread(self, connection: Connection, scope: Scope, records: Sequence[OpenedRecord]) -> None:
        """Writes what the records say now into the rows that are there; when known stays."""
        replaced, gone = [], []
        for record in records:
            if record.event is None or record.stored.kind not in self.kinds:
                continue
            cells = self.cells(record)
            if cells is None:
                gone.append(record.stored.index)
            else:
                replaced.append((record.stored.index, cells))
        replace_facts(connection, self.table, scope, replaced)
        delete_facts(connection, self.table, scope, gone)
