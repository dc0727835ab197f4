"""Keeps views in step with the log: catching up, and rebuilding beside those who read.

What is true when a process stops anywhere: a batch's rows and its position were written together or
not at all, so the next run goes on where the last one stopped. A rebuild that stopped leaves a
generation that nobody reads; the next rebuild of that view goes on with it.

What was read before an erasure is never written after it: whoever folds notes the generation of the
vault before it opens records, and compares it inside the transaction that writes the rows, behind
the locks on the positions, which the sweep of an erasure takes too.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, select

from ledger.ledger import Ledger
from ledger.store import reading, writing
from ledger.store.engine import writing_repeatably
from ledger.store.schema import VAULT
from ledger.units import Size
from projections.collecting import collector_paused
from projections.corrections import find_corrections, may_correct, narrowed
from projections.old_generations import older_rows, with_older_rows
from projections.position import (
    Place,
    advance,
    begin,
    next_key,
    promote,
    read_places,
    versions_in_use,
)
from projections.tables import Scope, create_tables, drop_other_versions, lock_views
from projections.view import Batch, View

BATCH_RECORDS: Final = 4000
"""The more, the fewer times a page is written that many records change; whoever appends waits for
as many, and memory holds them."""

Progress = Callable[[int], None]
"""Told the number of records that every asked view has folded."""


class _RaceLostError(Exception):
    """Another runner folded these records first, or something was erased; ours are undone."""


def catch_up(ledger: Ledger, views: Sequence[View], *, progress: Progress | None = None) -> Size:
    """How many records the views hold at least: the size of the log when this was called.

    Each record is folded exactly once, also when several processes run at the same time. A view
    that was never built, or was built by another version of itself, is built first.

    Raises:
        StoreUnavailable: the database cannot be used; what was folded stays folded.
    """
    size = ledger.head().size
    _prepare(ledger, views)
    with reading(ledger.log.engine) as connection:
        places = read_places(connection, ledger.log.log_id)
        unbuilt = [view for view in views if not _is_built(places, view)]
    if unbuilt:
        _build(ledger, unbuilt, progress, again=False)
    # Once more, where an unfinished rebuild went on that had begun before the settings changed.
    while stale := _stale(ledger, views):
        _build(ledger, stale, progress, again=True)
    _follow(ledger, {view.name: view for view in views}, size, progress)
    return size


def rebuild(ledger: Ledger, views: Sequence[View], *, progress: Progress | None = None) -> Size:
    """How many records the views hold after being folded anew; they were readable all the while.

    Raises:
        StoreUnavailable: the database cannot be used; readers still see the rows they saw.
    """
    _prepare(ledger, views)
    return _build(ledger, views, progress, again=True)


def _prepare(ledger: Ledger, views: Sequence[View]) -> None:
    """Keeps the views in step whose rows others read when they fold."""
    for view in views:
        if view.after:
            catch_up(ledger, view.after)


def _stale(ledger: Ledger, views: Sequence[View]) -> list[View]:
    """The views that are built and have to be built anew."""
    log = ledger.log.log_id
    with reading(ledger.log.engine) as connection:
        places = read_places(connection, log)
        return [
            view
            for view in views
            if view.is_stale is not None
            and _is_built(places, view)
            and view.is_stale(connection, Scope(log, places[view.name].generation))
        ]


def _build(
    ledger: Ledger, views: Sequence[View], progress: Progress | None, *, again: bool
) -> Size:
    """Fills new generations up to the head and lets readers see them."""
    engine, log = ledger.log.engine, ledger.log.log_id
    create_tables(engine, [table for view in views for table in view.tables])
    with writing(engine) as connection:
        lock_views(connection)
        places = read_places(connection, log)
        for view in views:
            # Another process may have built it since we looked.
            if again or not _is_built(places, view):
                _begin_next(connection, log, places, view)
    size = Size(0)
    waiting = list(views)
    while waiting:
        size = ledger.head().size
        _follow(ledger, {next_key(view.name): view for view in waiting}, size, progress)
        waiting = _swap(ledger, waiting)
    for view in views:
        _sweep(ledger, view)
    return size


def _is_built(places: Mapping[str, Place], view: View) -> bool:
    return view.name in places and places[view.name].version == view.version


def _begin_next(connection: Connection, log: int, places: Mapping[str, Place], view: View) -> None:
    """Makes sure that a generation of this version is being filled; an unfinished one goes on."""
    key = next_key(view.name)
    filling = places.get(key)
    if filling is not None and filling.version == view.version:
        return
    used = [places[each].generation for each in (view.name, key) if each in places]
    begin(connection, log, Place(key, view.version, max(used, default=0) + 1, 0))


def _swap(ledger: Ledger, views: Sequence[View]) -> list[View]:
    """Lets readers see the rebuilt generations; gives the views that are not far enough yet."""
    log = ledger.log.log_id
    waiting = []
    with writing(ledger.log.engine) as connection:
        lock_views(connection)
        places = read_places(connection, log)
        # In the order of `_fold_stretch`, which locks positions too.
        for view in sorted(views, key=lambda view: view.name):
            filled, read = places.get(next_key(view.name)), places.get(view.name)
            if filled is None:
                continue  # another runner that helped has swapped it already
            if (
                read is not None
                and read.version == view.version
                and filled.position < read.position
            ):
                waiting.append(view)  # readers must never see a view go back
            else:
                promote(connection, log, view.name)
    return waiting


def _sweep(ledger: Ledger, view: View) -> None:
    """Deletes what readers no longer see; stopping half-way leaves rows for the next sweep."""
    engine, log = ledger.log.engine, ledger.log.log_id
    with reading(engine) as connection:
        place = read_places(connection, log).get(view.name)
    if place is None or place.version != view.version:
        return
    scope = Scope(log, place.generation)
    with reading(engine) as connection:
        old = with_older_rows(connection, view.tables, scope)
    for table in old:
        for statement, parameters in older_rows(table, scope, place.position):
            with writing(engine) as connection:
                connection.execute(statement, parameters)
    with writing(engine) as connection:
        lock_views(connection)
        drop_other_versions(connection, view.name, versions_in_use(connection, view.name))


def _follow(
    ledger: Ledger, keyed: Mapping[str, View], size: int, progress: Progress | None
) -> None:
    """Folds records until every generation has reached the size; the laggards go first."""
    while True:
        with reading(ledger.log.engine) as connection:
            places = read_places(connection, ledger.log.log_id)
        mine = [
            places[key]
            for key, view in sorted(keyed.items())
            if key in places and places[key].version == view.version
        ]
        start = min((place.position for place in mine), default=size)
        if progress is not None:
            progress(min(start, size))
        if start >= size:
            return
        further = [place.position for place in mine if place.position > start]
        stop = min([start + BATCH_RECORDS, size, *further])
        ready = [(place, keyed[place.key]) for place in mine if place.position == start]
        with collector_paused():
            _fold_stretch(ledger, ready, start, stop)


def _advance(connection: Connection, log: int, place: Place, position: int) -> None:
    if not advance(connection, log, place, position):
        raise _RaceLostError


def _vault_generation(connection: Connection, log: int) -> int | None:
    """A number that every erasure moves."""
    return connection.scalar(select(VAULT.c.generation).where(VAULT.c.log == log))


def _require_generation(connection: Connection, log: int, seen: int | None) -> None:
    """Passes if nothing was erased since; to be asked behind the locks on the positions.

    An erasure that is not seen there sweeps after our commit.
    """
    if _vault_generation(connection, log) != seen:
        raise _RaceLostError


def _fold_stretch(
    ledger: Ledger, ready: Sequence[tuple[Place, View]], start: int, stop: int
) -> None:
    """Folds the records from start to stop into views that stand at start, in one transaction."""
    log = ledger.log.log_id
    kinds = frozenset().union(*(view.kinds for _, view in ready))
    with reading(ledger.log.engine) as connection:
        generation = _vault_generation(connection, log)
    stored = list(ledger.log.scan(start, stop))
    asked = [row for row in stored if row.kind in kinds or may_correct(row)]
    whole = Batch(stored, list(ledger.open_records(asked)), ())
    corrections = find_corrections(ledger.log, whole.opened)
    try:
        # Whatever a power failure undoes is folded again.
        with writing_repeatably(ledger.log.engine) as connection:
            for place, _ in ready:
                # First of all: on PostgreSQL this row lock makes a second runner wait here.
                _advance(connection, log, place, stop)
            _require_generation(connection, log, generation)
            for place, view in ready:
                scope = Scope(log, place.generation)
                batch = narrowed(connection, view, scope, whole, corrections)
                for part in view.parts:
                    part.fold(connection, scope, batch)
    except _RaceLostError:
        return  # the next round reads where the other runner has got to, and what is left
