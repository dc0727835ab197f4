"""Views after an erasure: every cell is what a rebuild would write, and no token is left.

Called when the disclosures are destroyed and before the erasure is confirmed; called again, it
finishes what an interrupted call began. A runner that opened records before the erasure cannot
write them afterwards (see `projections.running`).

Nothing is rebuilt for it, so it costs what was erased and not the history, and it works where the
oldest records were pruned: facts are written anew from their records, and entities that lost a
value are folded again from the changes that are kept of them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import Connection, delete, inspect

from ledger.erasure.terms import ErasureSweep
from ledger.ledger import Ledger
from ledger.store import writing
from ledger.store.schema import VIEW_POSITION
from projections.corrections import counted
from projections.forgetting import Forgetting
from projections.old_generations import delete_generations
from projections.position import Place, lock_places, next_key
from projections.query import VIEWS
from projections.tables import Scope, lock_views
from projections.view import View

_RECORDS_AT_ONCE: Final = 2000
_SUBJECTS_AT_ONCE: Final = 50_000
"""For these the tables of the views are walked once."""
_VIEW_TABLE: Final = re.compile(r"zegel_[a-z_]+_v[0-9]+_[a-z_]+")


_Item = TypeVar("_Item")


class _Filled(NamedTuple):
    """A generation of a view that is read, or that a rebuild is filling."""

    view: View
    place: Place
    scope: Scope


def sweep_views(ledger: Ledger, sweep: ErasureSweep) -> None:
    """Brings every view in line with what was erased; durable on return.

    Args:
        ledger: The log.
        sweep: What was destroyed in it already.

    Raises:
        StoreUnavailable: the database cannot be used; a second call goes on.
    """
    _drop_disused(ledger)
    for gone in _regrouped(sweep.subject_ids(), _SUBJECTS_AT_ONCE):
        _forget(ledger, Forgetting(gone))
    for indexes in _regrouped(sweep.indexes(), _RECORDS_AT_ONCE):
        _reread(ledger, indexes)


def view_table_names(connection: Connection) -> list[str]:
    """Every table of any view of any version, in the order of their names."""
    names = inspect(connection).get_table_names()
    return sorted(name for name in names if _VIEW_TABLE.fullmatch(name))


def _regrouped(batches: Iterable[Sequence[_Item]], length: int) -> Iterator[list[_Item]]:
    """The items of batches of whatever length, so many at a time."""
    items = chain.from_iterable(batches)
    while some := list(islice(items, length)):
        yield some


def _forget(ledger: Ledger, forgetting: Forgetting) -> None:
    """Takes tokens out of every cell."""
    for name in sorted(VIEWS):
        # One view at a time, so that those who follow another one need not wait.
        with _locked(ledger) as (connection, filled):
            for each in filled:
                if each.view.name == name:
                    for part in each.view.parts:
                        part.forget(connection, each.scope, forgetting)


def _reread(ledger: Ledger, indexes: list[int]) -> None:
    """Brings the cells that rest on some records in line with what those say now."""
    kinds = frozenset().union(*(view.kinds for view in VIEWS.values()))
    rows = [row for row in ledger.log.records_at(indexes) if row.kind in kinds]
    records = list(ledger.open_records(rows))
    if not records:
        return
    with _locked(ledger) as (connection, filled):
        for view, place, scope in filled:
            reached = [record for record in records if record.stored.index < place.position]
            folded = counted(connection, view, scope, reached)
            for part in view.parts:
                part.reread(connection, scope, folded)


@contextmanager
def _locked(ledger: Ledger) -> Iterator[tuple[Connection, list[_Filled]]]:
    """A transaction in which nobody folds, and every generation in use of the views known here."""
    with writing(ledger.log.engine) as connection:
        lock_views(connection)
        places = lock_places(connection, ledger.log.log_id)
        yield connection, list(_filled(ledger.log.log_id, places))


def _filled(log: int, places: Mapping[str, Place]) -> Iterator[_Filled]:
    for view in VIEWS.values():
        for key in (view.name, next_key(view.name)):
            place = places.get(key)
            if place is not None and place.version == view.version:
                yield _Filled(view, place, Scope(log, place.generation))


def _drop_disused(ledger: Ledger) -> None:
    """Deletes what nobody reads: generations left behind, rows of other versions of the program.

    What another version folded is folded again when it is asked for.
    """
    log = ledger.log.log_id
    with _locked(ledger) as (connection, filled):
        used: dict[str, set[int]] = {}
        for each in filled:
            for table in each.view.tables:
                used.setdefault(table.name, set()).add(each.place.generation)
        for name in view_table_names(connection):
            delete_generations(connection, name, log, used.get(name, set()))
        kept = {each.place.key for each in filled}
        position = VIEW_POSITION.c
        connection.execute(
            delete(VIEW_POSITION).where(position.log == log, position.view.not_in(kept))
        )
