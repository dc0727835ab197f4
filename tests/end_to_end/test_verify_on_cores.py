"""`zegel verify` with processes, as a person starts and ends it."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from ledger.home import Home
from ledger.parallel_verification import LEAST_RANGES, RANGE_RECORDS
from tests.command_line import SECONDS, ZEGEL, clean_environment, zegel, zegel_here
from tests.grants import grant

BATCHES: Final = 2 * LEAST_RANGES
RECORDS: Final = BATCHES * RANGE_RECORDS
"""Work enough to be interrupted in."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a log long enough for processes."""
    folder = tmp_path_factory.mktemp("large") / "home"
    ledger = Home(folder).init("log.example/large")
    for _ in range(BATCHES):
        ledger.record_many([grant(system="crm") for _ in range(RANGE_RECORDS)])
    ledger.close()
    return folder


@contextmanager
def verifying(home: Path) -> Iterator["subprocess.Popen[str]"]:
    """The command, which works itself, with two processes that it has started."""
    command = subprocess.Popen(
        [ZEGEL, "--home", home, "verify", "--jobs", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
        start_new_session=True,  # a signal to its group, as a terminal sends it, is not for us
    )
    try:
        until = time.monotonic() + SECONDS
        while len(processes_of(command)) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        yield command
    finally:
        command.kill()
        command.communicate()


def processes_of(command: "subprocess.Popen[str]") -> list[int]:
    """The processes that a command has started to verify."""
    children = Path(f"/proc/{command.pid}/task/{command.pid}/children")
    found = children.read_text("utf-8").split() if children.exists() else []
    lines = {each: Path(f"/proc/{each}/cmdline") for each in found}
    return [
        int(each) for each, line in lines.items() if line.exists() and is_worker(line.read_bytes())
    ]


def is_worker(line: bytes) -> bool:
    """Whether a command line is that of a process that checks ranges."""
    return b"spawn_main" in line


def test_several_jobs_say_what_one_says(large: Path) -> None:
    """The default of a machine with several cores would never have been run."""
    one, three = (zegel("--home", large, "verify", "--json", "--jobs", jobs) for jobs in ("1", "3"))
    assert (three.returncode, three.stderr) == (0, "")
    assert three.stdout == one.stdout
    assert json.loads(three.stdout)["records_checked"] == RECORDS


def test_no_command_line_says_where_the_log_is(large: Path) -> None:
    """The password of a database would be shown to everybody on the machine."""
    with verifying(large) as command:
        workers = processes_of(command)
        lines = [Path(f"/proc/{each}/cmdline").read_bytes() for each in workers]
        assert len(lines) == 2
        assert not any(b"zegel.db" in line or b"vault.key" in line for line in lines)


def test_an_interruption_ends_every_process_quietly(large: Path) -> None:
    """After Ctrl-C processes would go on, or fill the terminal with traces."""
    with verifying(large) as command:
        workers = processes_of(command)
        os.killpg(command.pid, signal.SIGINT)
        _, said = command.communicate(timeout=SECONDS)
        assert (command.returncode, said.strip()) == (130, "zegel: interrupted")
        assert len(workers) == 2
        assert not any(Path(f"/proc/{each}").exists() for each in workers)


def test_a_process_that_dies_is_reported(large: Path) -> None:
    """A verification would hang, or call a log valid that was not read to the end."""
    with verifying(large) as command:
        os.kill(processes_of(command)[0], signal.SIGKILL)
        shown, said = command.communicate(timeout=SECONDS)
        assert (command.returncode, shown) == (4, "")
        assert said == ("zegel: a process ended before its work was done (exit code -9)\n")


@pytest.mark.parametrize("beside", [("--quick",), ("--bundle", "/")])
def test_jobs_are_refused_where_there_is_nothing_to_share(beside: tuple[str, ...]) -> None:
    """Somebody would believe that an option did something."""
    answer = zegel_here("verify", "--jobs", "2", *beside)
    assert answer.returncode == 2
    assert "--jobs" in answer.stderr
