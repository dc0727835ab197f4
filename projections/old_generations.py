"""The rows of generations that nobody reads: which tables hold some, and how they are deleted.

The statements of a table are made once: a view has dozens of tables, and what is asked of most of
them is only whether there is anything to delete.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Delete,
    MetaData,
    Select,
    Table,
    bindparam,
    delete,
    select,
)

from projections.tables import Scope

_IDX_PER_DELETE: Final = 100_000
"""Old facts go in stretches, so that writers never wait long."""


class _Statements(NamedTuple):
    """What is asked of one table, of one log."""

    older: Select[Any]
    """Some generation below another."""
    following: Select[Any]
    """The next generation, by the primary key, which generations lead: rows are not walked."""
    delete: Delete
    """All of one generation."""
    delete_older: Delete
    """All of the generations below another."""
    delete_stretch: Delete
    """Those facts of the generations below another that stand from one index below the next."""


@cache
def _statements(name: str) -> _Statements:
    numbers = ("log", "generation", "idx")
    table = Table(name, MetaData(), *(Column(each, BigInteger) for each in numbers))
    mine = table.c.log == bindparam("of_log")
    generation = table.c.generation
    below = generation < bindparam("below")
    return _Statements(
        older=select(generation).where(mine, below).limit(1),
        following=select(generation)
        .where(mine, generation > bindparam("seen"))
        .order_by(generation)
        .limit(1),
        delete=delete(table).where(mine, generation == bindparam("gone")),
        delete_older=delete(table).where(mine, below),
        delete_stretch=delete(table).where(
            mine, below, table.c.idx >= bindparam("first"), table.c.idx < bindparam("stop")
        ),
    )


def with_older_rows(connection: Connection, tables: Iterable[Table], scope: Scope) -> list[Table]:
    """The tables that hold rows below a generation."""
    asked = {"of_log": scope.log, "below": scope.generation}
    return [
        table
        for table in tables
        if connection.scalar(_statements(table.name).older, asked) is not None
    ]


def older_rows(
    table: Table, scope: Scope, position: int
) -> Iterator[tuple[Delete, dict[str, int]]]:
    """Statements that delete what stands below a generation, each small enough to run alone.

    Args:
        table: One of a view.
        scope: The generation that stays.
        position: How many records it has folded.
    """
    statements = _statements(table.name)
    mine = {"of_log": scope.log, "below": scope.generation}
    if "occurred" in table.c:
        for first in range(0, position, _IDX_PER_DELETE):
            stretch = {"first": first, "stop": first + _IDX_PER_DELETE}
            yield statements.delete_stretch, mine | stretch
    yield statements.delete_older, mine


def delete_generations(connection: Connection, name: str, log: int, used: set[int]) -> None:
    """Deletes a log's rows of every generation but those in use.

    Args:
        connection: Writing, with nobody folding.
        name: Of a table of any view of any version.
        log: Whose.
        used: The generations that stay.
    """
    statements = _statements(name)
    seen: int | None = -1
    while True:
        seen = connection.scalar(statements.following, {"of_log": log, "seen": seen})
        if seen is None:
            return
        if seen not in used:
            connection.execute(statements.delete, {"of_log": log, "gone": seen})
