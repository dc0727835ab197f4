"""A Spark cluster of its own on loopback: one master and some workers, each a process we started.

Everything it needs comes with PySpark; folders and ports are its own, and it is gone at the end,
process by process. A worker can be killed in the middle of its work.
"""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent.parent
PYTHON: Final = PROJECT / ".venv" / "cluster" / "bin" / "python"
"""The Python that has PySpark, of driver and workers alike."""

_MASTER: Final = "org.apache.spark.deploy.master.Master"
_WORKER: Final = "org.apache.spark.deploy.worker.Worker"
_HOST: Final = "127.0.0.1"
_START_SECONDS: Final = 120
_STOP_SECONDS: Final = 30


@dataclass
class StandaloneCluster:
    """A running master, and workers with one core each."""

    url: str
    folder: Path
    environment: dict[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self) -> None:
        """Starts one more worker; it is there once the master has registered it."""
        number = len(self.workers) + 1
        log = self.folder / f"worker-{number}.log"
        own = ("--host", _HOST, "--cores", "1", "--memory", "1g", "--webui-port", "0")
        work = ("--work-dir", str(self.folder / f"worker-{number}"))
        self.workers.append(_started(self.environment, log, _WORKER, *own, *work, self.url))
        _wait_for(log, "Successfully registered with master", self.workers[-1])

    def kill_worker(self, number: int) -> None:
        """Ends a worker at once, and what it was doing with it."""
        self.workers[number].send_signal(signal.SIGKILL)
        self.workers[number].wait(_STOP_SECONDS)

    def executor_logs(self) -> set[Path]:
        """What the processes that run tasks say, one file for each."""
        return set(self.folder.glob("worker-*/app-*/*/stderr"))


@contextlib.contextmanager
def standalone_cluster(workers: int) -> Iterator[StandaloneCluster]:
    """A master and so many workers, until the block is left."""
    with tempfile.TemporaryDirectory(prefix="zegel-cluster-") as name:
        folder = Path(name)
        port = _free_port()
        environment = {
            **os.environ,
            "SPARK_HOME": str(_spark_home()),
            "SPARK_LOCAL_IP": _HOST,
            "SPARK_NO_DAEMONIZE": "1",
        }
        log = folder / "master.log"
        own = ("--host", _HOST, "--port", str(port), "--webui-port", "0")
        master = _started(environment, log, _MASTER, *own)
        cluster = StandaloneCluster(f"spark://{_HOST}:{port}", folder, environment)
        try:
            _wait_for(log, "I have been elected leader", master)
            for _ in range(workers):
                cluster.add_worker()
            yield cluster
        finally:
            for process in (*cluster.workers, master):
                _stop(process)


def _started(
    environment: dict[str, str], log: Path, name: str, *arguments: str
) -> subprocess.Popen[bytes]:
    command = [str(_spark_home() / "bin" / "spark-class"), name, *arguments]
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )


def _spark_home() -> Path:
    (found,) = PYTHON.parent.parent.glob("lib/python3*/site-packages/pyspark")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(log: Path, line: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while line not in (said := log.read_text(errors="replace")):
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"expected {line!r} in {log.name}, found:\n{said[-2000:]}")
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
