"""What judging the promises of five statements costs, beside the other views and by itself."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from time import perf_counter
from typing import Final

import projections
from benchmarks.comparison import Comparison
from benchmarks.databases import Place
from benchmarks.measuring import Done, Side, Work, in_turns
from benchmarks.promise_sample import one_more, promise_batches
from projections.promises.view import PROMISES, STATEMENTS
from projections.query import VIEWS

MOST_TIMES: Final = 2
"""So many times the plain rebuild of the other views judging may cost."""
_JUDGED: Final = (STATEMENTS.name, PROMISES.name)
_ONE_BY_ONE: Final = 30
_numbers = count()


def fill(place: Place, events: int) -> None:
    """Records the five statements and so many events of their systems in a new log."""
    with closing(place.create_ledger()) as ledger:
        for batch in promise_batches(events):
            ledger.record_many(batch)


def rebuild(place: Place, name: str, events: int, rounds: int) -> Comparison:
    """Judging every promise from the start, beside the rebuild of all other views.

    Judging by itself reads and opens every record once more. `zegel rebuild` builds every view in
    one pass, so the third side tells what judging adds to it.
    """
    others = tuple(view for view in VIEWS if view not in _JUDGED)
    sides = [
        Side("Zegel: every promise judged", lambda: _rebuilding(place, _JUDGED)),
        Side("Zegel: rebuild of the other views", lambda: _rebuilding(place, others)),
        Side("Zegel: both in one pass", lambda: _rebuilding(place, (*others, *_JUDGED))),
    ]
    return Comparison(
        f"Judging promises, {events:,} events, {name}", "records/s", in_turns(sides, rounds)
    )


def one_by_one(
    small: Place, large: Place, names: tuple[str, str], name: str, rounds: int
) -> Comparison:
    """Judging one new event, after a short and after a long history."""
    sides = [
        Side(f"one new event after {names[0]}", lambda: _following(small)),
        Side(f"one new event after {names[1]}", lambda: _following(large)),
    ]
    return Comparison(f"Judging as events come, {name}", "events/s", in_turns(sides, rounds))


@contextmanager
def _rebuilding(place: Place, views: tuple[str, ...]) -> Iterator[Work]:
    with closing(place.open_ledger()) as ledger:
        yield lambda: projections.rebuild(ledger, views)


@contextmanager
def _following(place: Place) -> Iterator[Work]:
    with closing(place.open_ledger()) as ledger:
        projections.catch_up(ledger, _JUDGED)

        def work() -> Done:
            seconds = 0.0
            for _ in range(_ONE_BY_ONE):
                ledger.record(one_more(next(_numbers)))
                started = perf_counter()
                projections.catch_up(ledger, _JUDGED)
                seconds += perf_counter() - started
            return Done(_ONE_BY_ONE, seconds)

        yield work
