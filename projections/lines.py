"""Entities with a state: their changes and bitemporal rows, kept in step in the database.

The rules of a line are pure (`projections.bitemporal`); this file fetches the lines that a batch
touches, revises them record by record, and writes the difference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Table, select

from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.batches import batched
from projections.bitemporal import Cell, Change, KnownRows, Line, Rule
from projections.tables import LineTables, Scope, close_rows, drop_changes, insert_rows
from projections.view import Batch

_encode = msgspec.json.Encoder().encode
_decode_terms = msgspec.json.Decoder(dict[str, Any]).decode
_ASKED_AT_ONCE: Final = 500
"""Entities per query: far below what either database takes in one list."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """What the record at an index does to one entity: a change comes, or one is taken back."""

    index: int
    entity: str
    come: Change | None
    gone: int | None


@dataclass(frozen=True, slots=True)
class Lines:
    """A part of a view that keeps the valid-time line of each entity of one kind."""

    lined: LineTables
    kinds: frozenset[str]
    change: Callable[[OpenedRecord], tuple[str, int, dict[str, Any]] | None]
    """The entity that an event changes, the moment in microseconds, and the terms it sets."""
    rule: Rule[Any]

    @property
    def tables(self) -> tuple[Table, ...]:
        """The changes and the rows."""
        return (self.lined.changes, self.lined.rows)

    def fold(self, connection: Connection, scope: Scope, batch: Batch) -> None:
        """Revises the lines that the batch touches and writes what that changed."""
        edits = self._edits(connection, scope, batch)
        if not edits:
            return
        lines = self._lines(connection, scope, {edit.entity for edit in edits})
        known = KnownRows()
        come: dict[int, tuple[str, Change]] = {}
        gone: list[tuple[str, Change]] = []
        for (index, entity), group in groupby(edits, key=lambda edit: (edit.index, edit.entity)):
            step = list(group)
            revision = lines[entity].revise(
                gone=[edit.gone for edit in step if edit.gone is not None],
                come=[edit.come for edit in step if edit.come is not None],
            )
            known.note(entity, revision, index)
            # What came and went within the batch never needs to be stored.
            gone += [(entity, old) for old in revision.gone if come.pop(old.index, None) is None]
            come |= {edit.come.index: (entity, edit.come) for edit in step if edit.come is not None}
        drop_changes(connection, self.lined.changes, scope, gone)
        insert_rows(
            connection, self.lined.changes, [_stored(scope, *each) for each in come.values()]
        )
        close_rows(connection, self.lined.rows, scope, known.closings())
        insert_rows(
            connection,
            self.lined.rows,
            [
                (
                    *scope,
                    row.entity,
                    row.segment.valid_from,
                    row.known_from,
                    row.segment.valid_to,
                    row.known_to,
                    *row.segment.values,
                )
                for row in known.brought()
            ],
        )  # fmt: skip - one row, one order of columns

    def _edits(self, connection: Connection, scope: Scope, batch: Batch) -> list[_Edit]:
        """Everything that the batch does to the entities, in the order of the log."""
        edits = []
        for record in batch.opened:
            if record.event is None or record.stored.kind not in self.kinds:
                continue
            found = self.change(record)
            if found is None:
                continue
            entity, moment, terms = found
            # Through JSON, so that a change is the same whether it was just read or stored before.
            plain = _decode_terms(_encode(terms))
            index, said = record.stored.index, microseconds(record.event.occurred_at)
            change = Change(moment, said, index, record.stored.kind, plain)
            edits.append(_Edit(index, entity, change, None))
        if batch.voids:
            places = {edit.index: edit.entity for edit in edits}
            places |= self._stored_places(connection, scope, {void.target for void in batch.voids})
            edits += [
                _Edit(void.index, places[void.target], None, void.target)
                for void in batch.voids
                if void.target in places
            ]
        return sorted(edits, key=lambda edit: (edit.index, edit.entity))

    def _stored_places(
        self, connection: Connection, scope: Scope, targets: set[int]
    ) -> dict[int, str]:
        changes = self.lined.changes
        places: dict[int, str] = {}
        for some in batched(sorted(targets), _ASKED_AT_ONCE):
            query = select(changes.c.idx, changes.c.entity).where(
                changes.c.log == scope.log,
                changes.c.generation == scope.generation,
                changes.c.idx.in_(some),
            )
            places.update((idx, entity) for idx, entity in connection.execute(query))
        return places

    def _lines(
        self, connection: Connection, scope: Scope, entities: set[str]
    ) -> dict[str, Line[Any]]:
        changes = self.lined.changes
        found: dict[str, list[Change]] = {entity: [] for entity in entities}
        for some in batched(sorted(entities), _ASKED_AT_ONCE):
            query = select(changes).where(
                changes.c.log == scope.log,
                changes.c.generation == scope.generation,
                changes.c.entity.in_(some),
            )
            for row in connection.execute(query):
                terms = _decode_terms(row.terms)
                found[row.entity].append(Change(row.moment, row.said, row.idx, row.kind, terms))
        return {entity: Line(self.rule, standing) for entity, standing in found.items()}


def _stored(scope: Scope, entity: str, change: Change) -> tuple[Cell, ...]:
    terms = _encode(change.terms).decode()
    return (*scope, entity, change.moment, change.index, change.said, change.kind, terms)
