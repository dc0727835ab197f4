"""The comparisons: what Zegel does, beside what it is measured against, on one kind of database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import counterparts, reading
from benchmarks.databases import Database, Place
from benchmarks.measuring import Rate, Side, Work, in_turns
from benchmarks.sample import batches


@dataclass(frozen=True, slots=True)
class Comparison:
    """One table of the report: the first rate is Zegel's, the others what it stands beside."""

    title: str
    unit: str
    rates: list[Rate]


@contextmanager
def _appending(database: Database, count: int) -> Iterator[Work]:
    with database.fresh() as place:
        ledger = place.create_ledger()
        prepared = batches(count)

        def work() -> int:
            for batch in prepared:
                ledger.record_many(batch)
            return count

        yield work
        ledger.close()


def append(database: Database, count: int, rounds: int, separate: Path | None) -> Comparison:
    """Appending in durable batches of 1,000, beside the bare driver and the other event stores."""
    with database.fresh() as place:
        fill(place, count)
        rows = counterparts.written_rows(place)
    bare = counterparts.bare_sqlite if database.server_url is None else counterparts.bare_postgres
    sides = [
        Side("Zegel: sealed, encrypted, indexed", partial(_appending, database, count)),
        Side("bare driver, the same rows", partial(bare, database, rows)),
        Side("eventsourcing Application.save", partial(counterparts.library, database, count)),
    ]
    if separate is not None:
        other = partial(counterparts.library_sqlalchemy, database, count, separate)
        sides.append(Side("eventsourcing_sqlalchemy, same call", other))
    return Comparison(
        f"Append, batches of 1,000, {count:,} events, {database.name}",
        "events/s",
        in_turns(sides, rounds),
    )


def fill(place: Place, count: int) -> None:
    """Records so many measured events in a new log."""
    ledger = place.create_ledger()
    for batch in batches(count):
        ledger.record_many(batch)
    ledger.close()


def verify(place: Place, name: str, count: int, rounds: int) -> Comparison:
    """Full verification on one core, beside reading the same rows and one SHA-256 each."""
    sides = [
        Side("Zegel: sealed records", constant(lambda: reading.verify_records(place))),
        Side("Zegel: records and disclosures", constant(lambda: reading.verify_all(place))),
        Side("same driver, rows and one SHA-256", constant(lambda: reading.rows_hashed(place))),
    ]
    return Comparison(
        f"Full verification, {count:,} records, {name}", "records/s", in_turns(sides, rounds)
    )


def verify_on_two_cores(place: Place, name: str, count: int, rounds: int) -> Comparison:
    """Full verification by two processes, beside the one that starts none."""
    sides = [
        Side("Zegel: two cores", constant(lambda: reading.verify_on(place, 2))),
        Side("Zegel: one core", constant(lambda: reading.verify_on(place, 1))),
    ]
    return Comparison(
        f"Full verification on cores, {count:,} records, {name}",
        "records/s",
        in_turns(sides, rounds),
    )


def rebuild(place: Place, name: str, count: int, rounds: int) -> Comparison:
    """Rebuilding every view, beside reading and decoding the same records once."""
    sides = [
        Side("Zegel: rebuild of every view", constant(lambda: reading.rebuilt(place))),
        Side("reading and decoding once", constant(lambda: reading.decoded(place))),
    ]
    return Comparison(
        f"Rebuild of views, {count:,} records, {name}", "records/s", in_turns(sides, rounds)
    )


def query(small: Place, large: Place, names: tuple[str, str], name: str, rounds: int) -> Comparison:
    """The first page of an indexed question, on a short and on a long history."""
    sides = [
        Side(f"newest 50 of one kind, {names[0]}", constant(lambda: reading.first_page(small))),
        Side(f"newest 50 of one kind, {names[1]}", constant(lambda: reading.first_page(large))),
        Side(f"newest 5 of one person, {names[0]}", constant(lambda: reading.of_person(small))),
        Side(f"newest 5 of one person, {names[1]}", constant(lambda: reading.of_person(large))),
    ]
    return Comparison(f"Questions, {name}", "questions/s", in_turns(sides, rounds))


def proofs(
    small: Place, large: Place, names: tuple[str, str], name: str, rounds: int
) -> Comparison:
    """The proof that one record is in the log, on a short and on a long history."""
    sides = [
        Side(f"inclusion proof, {names[0]}", constant(lambda: reading.proven(small))),
        Side(f"inclusion proof, {names[1]}", constant(lambda: reading.proven(large))),
    ]
    return Comparison(f"Proofs, {name}", "proofs/s", in_turns(sides, rounds))


def constant(work: Work) -> Callable[[], "_Prepared"]:
    """A way to prepare work that needs no fresh state for each round."""
    return lambda: _Prepared(work)


class _Prepared:
    """Work that needs nothing made or thrown away around it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __enter__(self) -> Work:
        return self._work

    def __exit__(self, *_: object) -> None:
        return None
