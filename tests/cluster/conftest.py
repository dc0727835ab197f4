"""Tests on a cluster take minutes, Java and PySpark: `make test-cluster` runs them, nobody else.

One log of a million records (`ZEGEL_CLUSTER_RECORDS` says another number) serves them all; each
leaves it as it was. One that was made before, by `made_log`, can be used again: its home is then in
`ZEGEL_CLUSTER_HOME`.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.cluster.big_log import BigLog, made_log
from tests.cluster.standalone import StandaloneCluster, standalone_cluster

ASKED_FOR: Final = "ZEGEL_TEST_CLUSTER"
RECORDS: Final = "ZEGEL_CLUSTER_RECORDS"
KEPT: Final = "ZEGEL_CLUSTER_HOME"
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
    count = int(os.environ.get(RECORDS, _MILLION))
    if KEPT in os.environ:
        return BigLog(Path(os.environ[KEPT]), count)
    return made_log(tmp_path_factory.mktemp("big") / "home", count)
