"""What asks for little: its cost follows the answer, not the length of the history behind it.

The sides are logs of several lengths, asked the same in turns.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from time import perf_counter
from typing import Final

import projections
from benchmarks import reading
from benchmarks.comparison import Comparison
from benchmarks.databases import Place
from benchmarks.histories import History
from benchmarks.measuring import Done, Side, Work, in_turns
from benchmarks.sample import batches

QUESTIONS: Final[Sequence[tuple[str, Callable[[Place], int]]]] = (
    ("newest 50 of one kind", reading.first_page),
    ("newest 5 of one person", reading.of_person),
    ("inclusion proof", reading.proven),
    ("quick verification", reading.verified_quickly),
)
_SINGLE_EVENTS: Final = 50


def ask(
    logs: Sequence[History], question: str, work: Callable[[Place], int], name: str, rounds: int
) -> Comparison:
    """One question to logs of several lengths."""
    sides = [Side(log.name, partial(_asking, work, log.place)) for log in logs]
    return Comparison(f"{question}, {name}", "questions/s", in_turns(sides, rounds))


@contextmanager
def _asking(work: Callable[[Place], int], place: Place) -> Iterator[Work]:
    yield lambda: work(place)


def follow(logs: Sequence[History], name: str, rounds: int) -> Comparison:
    """One new event folded into every view, behind logs of several lengths."""
    sides = [Side(log.name, partial(_following, log.place)) for log in logs]
    return Comparison(f"one new event in every view, {name}", "events/s", in_turns(sides, rounds))


@contextmanager
def _following(place: Place) -> Iterator[Work]:
    """Events one at a time; what is timed is the folding, which is where the views are long."""
    with closing(place.open_ledger()) as ledger:
        projections.catch_up(ledger)
        (events,) = batches(_SINGLE_EVENTS)

        def work() -> Done:
            seconds = 0.0
            for event in events:
                ledger.record(event)
                started = perf_counter()
                projections.catch_up(ledger)
                seconds += perf_counter() - started
            return Done(len(events), seconds)

        yield work
