"""Lines after an erasure: the cells that a rebuild would write, without folding the log again.

A fold treats tokens alike: it copies them and never decides by them. So the lines of a history in
which somebody is `withheld` are the lines of the same history with `withheld` in place of the
token, but for one thing: rows that differed by the token alone are one row then.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, select

from projections.batches import batched
from projections.forgetting import Forgetting, forget_in_table, names_forgotten
from projections.tables import LineTables, Scope, update_rows

_ASKED_AT_ONCE: Final = 500
_KNOWN: Final = frozenset({"known_from", "known_to"})


def forget_in_lines(
    connection: Connection, lined: LineTables, scope: Scope, forgetting: Forgetting
) -> bool:
    """Replaces tokens in changes and rows; false if only a rebuild can, as an entity is named so.

    Args:
        connection: In a writing transaction that keeps others from folding these lines.
        lined: The tables of one kind of entity.
        scope: Whose rows.
        forgetting: Who was erased.
    """
    if not forgetting:
        return True
    for table in lined:
        if names_forgotten(connection, table.c.entity, scope, forgetting):
            return False
    forget_in_table(connection, lined.changes, scope, forgetting)
    changed = forget_in_table(connection, lined.rows, scope, forgetting)
    _join_alike(connection, lined, scope, sorted({key["entity"] for key in changed}))
    return True


def _join_alike(
    connection: Connection, lined: LineTables, scope: Scope, entities: Sequence[str]
) -> None:
    """Makes one row of those that say the same and were believed one right after the other."""
    rows = lined.rows
    prolonged: list[tuple[Any, ...]] = []
    superfluous: list[tuple[Any, ...]] = []
    for some in batched(entities, _ASKED_AT_ONCE):
        query = (
            select(rows)
            .where(
                rows.c.log == scope.log,
                rows.c.generation == scope.generation,
                rows.c.entity.in_(some),
            )
            .order_by(rows.c.entity, rows.c.valid_from, rows.c.known_from)
        )
        found = [dict(row) for row in connection.execute(query).mappings()]
        for (entity, valid_from), group in groupby(found, key=_place):
            key = (*scope, entity, valid_from)
            for first, others in _stretches(group):
                if others:
                    prolonged.append((others[-1]["known_to"], *key, first["known_from"]))
                    superfluous += [(*key, other["known_from"]) for other in others]
    key_text = "WHERE log = ? AND generation = ? AND entity = ? AND valid_from = ?"
    update_rows(
        connection,
        f"DELETE FROM {rows.name} {key_text} AND known_from = ?",  # noqa: S608 - our names
        superfluous,
    )
    update_rows(
        connection,
        f"UPDATE {rows.name} SET known_to = ? {key_text} AND known_from = ?",  # noqa: S608 - our names
        prolonged,
    )


def _place(row: dict[str, Any]) -> tuple[str, int]:
    return row["entity"], row["valid_from"]


def _stretches(
    rows: Iterable[dict[str, Any]],
) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each row with those that go on where it ended and say the same."""
    found: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    for row in rows:
        if found:
            first, others = found[-1]
            last = others[-1] if others else first
            if last["known_to"] == row["known_from"] and _said(first) == _said(row):
                others.append(row)
                continue
        found.append((row, []))
    return found


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if name not in _KNOWN}
