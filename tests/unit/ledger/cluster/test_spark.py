"""Tasks go to a cluster in waves and come back in order, and a cluster that fails says how.

The cluster itself is in tests/cluster; here a context stands for it that works in this process.
"""

import math
import pickle
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from types import ModuleType
from typing import Any

import pytest

from ledger.cluster.spark import TASKS_PER_SLOT, WAVES_AHEAD, Cluster, opened_cluster
from ledger.errors import BadRequest, StoreUnavailable, VerificationError

SLOTS = 2
WAVE = SLOTS * TASKS_PER_SLOT


class GatewayError(Exception):
    """Stands for what Java throws."""


@dataclass
class Context:
    """Does what a Spark context does, with what goes through a pipe."""

    waves: list[int] = field(default_factory=list)
    cancelled: int = 0
    defaultParallelism: int = SLOTS  # noqa: N815 - as PySpark names it
    _lock: Lock = field(default_factory=Lock)

    def parallelize(self, tasks: Sequence[Any], parts: int) -> "Spread":
        """Takes a wave."""
        assert len(tasks) == parts
        with self._lock:
            self.waves.append(parts)
        return Spread(pickle.loads(pickle.dumps(tasks)))

    def cancelAllJobs(self) -> None:  # noqa: N802 - likewise
        """Counts."""
        self.cancelled += 1


@dataclass
class Spread:
    """The tasks of one wave."""

    tasks: Sequence[Any]
    work: Callable[[Any], Any] = math.sqrt

    def map(self, work: Callable[[Any], Any]) -> "Spread":
        """Takes the work."""
        return Spread(self.tasks, pickle.loads(pickle.dumps(work)))

    def collect(self) -> list[Any]:
        """Works."""
        return [pickle.loads(pickle.dumps(self.work(task))) for task in self.tasks]


def refuses_seven(task: int) -> int:
    """Finds one of the tasks broken."""
    if task == 7:
        raise VerificationError("MODIFIED", 7, "expected another task")
    return task


def gateway_fails(task: int) -> int:
    """Dies with all it knows."""
    raise GatewayError(f"An error occurred\n: org.apache.spark.SparkException: task {task} failed")


def cluster_of(context: Context) -> Cluster:
    """A cluster that works here."""
    return Cluster(context, "spark://host:7077", (GatewayError,))


def test_answers_come_in_the_order_of_the_tasks() -> None:
    """The findings on one segment would be taken for those on another."""
    context = Context()
    tasks = range(4 * WAVE + 1)
    assert list(cluster_of(context).answers(math.sqrt, tasks)) == [math.sqrt(one) for one in tasks]
    assert sorted(context.waves, reverse=True) == [WAVE] * 4 + [1]
    assert list(cluster_of(context).answers(math.sqrt, ())) == []


def test_few_waves_are_under_way() -> None:
    """The tasks of a log of any length would be held in memory at once."""
    taken: list[int] = []

    def told() -> Iterator[int]:
        for number in range(100 * WAVE):
            taken.append(number)
            yield number

    answers = cluster_of(Context()).answers(math.sqrt, told())
    assert next(answers) == 0
    assert len(taken) == WAVES_AHEAD * WAVE


def test_what_a_task_finds_broken_ends_the_work() -> None:
    """An error would come back as one about Java, or other tasks would go on."""
    context = Context()
    answers = cluster_of(context).answers(refuses_seven, range(40))
    with pytest.raises(VerificationError, match="MODIFIED: record 7"):
        list(answers)
    assert context.cancelled == 1


def test_an_error_comes_back_with_all_it_says() -> None:
    """A command would end with another exit code where a worker met the error."""
    with pytest.raises(VerificationError) as raised:
        list(cluster_of(Context()).answers(refuses_seven, [7]))
    assert (raised.value.verdict, raised.value.index) == ("MODIFIED", 7)


def test_a_cluster_that_fails_is_out_of_reach() -> None:
    """A page of Java would be shown, or a failure be taken for broken evidence."""
    answers = cluster_of(Context()).answers(gateway_fails, range(3))
    expected = "cluster spark://host:7077: org.apache.spark.SparkException: task 0 failed"
    with pytest.raises(StoreUnavailable, match=expected):
        list(answers)


@pytest.mark.parametrize("url", ["yarn", "spark://", "http://host:1", "local[2", "spark://host:x"])
def test_a_url_of_no_cluster_is_refused(url: str) -> None:
    """A mistyped URL would start something else, or end in a trace."""
    with pytest.raises(BadRequest, match="--spark: expected spark://HOST:PORT"), _opened(url):
        pass


def test_a_master_out_of_reach_is_told_at_once() -> None:
    """Spark itself tries for a minute, and then shows pages of Java."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"spark://127.0.0.1:{bound.getsockname()[1]}"
        expected = f"cluster {url}: cannot be reached"
        with pytest.raises(StoreUnavailable, match=expected), _opened(url):
            pass


def test_without_pyspark_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever tries would see an import fail inside Zegel."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(StoreUnavailable, match="expected PySpark"), _opened("local[2]"):
        pass


def test_without_java_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """PySpark says that its gateway exited, and nothing of Java."""
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(StoreUnavailable, match="expected Java 17 or newer"), _opened("local[2]"):
        pass


def _opened(url: str) -> Any:  # noqa: ANN401 - a context manager of no type that is named
    return opened_cluster(url, "test")
