"""Tokens of erased subjects, found in cells of views and replaced by `withheld`.

A token may be a whole cell or stand inside the JSON of one; either way the replaced cell is what a
fold writes that finds nobody in particular.
"""

import re
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Connection, Table, Text, and_, or_, select

from ledger.personal import WITHHELD
from projections.tables import Scope, update_rows

_TOKEN: Final = re.compile("[a-z-]+#([0-9a-f]{32})")
_FEW: Final = 8
"""Up to this number of subjects the database looks for each by itself."""
_ROWS_AT_ONCE: Final = 2000


class Forgetting:
    """The subjects that were erased, whole."""

    def __init__(self, subject_ids: Iterable[UUID]) -> None:
        """Takes their ids."""
        self._gone = frozenset(subject_id.hex for subject_id in subject_ids)

    def __bool__(self) -> bool:
        """Whether there is anybody to forget."""
        return bool(self._gone)

    def text(self, cell: str) -> str:
        """A cell without their tokens."""
        return _TOKEN.sub(lambda found: WITHHELD if found[1] in self._gone else found[0], cell)

    def holding(self, columns: Iterable[Column[Any]]) -> ColumnElement[bool]:
        """Rows that may hold one of their tokens, for the database to find."""
        patterns = sorted(self._gone) if len(self._gone) <= _FEW else [""]
        return or_(*(column.contains(f"#{each}") for column in columns for each in patterns))


def forget_in_table(
    connection: Connection, table: Table, scope: Scope, forgetting: Forgetting
) -> list[dict[str, Any]]:
    """Replaces tokens in the cells of one generation; gives the keys of the rows that it changed.

    The key of a row never holds a token: what changes nothing depends on persons there.
    """
    keys = [column for column in table.primary_key.columns if column.name not in Scope._fields]
    texts = [
        column
        for column in table.columns
        if isinstance(column.type, Text) and not column.primary_key
    ]
    if not texts or not forgetting:
        return []
    query = (
        select(*keys, *texts)
        .where(
            and_(table.c.log == scope.log, table.c.generation == scope.generation),
            forgetting.holding(texts),
        )
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    changed: list[dict[str, Any]] = []
    updates: list[tuple[Any, ...]] = []
    for row in connection.execute(query).mappings():
        cells = [row[column.name] for column in texts]
        kept = [None if cell is None else forgetting.text(cell) for cell in cells]
        if kept != cells:
            key = {column.name: row[column.name] for column in keys}
            changed.append(key)
            updates.append((*kept, *scope, *key.values()))
    marks = ", ".join(f"{column.name} = ?" for column in texts)
    wanted = "".join(f" AND {column.name} = ?" for column in keys)
    update_rows(
        connection,
        f"UPDATE {table.name} SET {marks} "  # noqa: S608 - our names
        f"WHERE log = ? AND generation = ?{wanted}",
        updates,
    )
    return changed
