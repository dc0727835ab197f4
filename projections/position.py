"""How far each view has folded a log, and which generation of its rows is read.

A view's own name holds the generation that readers see; `NAME/next` holds one that a rebuild is
filling. Invariants: a position moves only forward, by compare-and-set, in the transaction that
writes the rows: so every record is folded exactly once, whatever crashes or runs beside it;
generations of one view of one log only grow.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, collate, delete, insert, select, update

from ledger.store.schema import VIEW_POSITION

_NEXT: Final = "/next"
_ADVANCE: Final = (
    update(VIEW_POSITION)
    .where(
        VIEW_POSITION.c.log == bindparam("of_log"),
        VIEW_POSITION.c.view == bindparam("key"),
        VIEW_POSITION.c.generation == bindparam("at"),
        VIEW_POSITION.c.position == bindparam("seen"),
    )
    .values(position=bindparam("reached"))
)
"""Made once: each batch asks for it once per view."""


class Place(NamedTuple):
    """One generation of a view and how many records it has folded."""

    key: str
    version: int
    generation: int
    position: int


def next_key(view: str) -> str:
    """The key of the generation that a rebuild of the view is filling."""
    return f"{view}{_NEXT}"


def read_places(connection: Connection, log: int) -> Mapping[str, Place]:
    """Every generation of every view of a log, by key."""
    columns = VIEW_POSITION.c
    query = select(columns.view, columns.version, columns.generation, columns.position)
    found = connection.execute(query.where(columns.log == log))
    return {row.view: Place(*row) for row in found}


def lock_places(connection: Connection, log: int) -> Mapping[str, Place]:
    """The same, with nobody folding into any of them until the end of the transaction.

    On SQLite a writing transaction keeps everybody else from it already.
    """
    if connection.dialect.name == "postgresql":
        columns = VIEW_POSITION.c
        query = select(columns.view).where(columns.log == log)
        # In the order in which runners lock them, whatever the collation of the database.
        connection.execute(query.order_by(collate(columns.view, "C")).with_for_update())
    return read_places(connection, log)


def begin(connection: Connection, log: int, place: Place) -> None:
    """Starts a generation, in place of whatever the key held."""
    columns = VIEW_POSITION.c
    connection.execute(delete(VIEW_POSITION).where(columns.log == log, columns.view == place.key))
    connection.execute(
        insert(VIEW_POSITION).values(
            log=log,
            view=place.key,
            version=place.version,
            generation=place.generation,
            position=place.position,
        )
    )


def advance(connection: Connection, log: int, place: Place, position: int) -> bool:
    """Moves a generation forward from where it was seen; false when another runner was first."""
    seen = {"key": place.key, "at": place.generation, "seen": place.position}
    moved = connection.execute(_ADVANCE, {"of_log": log, **seen, "reached": position})
    return moved.rowcount == 1


def promote(connection: Connection, log: int, view: str) -> None:
    """Makes the generation that was being filled the one that is read."""
    columns = VIEW_POSITION.c
    connection.execute(delete(VIEW_POSITION).where(columns.log == log, columns.view == view))
    connection.execute(
        update(VIEW_POSITION)
        .where(columns.log == log, columns.view == next_key(view))
        .values(view=view)
    )


def versions_in_use(connection: Connection, view: str) -> set[int]:
    """The versions of a view that any log has folded or is folding."""
    columns = VIEW_POSITION.c
    query = select(columns.version).where(columns.view.in_([view, next_key(view)]))
    return set(connection.scalars(query))
