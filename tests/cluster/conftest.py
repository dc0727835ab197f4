"""Tests on a cluster take minutes, Java and PySpark: `make test-cluster` runs them, nobody else.

One log of a million records (`ZEGEL_CLUSTER_RECORDS` says another number) serves them all; each
leaves it as it was.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from benchmarks.sample import batches
from ledger.home import Home
from tests.cluster.big_log import BigLog
from tests.cluster.standalone import StandaloneCluster, standalone_cluster

ASKED_FOR: Final = "ZEGEL_TEST_CLUSTER"
RECORDS: Final = "ZEGEL_CLUSTER_RECORDS"
_WORKERS: Final = 2
_MILLION: Final = "1000000"

collect_ignore_glob = [] if ASKED_FOR in os.environ else ["test_*.py"]


@pytest.fixture(scope="session")
def cluster() -> Iterator[StandaloneCluster]:
    """A master and two workers."""
    with standalone_cluster(_WORKERS) as found:
        yield found


@pytest.fixture(scope="session")
def big_log(tmp_path_factory: pytest.TempPathFactory) -> BigLog:
    """A log whose sealed records stand in an archive, all but the last."""
    made = BigLog(tmp_path_factory.mktemp("big") / "home", int(os.environ.get(RECORDS, _MILLION)))
    made.run("init", "--no-roles", "--origin", "log.example/big")
    _fill(made.home, made.records)
    made.run("seal")
    made.run("archive", "--to", str(made.archive))
    made.run("archive", "move", "--yes")
    return made


def _fill(home: Path, count: int) -> None:
    with closing(Home(home).open_ledger()) as ledger:
        for batch in batches(count):
            ledger.record_many(batch)
