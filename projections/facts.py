"""Facts that are only counted: one narrow row per event, aggregated when asked."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER, Cell
from projections.tables import Scope, insert_rows, void_facts
from projections.view import Batch


@dataclass(frozen=True, slots=True)
class Facts:
    """A part of a view that keeps one row for each event of some kinds."""

    table: Table
    kinds: frozenset[str]
    cells: Callable[[OpenedRecord], tuple[Cell, ...] | None]
    """The values of the table's own columns, in order; `None` when the event is no such fact."""

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
