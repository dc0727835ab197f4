"""A real rsyslog daemon that sends what it hears at a socket of its own."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.stopped_programs import ended_with_us, stopped_at_end

PROGRAM: Final = "/usr/sbin/rsyslogd"
SECONDS: Final = 30
"""A daemon that does not do what it should must not hang the run."""

_BEGIN: Final = """
global(workDirectory="{folder}" localHostname="{host}")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/log" CreatePath="off")
"""


def require_rsyslog() -> None:
    """Skips, or fails where the tools are said to be installed, without an rsyslog daemon."""
    if not Path(PROGRAM).exists() or shutil.which("logger") is None:
        if os.environ.get("ZEGEL_TEST_TOOLS") == "installed":
            pytest.fail("rsyslog is not installed, although ZEGEL_TEST_TOOLS says so")
        pytest.skip("rsyslog is not installed; `make test` installs it")


@contextmanager
def running_rsyslog(folder: Path, host: str, settings: str) -> Iterator[Path]:
    """The path of the socket that the daemon hears at, until the block ends.

    Args:
        folder: its own; the path must be short, as paths of sockets are.
        host: the name it gives to its machine.
        settings: what it does with the messages.
    """
    config = folder / "rsyslog.conf"
    config.write_text(_BEGIN.format(folder=folder, host=host) + settings)
    with (
        (folder / "rsyslog.out").open("wb") as out,
        subprocess.Popen(
            [*ended_with_us(), PROGRAM, "-n", "-f", config, "-i", folder / "rsyslog.pid"],
            stdout=out,
            stderr=out,
        ) as process,
        stopped_at_end(process, SECONDS),
    ):
        _wait(folder / "log", process)
        yield folder / "log"


def _wait(socket: Path, process: subprocess.Popen[bytes]) -> None:
    gives_up_at = time.monotonic() + SECONDS
    while not socket.is_socket():
        if process.poll() is not None or time.monotonic() > gives_up_at:
            said = (socket.parent / "rsyslog.out").read_text()
            message = f"rsyslog did not start: {said}"
            raise AssertionError(message)
        time.sleep(0.02)
