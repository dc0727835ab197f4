"""What a cluster costs: one log, verified and rebuilt here and by two workers of this machine.

As a command, with the Python that has PySpark::

    .venv/cluster/bin/python -m tests.cluster.costs [RECORDS] [ROUNDS] [HOME]

A home that is named holds such a log already. It prints seconds for the whole log, of
the clock and of the processors, of the first round and the median of all; the sides take turns.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from ledger.archive import open_archive
from ledger.cluster.spark import Cluster, opened_cluster
from ledger.cluster.verifying import Workers, verify_on_cluster
from ledger.home import Home
from ledger.home_trust import trust_of
from ledger.ledger import Ledger
from ledger.levels import Trust, verify_full
from ledger.verification.findings import Report
from ledger.verification.log_check import ignore_progress
from projections import VIEWS, rebuild
from projections.rebuilding_apart import rebuild_apart
from tests.cluster.big_log import BigLog, made_log
from tests.cluster.processor_time import processor_seconds
from tests.cluster.standalone import standalone_cluster

_CORES = 2


def main(records: str = "1000000", rounds: str = "3", home: str | None = None) -> None:
    """Prints the table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        standalone = stack.enter_context(standalone_cluster(_CORES))
        if home is None:
            log = made_log(folder / "home", int(records))
        else:
            log = BigLog(Path(home), int(records))
        seconds: dict[str, list[tuple[float, float]]] = {}
        with _timed(seconds, "a cluster that begins"):
            cluster = stack.enter_context(opened_cluster(standalone.url, "costs"))
        for _ in range(int(rounds)):
            for name, work in _works(log, cluster):
                with _timed(seconds, name):
                    work()
    print(f"{int(records):,} records, {_CORES} cores: seconds, then those of processors")
    print(f"{'':<46}{'first':>9}{'median':>9}{'first':>9}{'median':>9}")
    for name, found in seconds.items():
        passed, worked = zip(*found, strict=True)
        figures = (passed[0], statistics.median(passed), worked[0], statistics.median(worked))
        print(f"{name:<46}" + "".join(f"{figure:>9.1f}" for figure in figures))


def _works(log: BigLog, cluster: Cluster) -> Iterator[tuple[str, Callable[[], object]]]:
    with closing(Home(log.home).open_ledger()) as ledger:
        trust = trust_of(Home(log.home), ())
        yield "verify, two cores", lambda: _require_valid(verify_full(ledger, trust, jobs=_CORES))
        for reaches, name in ((True, "all of it"), (False, "sealed records only")):
            workers = Workers(cluster.answers, reach_database=reaches)
            yield f"verify, two workers, {name}", partial(_verify, log, ledger, trust, workers)
        yield "rebuild, here", lambda: rebuild(ledger)
        yield (
            "rebuild, two workers",
            lambda: rebuild_apart(ledger, list(VIEWS), cluster.answers, tasks=cluster.slots),
        )


def _verify(log: BigLog, ledger: Ledger, trust: Trust, workers: Workers) -> None:
    archive = open_archive(str(log.archive), ledger.origin, trust.terms)
    told = verify_on_cluster(ledger, trust, archive, workers, ignore_progress, jobs=_CORES)
    _require_valid(told)


def _require_valid(report: Report) -> None:
    if report.outcome != "valid":
        raise AssertionError(str(report.first_fault))


@contextmanager
def _timed(seconds: dict[str, list[tuple[float, float]]], name: str) -> Iterator[None]:
    started, worked = time.perf_counter(), processor_seconds()
    yield
    passed = time.perf_counter() - started, processor_seconds() - worked
    seconds.setdefault(name, []).append(passed)


if __name__ == "__main__":
    main(*sys.argv[1:])
