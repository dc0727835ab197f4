"""Which comparisons there are, and over which histories."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import product
from typing import Final

from benchmarks import (
    appending,
    archiving,
    asking,
    committing,
    footprint,
    hashing,
    many_logs,
    pages,
    profiling,
    promise_judging,
    reading_all,
    serving,
)
from benchmarks.comparison import Comparison, Footprint, Planned
from benchmarks.databases import Database
from benchmarks.histories import History, histories

AREAS: Final = (
    "append", "verify", "cores", "archive", "storage", "rebuild", "memory", "profile", "ask",
    "follow", "commit", "logs", "serving", "promises", "pages",
)  # fmt: skip
"""In the order in which they are measured: what changes a history comes after what only reads."""
_OF_HISTORIES: Final = frozenset(AREAS[:10])
EVENTS_TO_LOGS: Final = 40_000
"""What is appended in one round to one log, or to several at once."""
SHORT_JUDGED: Final = 10_000
"""The short history after which one new event is judged."""


def planned(database: Database, options: argparse.Namespace) -> Iterator[Planned]:
    """The comparisons on one kind of database, each to be made before the next is asked for."""
    areas = options.only or AREAS
    if _OF_HISTORIES & set(areas):
        with histories(database, options.sizes) as logs:
            for area in AREAS:
                if area in areas and area in _OF_HISTORIES:
                    yield from _over_histories(area, database, logs, options)
    longest, name, rounds = max(options.sizes), database.name, options.rounds
    if "commit" in areas:
        make = partial(committing.commit_groups, database, options.singles, rounds)
        yield Planned("commit", name, None, make)
    if "logs" in areas:
        make = partial(many_logs.append_to_logs, database, EVENTS_TO_LOGS, rounds)
        yield Planned("logs", name, None, make)
    if "serving" in areas:
        make = partial(serving.appends, database, options.requests, rounds)
        yield Planned("serving", name, None, make)
    if "promises" in areas:
        yield from _of_promises(database, longest, rounds)
    if "pages" in areas:
        yield from _of_pages(database, longest, rounds)


def _over_histories(
    area: str, database: Database, logs: Sequence[History], options: argparse.Namespace
) -> Iterator[Planned]:
    name, rounds = database.name, options.rounds
    if area in _ASKED:
        yield from _ASKED[area](logs, name, rounds)
    elif area == "append":
        for log in logs:
            make = partial(appending.append, database, log, rounds, options.separate)
            yield Planned(area, name, log.size, make)
    elif area == "profile":
        for log, (task, take) in product(logs, profiling.TASKS.items()):
            yield Planned(f"profile: {task}", name, log.size, partial(take, database, log))
    elif area in _WALKS:
        for log in logs:
            yield Planned(area, name, log.size, partial(_WALKS[area], log, name, rounds))
        if area == "cores":
            make = partial(hashing.on_two_cores, name, rounds)
            yield Planned("cores: hashing alone", name, None, make)
    else:
        for log, (what, weigh) in product(logs, _WEIGHED[area].items()):
            yield Planned(f"{area}: {what}", name, log.size, partial(weigh, log, name))


def _asked(logs: Sequence[History], name: str, rounds: int) -> Iterator[Planned]:
    for question, work in asking.QUESTIONS:
        make = partial(asking.ask, logs, question, work, name, rounds)
        yield Planned(f"ask: {question}", name, None, make)


def _followed(logs: Sequence[History], name: str, rounds: int) -> Iterator[Planned]:
    yield Planned("follow", name, None, partial(asking.follow, logs, name, rounds))


_ASKED: Final[Mapping[str, Callable[[Sequence[History], str, int], Iterator[Planned]]]] = {
    "ask": _asked,
    "follow": _followed,
}
_WALKS: Final[Mapping[str, Callable[[History, str, int], Comparison]]] = {
    "verify": reading_all.verify,
    "cores": reading_all.verify_on_two_cores,
    "archive": archiving.archive,
    "rebuild": reading_all.rebuild,
}
_WEIGHED: Final[Mapping[str, Mapping[str, Callable[[History, str], Footprint]]]] = {
    "memory": {task: partial(footprint.weigh, task) for task in footprint.TASKS},
    "storage": {"database": archiving.database_bytes, "archive": archiving.archive_bytes},
}


def _of_promises(database: Database, events: int, rounds: int) -> Iterator[Planned]:
    short, name = min(SHORT_JUDGED, events), database.name
    with database.fresh() as small, database.fresh() as large:
        promise_judging.fill(small, short)
        promise_judging.fill(large, events)
        make = partial(promise_judging.rebuild, large, name, events, rounds)
        yield Planned("promises", name, events, make)
        names = (f"{short:,} events", f"{events:,} events")
        one = partial(promise_judging.one_by_one, small, large, names, name, rounds)
        yield Planned("promises: one new event", name, events, one)


def _of_pages(database: Database, events: int, rounds: int) -> Iterator[Planned]:
    short = events // 100
    with ExitStack() as stack:
        sites = {
            f"{size:,} events": stack.enter_context(pages.served(database, size))
            for size in (short, events)
        }
        for path in pages.PATHS:
            make = partial(pages.first_page, sites, path, database.name, rounds)
            yield Planned(f"page {path}", database.name, events, make)
