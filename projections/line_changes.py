"""The changes of entities as a table keeps them: those that stand, and those taken back.

A change that was taken back stays, with the index of the record that did so: the rows that once
followed from it are still asked for, and after an erasure they are folded again from the changes.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, select

from projections.batches import batched
from projections.bitemporal import FOREVER, Cell, Change
from projections.forgetting import Forgetting, forget_in_table
from projections.tables import Scope, insert_rows, update_rows

_encode = msgspec.json.Encoder().encode
_decode_terms = msgspec.json.Decoder(dict[str, Any]).decode
_ASKED_AT_ONCE: Final = 500
"""Entities or records per query: far below what either database takes in one list."""


class KeptChange(NamedTuple):
    """One change of one entity."""

    entity: str
    change: Change
    gone: int = FOREVER
    """The index of the record that took it back."""


def plain_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """Terms through JSON, so that a change is the same whether it was just read or stored."""
    return _decode_terms(_encode(terms))


def changes_of(
    connection: Connection,
    table: Table,
    scope: Scope,
    entities: Collection[str],
    *,
    standing: bool = False,
) -> dict[str, list[KeptChange]]:
    """Every change of some entities, or only those that stand, by entity."""
    found: dict[str, list[KeptChange]] = {entity: [] for entity in entities}
    for some in batched(sorted(entities), _ASKED_AT_ONCE):
        wanted: list[ColumnElement[bool]] = [table.c.entity.in_(some)]
        if standing:
            wanted.append(table.c.gone == FOREVER)
        for each in _read(connection, table, scope, wanted):
            found[each.entity].append(each)
    return found


def changes_at(
    connection: Connection, table: Table, scope: Scope, indexes: Iterable[int]
) -> dict[int, KeptChange]:
    """The changes that some records made, by index."""
    found: dict[int, KeptChange] = {}
    for some in batched(sorted(indexes), _ASKED_AT_ONCE):
        kept = _read(connection, table, scope, [table.c.idx.in_(some)])
        found.update((each.change.index, each) for each in kept)
    return found


def insert_changes(
    connection: Connection, table: Table, scope: Scope, kept: Iterable[KeptChange]
) -> None:
    """Stores changes."""
    insert_rows(connection, table, [_cells(scope, each) for each in kept])


def retire_changes(
    connection: Connection, table: Table, scope: Scope, retired: Iterable[KeptChange]
) -> None:
    """Marks stored changes as taken back."""
    update_rows(
        connection,
        f"UPDATE {table.name} SET gone = ? "  # noqa: S608 - our names
        "WHERE log = ? AND generation = ? AND entity = ? AND moment = ? AND idx = ?",
        [
            (each.gone, *scope, each.entity, each.change.moment, each.change.index)
            for each in retired
        ],
    )


def replace_terms(
    connection: Connection, table: Table, scope: Scope, replaced: Iterable[KeptChange]
) -> None:
    """Writes other terms into stored changes."""
    update_rows(
        connection,
        f"UPDATE {table.name} SET terms = ? "  # noqa: S608 - our names
        "WHERE log = ? AND generation = ? AND entity = ? AND moment = ? AND idx = ?",
        [
            (_text(each.change), *scope, each.entity, each.change.moment, each.change.index)
            for each in replaced
        ],
    )


def forget_in_changes(
    connection: Connection, table: Table, scope: Scope, forgetting: Forgetting
) -> set[str]:
    """Replaces the tokens of erased subjects in terms; gives the entities that this concerns."""
    return {key["entity"] for key in forget_in_table(connection, table, scope, forgetting)}


def _read(
    connection: Connection, table: Table, scope: Scope, wanted: Sequence[ColumnElement[bool]]
) -> list[KeptChange]:
    mine = (table.c.log == scope.log, table.c.generation == scope.generation)
    return [_kept(row) for row in connection.execute(select(table).where(*mine, *wanted))]


def _kept(row: Row[Any]) -> KeptChange:
    change = Change(row.moment, row.said, row.idx, row.kind, _decode_terms(row.terms))
    return KeptChange(row.entity, change, row.gone)


def _cells(scope: Scope, kept: KeptChange) -> tuple[Cell, ...]:
    change = kept.change
    place = (*scope, kept.entity, change.moment, change.index)
    return (*place, change.said, kept.gone, change.kind, _text(change))


def _text(change: Change) -> str:
    return _encode(change.terms).decode()
