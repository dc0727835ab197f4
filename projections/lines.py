"""Entities with a state: their changes and bitemporal rows, kept in step in the database.

The rules of a line are pure (`projections.bitemporal`); this file fetches the lines that a batch
touches, revises them record by record, and writes the difference.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Table, select

from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.batches import batched
from projections.bitemporal import Cell, Change, KnownRows, Line, Rule
from projections.forgetting import Forgetting
from projections.line_erasure import forget_in_lines
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

    def forget(self, connection: Connection, scope: Scope, forgetting: Forgetting) -> bool:
        """Replaces the tokens of erased subjects; false if one of them names an entity."""
        return forget_in_lines(connection, self.lined, scope, forgetting)

    def reread(self, connection: Connection, scope: Scope, records: Sequence[OpenedRecord]) -> bool:
        """Whether the lines rest on what these records say now; they are left as they are.

        A change that says other than before has effects on the rows after it, and on what was
        believed once: those a rebuild finds. So it does for a change that was taken back, of which
        nothing is kept to compare with.
        """
        said = {change.index: (entity, change) for entity, change in self._changes(records)}
        if not said:
            return True
        return said == self._stored_changes(connection, scope, said.keys())

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
        edits = [
            _Edit(change.index, entity, change, None)
            for entity, change in self._changes(batch.opened)
        ]
        if batch.voids:
            places = {edit.index: edit.entity for edit in edits}
            stored = self._stored_changes(connection, scope, {each.target for each in batch.voids})
            places |= {index: entity for index, (entity, _) in stored.items()}
            edits += [
                _Edit(void.index, places[void.target], None, void.target)
                for void in batch.voids
                if void.target in places
            ]
        return sorted(edits, key=lambda edit: (edit.index, edit.entity))

    def _changes(self, records: Iterable[OpenedRecord]) -> Iterator[tuple[str, Change]]:
        """What records change, each with its entity."""
        for record in records:
            if record.event is None or record.stored.kind not in self.kinds:
                continue
            found = self.change(record)
            if found is None:
                continue
            entity, moment, terms = found
            # Through JSON, so that a change is the same whether it was just read or stored before.
            plain = _decode_terms(_encode(terms))
            said = microseconds(record.event.occurred_at)
            yield entity, Change(moment, said, record.stored.index, record.stored.kind, plain)

    def _stored_changes(
        self, connection: Connection, scope: Scope, indexes: Iterable[int]
    ) -> dict[int, tuple[str, Change]]:
        """The changes of some records that stand, by index, each with its entity."""
        changes = self.lined.changes
        found: dict[int, tuple[str, Change]] = {}
        for some in batched(sorted(indexes), _ASKED_AT_ONCE):
            query = select(changes).where(
                changes.c.log == scope.log,
                changes.c.generation == scope.generation,
                changes.c.idx.in_(some),
            )
            found.update((row.idx, (row.entity, _change(row))) for row in connection.execute(query))
        return found

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
                found[row.entity].append(_change(row))
        return {entity: Line(self.rule, standing) for entity, standing in found.items()}


def _change(row: Row[Any]) -> Change:
    return Change(row.moment, row.said, row.idx, row.kind, _decode_terms(row.terms))


def _stored(scope: Scope, entity: str, change: Change) -> tuple[Cell, ...]:
    terms = _encode(change.terms).decode()
    return (*scope, entity, change.moment, change.index, change.said, change.kind, terms)
