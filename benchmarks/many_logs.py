"""Appending to several logs of one database at once, each by a process of its own.

All sides store as many events in all, in batches of 1,000. One log has one head, which one writer
at a time moves: the side of several processes on one log shows what that costs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.comparison import Comparison
from benchmarks.databases import ORIGIN, Database, Place
from benchmarks.fields import BATCH
from benchmarks.measuring import Side, Work, in_turns
from benchmarks.told_processes import ready, work_together
from ledger.ledger import Ledger

PROGRAM: Final = "benchmarks.one_writer"
SIDES: Final = ((4, 4), (2, 2), (1, 1), (1, 4))
"""So many logs, written by so many processes."""


def append_to_logs(database: Database, count: int, rounds: int) -> Comparison:
    """Durable batches of 1,000 into one, two and four logs of one database.

    Args:
        database: Gives a fresh one for every round.
        count: Events of a round, over all logs: a multiple of 4,000.
        rounds: A side.
    """
    sides = [
        Side(_name(logs, writers), partial(_writing, database, logs, writers, count))
        for logs, writers in SIDES
    ]
    title = f"Append to several logs at once, batches of 1,000, {count:,} events, {database.name}"
    return Comparison(title, "events/s", in_turns(sides, rounds))


def _name(logs: int, writers: int) -> str:
    processes = "process" if writers == 1 else "processes"
    return f"Zegel: {logs} {'log' if logs == 1 else 'logs'}, {writers} {processes}"


@contextmanager
def _writing(database: Database, logs: int, writers: int, count: int) -> Iterator[Work]:
    with database.fresh() as place:
        keys = [_made(place, number) for number in range(logs)]
        each = count // writers // BATCH * BATCH
        commands = [
            (PROGRAM, place.url, str(keys[number % logs]), str(each), str(number * each))
            for number in range(writers)
        ]
        with ready(commands) as running:  # what they will append is made by now

            def work() -> int:
                work_together(running)
                return each * writers

            yield work
        for key in keys:
            _require_whole(place, key, each * writers // logs)


def _made(place: Place, number: int) -> Path:
    key_file = place.folder / f"log-{number}.key.json"
    origin = f"{ORIGIN}/{number}"
    Ledger.create(database=place.url, key_file=key_file, origin=origin).close()
    return key_file


def _require_whole(place: Place, key_file: Path, size: int) -> None:
    ledger = Ledger.open(database=place.url, key_file=key_file)
    found = ledger.head().size
    ledger.close()
    if found != size:
        message = f"{key_file.name}: expected {size} records, found {found}"
        raise RuntimeError(message)
