"""Hundreds of writers at a real `zegel serve` that is killed and started again meanwhile."""

import contextlib
import json
import random
import signal
import socket
import subprocess
import sys
import threading
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ledger.home import Home
from tests.command_line import clean_environment, zegel_here
from tests.running_service import RunningService, running_service

PROJECT: Final = Path(__file__).resolve().parents[1]
KIND: Final = "ip.recorded.v1"
SECONDS: Final = 600
UNHURRIED: Final = "10000000"
"""Hundreds of writers share one key here; its rate is not what is looked at."""


@dataclass(frozen=True)
class Run:
    """How much is written, and how often the service dies."""

    processes: int
    writers: int
    """In each process."""
    events: int
    """Of each writer."""
    kills: int
    """Every third is a stop in good order."""

    @property
    def total(self) -> int:
        """How many events are sent in all."""
        return self.processes * self.writers * self.events


@dataclass
class Told:
    """What the writers were told."""

    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    retried: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, outcome: dict[str, Any]) -> None:
        """One more event is settled."""
        with self.changed:
            if outcome["receipt"] is None:
                self.given_up.add(outcome["id"])
            else:
                self.receipts[outcome["id"]] = outcome["receipt"]
            self.retried += outcome["tries"] > 1
            self.changed.notify_all()

    def wait_for(self, settled: int) -> None:
        """Waits until so many events are settled."""
        with self.changed:
            found = self.changed.wait_for(
                lambda: len(self.receipts) + len(self.given_up) >= settled, SECONDS
            )
        assert found, "the writers stand still"


def write_while_killing(home: Path, run: Run) -> Told:
    """What the writers were told; the service was stopped in good order at the end."""
    key = recorder_key(home)
    port = _free_port()

    def served() -> AbstractContextManager[RunningService]:
        return running_service(
            home,
            *("--port", str(port), "--no-grpc"),
            ready=False,
            ZEGEL_SERVE_REQUESTS_PER_MINUTE=UNHURRIED,
        )

    told = Told()
    with ExitStack() as stack:
        writers: list[subprocess.Popen[str]] = []
        for number in range(run.kills):
            with served() as service:
                writers = writers or _started(stack, run, service.url, key, told)
                told.wait_for(run.total * (number + 1) // (run.kills + 1))
                service.stop(_how(number))
        with served() as service:
            for each in writers:
                assert each.wait(SECONDS) == 0, each.stderr and each.stderr.read()
            told.wait_for(run.total)
            assert service.stop() == 0
    return told


def _how(number: int) -> signal.Signals:
    """Every third time the service is asked to stop, and may finish what is in flight."""
    return signal.SIGTERM if number % 3 == 1 else signal.SIGKILL


def recorder_key(home: Path) -> str:
    """The secret of a fresh key of a program that may record."""
    made = zegel_here("--home", home, "api-key", "create", "writers", "--role", "recorder")
    assert made.returncode == 0, made.stderr
    return str(json.loads(made.stdout)["key"])


def require_exactly_once(home: Path, told: Told) -> int:
    """How many events are in the log; each acknowledged one once, at its place, and no other twice.

    Raises:
        AssertionError: an acknowledged event is missing, is elsewhere, or one is there twice.
    """
    ledger = Home(home).open_ledger()
    try:
        stored = [record for record in ledger.log.scan() if record.kind == KIND]
    finally:
        ledger.close()
    places = {str(each.event_id): (each.index, each.leaf_hash.hex()) for each in stored}
    assert len(places) == len(stored)
    for event_id, receipt in told.receipts.items():
        assert receipt["event_id"] == event_id
        assert places[event_id] == (receipt["index"], receipt["leaf_hash"])
    assert places.keys() - told.receipts.keys() <= told.given_up
    return len(places)


def _started(
    stack: ExitStack, run: Run, url: str, key: str, told: Told
) -> list[subprocess.Popen[str]]:
    processes = []
    for number in range(run.processes):
        arguments = [url, key, f"p{number}", str(run.writers), str(run.events)]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.killed_writers", *arguments],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        stack.enter_context(process)
        stack.callback(process.kill)
        reader = threading.Thread(target=_collect, args=(process, told), daemon=True)
        reader.start()
        processes.append(process)
    return processes


def _collect(process: subprocess.Popen[str], told: Told) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        told.add(json.loads(line))


def _free_port() -> int:
    """A port that no connection gets by chance, so that it is still free after each kill.

    While the service is down, writers knock again and again: one of them could be given the port
    of the service as its own, and be connected to itself.
    """
    for port in random.Random().sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")
