"""What the tables of a view hold, for comparing one way of filling them with another."""

from typing import Any

from sqlalchemy import select

from ledger.ledger import Ledger
from ledger.store import reading
from projections import VIEWS
from projections.position import read_places
from projections.view import View

Rows = dict[str, set[tuple[Any, ...]]]


def rows_of(ledger: Ledger, view: View) -> Rows:
    """Every row of the generation that is read, by table, without the generation."""
    with reading(ledger.log.engine) as connection:
        place = read_places(connection, ledger.log.log_id)[view.name]
        return {
            table.name: {
                tuple(cell for name, cell in row.items() if name != "generation")
                for row in connection.execute(
                    select(table).where(
                        table.c.log == ledger.log.log_id, table.c.generation == place.generation
                    )
                ).mappings()
            }
            for table in view.tables
        }


def rows_of_all(ledger: Ledger) -> dict[str, Rows]:
    """The rows of every view."""
    return {name: rows_of(ledger, view) for name, view in VIEWS.items()}
