"""Appending behind a history of some length, beside other stores that hold as long a one.

Each side has a database of its own, open all the while, that grows by the same events in every
round. What the bare driver inserts are the very rows that Zegel writes: they are written to a copy
beforehand and read back from there.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from benchmarks import counterparts
from benchmarks.comparison import Comparison
from benchmarks.databases import Database, Place
from benchmarks.fields import BATCH, library_batches
from benchmarks.histories import History
from benchmarks.measuring import Side, Work, in_turns
from benchmarks.sample import batches
from ledger.ledger import Ledger

LEAST_EVENTS: Final = 2 * BATCH
MOST_EVENTS: Final = 10 * BATCH
"""A round appends a tenth of the history, within these bounds."""


def append(database: Database, history: History, rounds: int, separate: Path | None) -> Comparison:
    """Appending in durable batches of 1,000 behind so many records.

    Args:
        database: Where the other sides get databases of their own.
        history: A log that is not changed: a copy of it grows.
        rounds: A side.
        separate: Python that has eventsourcing_sqlalchemy, without which that side is left out.
    """
    size = history.size
    count = min(MOST_EVENTS, max(LEAST_EVENTS, size // 10))
    written = _written(database, history, count * rounds)
    with ExitStack() as stack:
        ledger = stack.enter_context(_copied(database, history))
        bare = stack.enter_context(database.copied(history.place))
        insert = stack.enter_context(counterparts.bare_driver(bare))
        save = stack.enter_context(counterparts.library(database))
        saved = library_batches(size + count * rounds)
        for batch in islice(saved, size // BATCH):
            save(batch)
        ours = batches(count * rounds, size)
        sides = [
            _side("Zegel: sealed, encrypted, indexed", ledger.record_many, ours, count),
            _side("bare driver, the same rows", insert, written, count),
            _side("eventsourcing Application.save", save, saved, count),
        ]
        if separate is not None:
            other = stack.enter_context(database.fresh())
            counterparts.save_apart(other, size, separate)
            sides.append(_apart(other, count, separate))
        rates = in_turns(sides, rounds)
    title = f"Append, batches of 1,000, after {history.name}, {database.name}"
    return Comparison(title, "events/s", rates)


def _side(name: str, store: Callable[[Any], object], coming: Iterator[Any], count: int) -> Side:
    """A side that stores its next batches, which are made before the time is taken."""

    @contextmanager
    def prepare() -> Iterator[Work]:
        prepared = list(islice(coming, count // BATCH))

        def work() -> int:
            for batch in prepared:
                store(batch)
            return count

        yield work

    return Side(name, prepare)


def _apart(place: Place, count: int, python: Path) -> Side:
    @contextmanager
    def prepare() -> Iterator[Work]:
        yield lambda: counterparts.save_apart(place, count, python)

    return Side("eventsourcing_sqlalchemy, same call", prepare)


def _written(database: Database, history: History, count: int) -> Iterator[counterparts.Batch]:
    """The rows of so many further events, one batch after the other."""
    with database.copied(history.place) as place:
        with closing(place.open_ledger()) as ledger:
            for batch in batches(count, history.size):
                ledger.record_many(batch)
        written = counterparts.rows_after(place, history.size)
    return iter(written)


@contextmanager
def _copied(database: Database, history: History) -> Iterator[Ledger]:
    with database.copied(history.place) as place, closing(place.open_ledger()) as ledger:
        yield ledger
