"""Runs tasks on Apache Spark and gives their answers in the order of the tasks.

Nothing but our own functions runs there: a task is a picklable argument of a function that the
workers import from the same Zegel, and its answer comes back the same way. Spark does what it is
good at: it spreads tasks over machines, and gives a task to another one where a machine dies.

Invariants: memory of the driver does not grow with the number of tasks, for they are sent in
waves; a wave begins while the one before it ends, so that no machine waits for the slowest one.
"""

import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, Final, TypeVar

from ledger.errors import BadRequest, StoreUnavailable, ZegelError

Task = TypeVar("Task")
Answer = TypeVar("Answer")

WAVES_AHEAD: Final = 2
TASKS_PER_SLOT: Final = 2
"""How many tasks of a wave each core gets."""

SECONDS_TO_REACH: Final = 5.0
SECONDS_FOR_A_WORKER: Final = 60.0
_LOOK_EVERY_S: Final = 0.2
_DEFAULT_PORT: Final = 7077
_MASTER_URL: Final = re.compile(
    r"spark://(?P<host>[\w.-]+|\[[0-9a-fA-F:.]+\])(:(?P<port>\d{1,5}))?"
)
_LOCAL_URL: Final = re.compile(r"local(\[([1-9]\d{0,3}|\*)\])?")


@dataclass(frozen=True, slots=True)
class _Failed:
    """What a task answers with that failed as it may: another machine would fail as well.

    The error goes in parts: made anew from its text alone, most of ours could not be.
    """

    kind: type[ZegelError]
    text: str
    state: dict[str, Any]

    def error(self) -> ZegelError:
        """The error that was raised there."""
        made = self.kind.__new__(self.kind, self.text)
        made.__dict__.update(self.state)
        return made


