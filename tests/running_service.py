"""A real `zegel serve` process on free ports, stopped by its process id."""

import json
import os
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.command_line import ZEGEL, clean_environment, zegel_here

ORIGIN: Final = "service.example/log"
START_S: Final = 60.0
STOP_S: Final = 60.0
_PAUSE_S: Final = 0.02


@dataclass(slots=True)
class RunningService:
    """One process that serves a home."""

    home: Path
    process: subprocess.Popen[str]
    url: str
    """Of HTTP, without a slash at the end."""
    addresses: dict[str, str]
    """All that it said: `HTTP`, `gRPC`, `metrics`."""
    trust: ssl.SSLContext | None = None
    """Which certificates are believed, where it speaks TLS."""
    log: list[str] = field(default_factory=list)
    """Its lines on standard error so far."""
    exit_code: int | None = None
    """Once it has ended."""

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Status and body of an answer."""
        return self.ask(Request(f"{self.url}{path}", headers=headers))

    def ask(self, request: Request) -> tuple[int, bytes]:
        """Status and body of the answer to a request."""
        try:
            with urlopen(request, timeout=STOP_S, context=self.trust) as answer:
                return answer.status, answer.read()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code once it has ended on a signal."""
        if self.exit_code is None:
            self.process.send_signal(number)
            self.exit_code = self.process.wait(STOP_S)
        return self.exit_code


def make_key(home: Path, name: str, *roles: str) -> str:
    """The secret of a fresh API key of a program that has the roles."""
    asked = [word for role in roles for word in ("--role", role)]
    made = zegel_here("--home", home, "api-key", "create", name, *asked)
    assert made.returncode == 0, made.stderr
    return str(json.loads(made.stdout)["key"])


def make_home(folder: Path, *options: str) -> Path:
    """A fresh home with a log of its own."""
    made = zegel_here("--home", folder, "init", "--origin", ORIGIN, *options)
    assert made.returncode == 0, made.stderr
    return folder


@contextmanager
def running_service(
    home: Path,
    *options: str,
    ready: bool = True,
    trust: ssl.SSLContext | None = None,
    **variables: str,
) -> Iterator[RunningService]:
    """A service of a home, made if need be, that answers; it is stopped at the end.

    Args:
        home: Its folder.
        options: Of `zegel serve`; ports are free ones unless they are named here.
        ready: Whether to wait until it says that it is ready.
        trust: Which certificates are believed, where it speaks TLS.
        variables: Of its environment.
    """
    if not (home / "zegel.toml").exists():
        make_home(home)
    process = start(home, options, variables)
    log: list[str] = []
    reader = threading.Thread(target=_collect, args=(process, log), daemon=True)
    reader.start()
    service = None
    try:
        addresses = _addresses(process, log)
        service = RunningService(home, process, addresses["HTTP"], addresses, trust, log)
        if ready:
            _wait_until_ready(service)
        yield service
    finally:
        if service is not None and service.exit_code is None and process.poll() is None:
            service.stop()
        elif process.poll() is None:
            process.kill()
        process.wait()
        reader.join()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def start(home: Path, options: Sequence[str], variables: dict[str, str]) -> subprocess.Popen[str]:
    """The process, whether it gets to listen or not."""
    ports = [] if "--port" in options else ["--port", "0"]
    if not {"--grpc-port", "--no-grpc"} & set(options):
        ports += ["--grpc-port", "0"]
    return subprocess.Popen(
        [ZEGEL, "--home", home, "serve", *ports, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(**{"PYTHONUNBUFFERED": "1", **variables}),
        start_new_session=os.name == "posix",  # Ctrl-C must reach the tests first
    )


def _collect(process: subprocess.Popen[str], log: list[str]) -> None:
    assert process.stderr is not None
    log.extend(process.stderr)


def _addresses(process: subprocess.Popen[str], log: list[str]) -> dict[str, str]:
    """What it prints once it listens, up to the line that says that this is all."""
    assert process.stdout is not None
    found: dict[str, str] = {}
    for line in process.stdout:
        if line.startswith("ready"):
            return found
        name, _, address = line.strip().partition(" ")
        found.setdefault(name, address)
    process.wait(STOP_S)
    raise AssertionError(f"ended with {process.returncode} before it listened: {''.join(log)}")


def _wait_until_ready(service: RunningService) -> None:
    until = time.monotonic() + START_S
    while True:
        status, body = service.get("/readyz")
        if status == 200:
            return
        assert time.monotonic() < until, (status, body, service.log)
        time.sleep(_PAUSE_S)
