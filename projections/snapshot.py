"""One state of a view's rows for all statements of an answer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from ledger.ledger import Ledger
from ledger.store import reading
from ledger.store.engine import is_postgresql
from ledger.store.requests import microseconds
from ledger.units import Size, ZoneName
from projections import running
from projections.position import read_places
from projections.reader import Reader
from projections.tables import Scope
from projections.view import View


@contextmanager
def reader_at(
    ledger: Ledger,
    view: View,
    moment: datetime,
    known_size: Size,
    chosen: Mapping[str, Sequence[str]] | None = None,
    *,
    zone: ZoneName = "Europe/Amsterdam",
    most: int | None = None,
    first_index: int = 0,
) -> Iterator[Reader]:
    """A reader of a view that has caught up with the log, also while a rebuild swaps.

    Args:
        ledger: The log; the view catches up with it first.
        view: Whose rows.
        moment: The moment asked about, aware.
        known_size: Only the records below this index count.
        chosen: Filters by name, with the values of which one must match.
        zone: Whose calendar counts where a term ends with a day.
        most: So many rows at most, the latest, of answers that have one for each fact; else all.
        first_index: Facts of records below this index are left out.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    running.catch_up(ledger, [view])
    with _snapshot(ledger) as connection:
        place = read_places(connection, ledger.log.log_id)[view.name]
        yield Reader(
            connection=connection,
            scope=Scope(ledger.log.log_id, place.generation),
            as_of=microseconds(moment),
            known_size=known_size,
            chosen=chosen or {},
            zone=zone,
            most=most,
            first_index=first_index,
        )


@contextmanager
def _snapshot(ledger: Ledger) -> Iterator[Connection]:
    with reading(ledger.log.engine) as connection:
        if is_postgresql(ledger.log.engine):
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