class Cluster:
    """A Spark application; made by `opened_cluster`."""

    def __init__(
        self,
        context: Any,  # noqa: ANN401 - PySpark is an extra
        url: str,
        failures: tuple[type[Exception], ...],
    ) -> None:
        """Takes a started context, its URL, and what it raises when the cluster fails."""
        self._context = context
        self._failures = failures
        self.url = url
        self.slots: int = context.defaultParallelism
        """How many tasks run at the same time."""

    def answers(self, work: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[Answer]:
        """What each task gives, in order.

        Args:
            work: A function of a module that the workers can import, or a `partial` of one.
            tasks: Its arguments, one by one.

        Raises:
            ZegelError: what the work itself raised.
            StoreUnavailable: the cluster gave a task up, or is gone.
        """
        waiting = iter(tasks)
        width = max(1, self.slots * TASKS_PER_SLOT)
        under_way: list[Future[list[Answer | _Failed]]] = []
        with ThreadPoolExecutor(WAVES_AHEAD) as submitting:
            try:
                while True:
                    while len(under_way) < WAVES_AHEAD and (wave := list(islice(waiting, width))):
                        under_way.append(submitting.submit(self._collected, work, wave))
                    if not under_way:
                        return
                    for answer in under_way.pop(0).result():
                        yield _required(answer)
            except BaseException:
                with suppress(Exception):  # the context may be gone already
                    self._context.cancelAllJobs()
                raise

    def _collected(
        self, work: Callable[[Task], Answer], tasks: list[Task]
    ) -> list[Answer | _Failed]:
        try:
            spread = self._context.parallelize(tasks, len(tasks))
            found: list[Answer | _Failed] = spread.map(partial(_answer, work)).collect()
        except self._failures as error:
            raise StoreUnavailable(f"cluster {self.url}: {_first_line(error)}") from error
        return found


@contextmanager
def opened_cluster(url: str, purpose: str) -> Iterator[Cluster]:
    """A Spark application of ours, ended when the block is left.

    Args:
        url: Of the master: `spark://host:7077`, or `local[2]` for as many threads of one machine.
        purpose: What it is called on the pages of the cluster.

    Raises:
        BadRequest: the URL is none.
        StoreUnavailable: PySpark or Java is missing, or the cluster is out of reach or without
            workers.
    """
    host = _required_host(url)
    spark = _pyspark()
    # Workers run the Python of this name; where none is named, the one that runs here.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = spark.SparkConf().setMaster(url).setAppName(f"zegel {purpose}")
    for name, value in _settings(host).items():
        settings = settings.setIfMissing(name, value)
    with TemporaryFile() as said, _started(spark, settings, url, said) as context:
        if host is not None:
            _require_worker(context, url)
        from py4j.protocol import Py4JError  # noqa: PLC0415 - comes with PySpark

        yield Cluster(context, url, (Py4JError, OSError))


@contextmanager
def _started(
    spark: Any,  # noqa: ANN401 - PySpark is an extra
    settings: Any,  # noqa: ANN401 - likewise
    url: str,
    said: IO[bytes],
) -> Iterator[Any]:
    """A context, whose Java process says what it has to say into a file."""
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415 - PySpark is an extra

    context = gateway = None
    try:
        gateway = launch_gateway(settings, {"stdout": said, "stderr": said})
        context = spark.SparkContext(conf=settings, gateway=gateway)
    except Exception as error:  # the gateway raises what Java gave it
        said.seek(0)
        lines = said.read().decode(errors="replace").splitlines()[-1:]
        message = f"cluster {url}: cannot be used: {_first_line(error)} {' '.join(lines)}"
        raise StoreUnavailable(message[:600]) from error
    else:
        yield context
    finally:
        with suppress(Exception):  # the master may be gone
            if context is not None:
                context.stop()
        if gateway is not None:
            _end(spark, gateway)


def _end(spark: Any, gateway: Any) -> None:  # noqa: ANN401 - PySpark is an extra
    """Ends the Java process, and has PySpark forget it: it would go on with it otherwise."""
    spark.SparkContext._gateway = spark.SparkContext._jvm = None  # noqa: SLF001 - no other way
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()


def _answer(work: Callable[[Task], Answer], task: Task) -> Answer | _Failed:
    """Runs on a worker; what else goes wrong there, Spark tries elsewhere."""
    try:
        return work(task)
    except ZegelError as error:
        return _Failed(type(error), str(error), dict(error.__dict__))


def _required(answer: Answer | _Failed) -> Answer:
    if isinstance(answer, _Failed):
        raise answer.error()
    return answer


def _required_host(url: str) -> str | None:
    """The host of the master, reached; `None` where the work stays on this machine.

    Raises:
        BadRequest: the URL is none.
        StoreUnavailable: nobody answers there.
    """
    if _LOCAL_URL.fullmatch(url):
        return None
    found = _MASTER_URL.fullmatch(url)
    if found is None:
        raise BadRequest(f"--spark: expected spark://HOST:PORT or local[N], found {url!r}")
    host, port = found["host"].strip("[]"), int(found["port"] or _DEFAULT_PORT)
    try:
        socket.create_connection((host, port), SECONDS_TO_REACH).close()
    except OSError as error:
        raise StoreUnavailable(
            f"cluster {url}: cannot be reached: {error.strerror or error}"
        ) from error
    return host


def _pyspark() -> Any:  # noqa: ANN401 - an extra without a description of its types
    try:
        import pyspark  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise StoreUnavailable(
            "--spark: expected PySpark, found none; `pip install 'zegel[spark]'` installs it"
        ) from error
    home = os.environ.get("JAVA_HOME")
    if home is None and shutil.which("java") is None:
        raise StoreUnavailable(
            "--spark: expected Java 17 or newer on the path or in JAVA_HOME, found none"
        )
    return pyspark


def _settings(host: str | None) -> dict[str, str]:
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    if host in {None, "127.0.0.1", "localhost", "::1"}:
        # Workers of this machine reach the driver there, and nobody else does.
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return settings


def _require_worker(context: Any, url: str) -> None:  # noqa: ANN401 - PySpark is an extra
    """Returns once a worker is there; Spark itself would wait for ever.

    Raises:
        StoreUnavailable: none came.
    """
    until = time.monotonic() + SECONDS_FOR_A_WORKER
    tracker = context._jsc.sc().statusTracker()  # noqa: SLF001 - PySpark shows this nowhere else
    while len(tracker.getExecutorInfos()) < 2:  # noqa: PLR2004 - the first is the driver
        if time.monotonic() > until:
            raise StoreUnavailable(
                f"cluster {url}: expected a free worker within {SECONDS_FOR_A_WORKER:.0f} s, "
                "found none"
            )
        time.sleep(_LOOK_EVERY_S)


def _first_line(error: BaseException) -> str:
    """What a Java trace says first; the rest of it is about Spark itself."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith(("org.", "java.", ":"))), "")
    return (said or next(iter(lines), type(error).__name__)).lstrip(": ")[:400]
