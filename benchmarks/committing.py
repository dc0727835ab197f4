"""Single events, each acknowledged after its durable commit: many callers share a commit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import chain
from typing import Final

from benchmarks import counterparts
from benchmarks.comparison import Comparison
from benchmarks.counterparts import Batch
from benchmarks.databases import Database
from benchmarks.fields import library_batches
from benchmarks.histories import fill
from benchmarks.measuring import Side, Work, in_turns
from benchmarks.sample import batches

CALLERS: Final = 64


def commit_groups(database: Database, count: int, rounds: int) -> Comparison:
    """So many single events by 64 callers at once, beside one caller and a commit for each."""
    written = _written(database, count)
    sides = [
        Side(f"Zegel: {CALLERS} callers", partial(_recording, database, count, CALLERS)),
        Side("Zegel: one caller", partial(_recording, database, count, 1)),
        Side("bare driver: one caller, the same rows", partial(_inserting, database, written)),
        Side("eventsourcing: one caller", partial(_saving, database, count)),
    ]
    title = f"Single events, {count:,}, {database.name}"
    return Comparison(title, "events/s", in_turns(sides, rounds))


@contextmanager
def _recording(database: Database, count: int, callers: int) -> Iterator[Work]:
    with database.fresh() as place, closing(place.create_ledger()) as ledger:
        events = list(chain.from_iterable(batches(count)))
        with ThreadPoolExecutor(callers) as pool:
            yield lambda: len(list(pool.map(ledger.record, events)))


@contextmanager
def _inserting(database: Database, written: list[Batch]) -> Iterator[Work]:
    with ExitStack() as stack:
        place = stack.enter_context(database.fresh_schema())
        store = stack.enter_context(counterparts.bare_driver(place))

        def work() -> int:
            for batch in written:
                store(batch)
            return len(written)

        yield work


@contextmanager
def _saving(database: Database, count: int) -> Iterator[Work]:
    with counterparts.library(database) as save:
        events = list(chain.from_iterable(library_batches(count)))

        def work() -> int:
            for event in events:
                save([event])
            return len(events)

        yield work


def _written(database: Database, count: int) -> list[Batch]:
    """The rows of so many events, those of one event together."""
    with database.fresh() as place:
        fill(place, count)
        return counterparts.rows_after(place, 0, batch=1)
