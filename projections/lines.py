"""Entities with a state: their changes and bitemporal rows, kept in step in the database.

The rules of a line are pure (`projections.bitemporal`); this file fetches the lines that a batch
touches, revises them record by record, and writes the difference. All rows of an entity follow from
its changes, so after an erasure the rows of the entities concerned are folded again from those.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table

from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER, Cell, Change, KnownRow, KnownRows, Line, Rule
from projections.forgetting import Forgetting
from projections.line_changes import (
    KeptChange,
    changes_at,
    changes_of,
    forget_in_changes,
    insert_changes,
    plain_terms,
    replace_terms,
    retire_changes,
)
from projections.tables import LineTables, Scope, close_rows, delete_rows, insert_rows
from projections.view import Batch


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
    """The entity that an event changes, the moment in microseconds, and the terms it sets.

    Neither whether there is a change, nor entity and moment, depend on personal values.
    """
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
        entities = {edit.entity for edit in edits}
        kept = changes_of(connection, self.lined.changes, scope, entities, standing=True)
        known = KnownRows()
        retired = self._revise(known, edits, kept)
        come = {
            edit.come.index: KeptChange(edit.entity, edit.come)
            for edit in edits
            if edit.come is not None
        }
        fresh = come | {each.change.index: each for each in retired if each.change.index in come}
        insert_changes(connection, self.lined.changes, scope, fresh.values())
        stored = [each for each in retired if each.change.index not in come]
        retire_changes(connection, self.lined.changes, scope, stored)
        close_rows(connection, self.lined.rows, scope, known.closings())
        self._insert(connection, scope, known.brought())

    def forget(self, connection: Connection, scope: Scope, forgetting: Forgetting) -> None:
        """Replaces the tokens of erased subjects, also where the record is there no more."""
        touched = forget_in_changes(connection, self.lined.changes, scope, forgetting)
        self._refold(connection, scope, touched)

    def reread(self, connection: Connection, scope: Scope, records: Sequence[OpenedRecord]) -> None:
        """Folds the entities again whose changes the records tell otherwise than before."""
        said = {change.index: change for _, change in self._changes(records)}
        stored = changes_at(connection, self.lined.changes, scope, said)
        other = [
            kept._replace(change=said[index])
            for index, kept in stored.items()
            if kept.change != said[index]
        ]
        replace_terms(connection, self.lined.changes, scope, other)
        self._refold(connection, scope, {each.entity for each in other})

    def _refold(self, connection: Connection, scope: Scope, entities: Collection[str]) -> None:
        """Writes the rows of some entities anew, with what was once believed of them."""
        everything = changes_of(connection, self.lined.changes, scope, entities)
        for entity, kept in everything.items():
            edits = [_Edit(each.change.index, entity, each.change, None) for each in kept]
            edits += [
                _Edit(each.gone, entity, None, each.change.index)
                for each in kept
                if each.gone != FOREVER
            ]
            known = KnownRows()
            self._revise(known, sorted(edits, key=_place), {entity: []})
            delete_rows(connection, self.lined.rows, scope, entity)
            self._insert(connection, scope, known.brought())

    def _revise(
        self,
        known: KnownRows,
        edits: Sequence[_Edit],
        kept: Mapping[str, Sequence[KeptChange]],
    ) -> list[KeptChange]:
        """Books what each record does to its entities; gives the changes that were taken back."""
        lines = {
            entity: Line(self.rule, [each.change for each in changes])
            for entity, changes in kept.items()
        }
        retired = []
        for (index, entity), group in groupby(edits, key=_place):
            step = list(group)
            revision = lines[entity].revise(
                gone=[edit.gone for edit in step if edit.gone is not None],
                come=[edit.come for edit in step if edit.come is not None],
            )
            known.note(entity, revision, index)
            retired += [KeptChange(entity, old, index) for old in revision.gone]
        return retired

    def _insert(self, connection: Connection, scope: Scope, brought: Iterable[KnownRow]) -> None:
        rows: list[tuple[Cell, ...]] = [
            (
                *scope,
                row.entity,
                row.segment.valid_from,
                row.known_from,
                row.segment.valid_to,
                row.known_to,
                *row.segment.values,
            )
            for row in brought
        ]
        insert_rows(connection, self.lined.rows, rows)

    def _edits(self, connection: Connection, scope: Scope, batch: Batch) -> list[_Edit]:
        """Everything that the batch does to the entities, in the order of the log."""
        edits = [
            _Edit(change.index, entity, change, None)
            for entity, change in self._changes(batch.opened)
        ]
        if batch.voids:
            places = {edit.index: edit.entity for edit in edits}
            targets = {void.target for void in batch.voids}
            stored = changes_at(connection, self.lined.changes, scope, targets)
            places |= {index: kept.entity for index, kept in stored.items()}
            edits += [
                _Edit(void.index, places[void.target], None, void.target)
                for void in batch.voids
                if void.target in places
            ]
        return sorted(edits, key=_place)

    def _changes(self, records: Iterable[OpenedRecord]) -> Iterator[tuple[str, Change]]:
        """What records change, each with its entity."""
        for record in records:
            if record.event is None or record.stored.kind not in self.kinds:
                continue
            found = self.change(record)
            if found is None:
                continue
            entity, moment, terms = found
            said = microseconds(record.event.occurred_at)
            index, kind = record.stored.index, record.stored.kind
            yield entity, Change(moment, said, index, kind, plain_terms(terms))


def _place(edit: _Edit) -> tuple[int, str]:
    return edit.index, edit.entity
