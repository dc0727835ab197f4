"""`make bench`: runs every comparison on SQLite and PostgreSQL and prints it.

`--keep` puts what was measured into `docs/explanation/figures.json`, from which `make docs` draws
charts and tables; a run that measures a part of it leaves the rest as it was.
"""

import argparse
import os
import shlex
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from benchmarks import footprint, profiling, report
from benchmarks.comparison import Footprint, Made, Profile
from benchmarks.databases import Database
from benchmarks.figures import Run, read_figures, write_figures
from benchmarks.measuring import machine
from benchmarks.plan import AREAS, planned

LEAST_HISTORY: Final = 10_000
"""A shorter one does not hold several records of every person who is asked for."""


def main() -> int:
    """Exit code 0, or 4 when no PostgreSQL server was given."""
    options = _options()
    url = os.environ.get("ZEGEL_TEST_POSTGRES")
    if url is None and options.on != "SQLite":
        print("ZEGEL_TEST_POSTGRES is not set; `make bench` starts a server", file=sys.stderr)
        return 4
    run = Run(_today(), machine(), _command(options))
    print(run.machine, flush=True)
    for database in (Database("SQLite"), Database("PostgreSQL", url)):
        if options.on in {None, database.name}:
            _measure(database, options, run)
    return 0


def _measure(database: Database, options: argparse.Namespace, run: Run) -> None:
    for each in planned(database, options):
        made = each.make()
        print("\n" + _as_markdown(made), flush=True)
        if options.keep:  # at once: a long run that is stopped keeps what it measured
            write_figures(read_figures().including(each, made, run))


def _as_markdown(made: Made) -> str:
    if isinstance(made, Footprint):
        return footprint.as_markdown([made])
    return profiling.as_markdown(made) if isinstance(made, Profile) else report.as_markdown([made])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default="10000,100000",
        help="lengths of the histories, from 10,000 on; promises and pages take the longest",
    )
    parser.add_argument(
        "--only",
        type=_areas,
        help=f"nothing but these, separated by commas: {', '.join(AREAS)}",
    )
    parser.add_argument(
        "--on", choices=("SQLite", "PostgreSQL"), help="nothing but this kind of database"
    )
    parser.add_argument("--singles", type=int, default=5_000, help="single events, in process")
    parser.add_argument("--requests", type=int, default=5_000, help="single appends over HTTP")
    parser.add_argument("--rounds", type=int, default=5, help="rounds a side")
    parser.add_argument("--separate", type=Path, help="Python that has eventsourcing_sqlalchemy")
    parser.add_argument("--keep", action="store_true", help="keep the figures for the docs")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    sizes = sorted({int(part.replace("_", "")) for part in text.split(",")})
    if sizes[0] < LEAST_HISTORY:
        message = f"expected lengths from {LEAST_HISTORY:,} on, found {sizes[0]:,}"
        raise argparse.ArgumentTypeError(message)
    return sizes


def _areas(text: str) -> list[str]:
    areas = text.split(",")
    unknown = sorted(set(areas) - set(AREAS))
    if unknown:
        message = f"expected some of {', '.join(AREAS)}, found {unknown[0]}"
        raise argparse.ArgumentTypeError(message)
    return areas


def _command(options: argparse.Namespace) -> str:
    """What gives these figures again."""
    flags = [f"--on {options.on}"] if options.on else []
    flags += [f"--only {','.join(options.only)}"] if options.only else []
    sizes = ",".join(str(size) for size in options.sizes)
    beside = f" BENCH_FLAGS={shlex.quote(' '.join(flags))}" if flags else ""
    return f"make bench SIZES={sizes} ROUNDS={options.rounds}{beside}"


def _today() -> date:
    return datetime.now(UTC).date()  # noqa: TID251 - the day of the measurement


if __name__ == "__main__":
    sys.exit(main())
