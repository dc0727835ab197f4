"""`make bench`: runs every comparison on SQLite and PostgreSQL and prints it.

`--write` puts the result into `docs/explanation/performance.md`, between its two marks.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import comparisons, pages, promise_judging, report, serving
from benchmarks.comparisons import Comparison
from benchmarks.databases import Database
from benchmarks.measuring import machine

PAGE: Final = Path(__file__).parent.parent / "docs" / "explanation" / "performance.md"
START_MARK: Final = "<!-- figures: start -->"
LEAST_HISTORY: Final = 80_000
"""A tenth of it must hold several records of every person who is asked for."""
SHORT_JUDGED: Final = 10_000
"""The short history after which one new event is judged."""
END_MARK: Final = "<!-- figures: end -->"


def main() -> int:
    """Exit code 0, or 4 when no PostgreSQL server was given."""
    options = _options()
    url = os.environ.get("ZEGEL_TEST_POSTGRES")
    if url is None:
        print("ZEGEL_TEST_POSTGRES is not set; `make bench` starts a server", file=sys.stderr)
        return 4
    print(machine(), flush=True)
    found = []
    for database in (Database("SQLite"), Database("PostgreSQL", url)):
        if options.on not in {None, database.name}:
            continue
        for make in _comparisons(database, options):
            comparison = make()
            found.append(comparison)
            print("\n" + report.as_markdown([comparison]), flush=True)
    if options.write:
        _write(f"{machine()}\n\n{report.as_markdown(found)}", options)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--events", type=int, default=20_000, help="events an append round")
    parser.add_argument(
        "--history", type=int, default=100_000, help="length of the long history, from 80,000 on"
    )
    parser.add_argument(
        "--judged", type=int, help="length of the history that promises are judged over; --history"
    )
    parser.add_argument(
        "--only",
        choices=("pages", "promises", "serving"),
        help="nothing but these comparisons, at any length",
    )
    parser.add_argument(
        "--on", choices=("SQLite", "PostgreSQL"), help="nothing but this kind of database"
    )
    parser.add_argument("--requests", type=int, default=5_000, help="single appends over HTTP")
    parser.add_argument("--rounds", type=int, default=5, help="rounds a side")
    parser.add_argument("--separate", type=Path, help="Python that has eventsourcing_sqlalchemy")
    parser.add_argument("--write", action="store_true", help="write the figures into the docs")
    options = parser.parse_args()
    if options.write and (options.only is not None or options.on is not None):
        parser.error("--write: expected every comparison, found --only or --on")
    options.judged = options.judged or options.history
    if options.history < LEAST_HISTORY and options.only is None:
        parser.error(f"--history: expected {LEAST_HISTORY} or more, found {options.history}")
    return options


def _comparisons(
    database: Database, options: argparse.Namespace
) -> Iterator[Callable[[], Comparison]]:
    if options.only is None:
        yield from _of_the_log(database, options)
    if options.only in {None, "serving"}:
        yield lambda: serving.appends(database, options.requests, options.rounds)
    if options.only in {None, "promises"}:
        yield from _of_promises(database, options)
    if options.only in {None, "pages"}:
        yield from _of_pages(database, options)


def _of_the_log(
    database: Database, options: argparse.Namespace
) -> Iterator[Callable[[], Comparison]]:
    yield lambda: comparisons.append(database, options.events, options.rounds, options.separate)
    short = options.history // 10
    with database.fresh() as small, database.fresh() as large:
        comparisons.fill(small, short)
        comparisons.fill(large, options.history)
        name, rounds = database.name, options.rounds
        yield lambda: comparisons.verify(large, name, options.history, rounds)
        yield lambda: comparisons.verify_on_two_cores(large, name, options.history, rounds)
        yield lambda: comparisons.rebuild(large, name, options.history, rounds)
        names = (f"{short:,} records", f"{options.history:,} records")
        yield lambda: comparisons.query(small, large, names, name, rounds)
        small.seal()
        large.seal()
        yield lambda: comparisons.proofs(small, large, names, name, rounds)


def _of_promises(
    database: Database, options: argparse.Namespace
) -> Iterator[Callable[[], Comparison]]:
    short, name, rounds = min(SHORT_JUDGED, options.judged), database.name, options.rounds
    with database.fresh() as small, database.fresh() as large:
        promise_judging.fill(small, short)
        promise_judging.fill(large, options.judged)
        yield lambda: promise_judging.rebuild(large, name, options.judged, rounds)
        names = (f"{short:,} events", f"{options.judged:,} events")
        yield lambda: promise_judging.one_by_one(small, large, names, name, rounds)


def _of_pages(
    database: Database, options: argparse.Namespace
) -> Iterator[Callable[[], Comparison]]:
    short, long = options.history // 100, options.history
    with pages.served(database, short) as small, pages.served(database, long) as large:
        sites = {f"{short:,} events": small, f"{long:,} events": large}
        for path in pages.PATHS:
            yield partial(pages.first_page, sites, path, database.name, options.rounds)


def _write(figures: str, options: argparse.Namespace) -> None:
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(START_MARK)
    _, _, after = rest.partition(END_MARK)
    command = (
        f"make bench EVENTS={options.events} HISTORY={options.history} ROUNDS={options.rounds}"
        f" BENCH_FLAGS='--write --judged {options.judged}'"
    )
    text = f"{START_MARK}\nCommand: `{command}`\n\n{figures}\n{END_MARK}"
    PAGE.write_text(before + text + after, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
