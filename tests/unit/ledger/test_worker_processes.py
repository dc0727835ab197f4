"""Processes answer in order, and nobody waits for one that is gone."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from ledger.errors import StoreUnavailable
from ledger.worker_processes import WorkerProcesses
from tests.numbered_work import killed, large, locked_out, squares

PROC = Path("/proc")


def children() -> set[str]:
    """The processes that this one has started and that work for it, by id."""
    found = (PROC / "self" / "task" / str(os.getpid()) / "children").read_text("utf-8").split()
    return {each for each in found if b"spawn_main" in (PROC / each / "cmdline").read_bytes()}


def test_answers_come_in_order_from_other_processes() -> None:
    """Ranges would be joined in the wrong order, or all be checked by one core."""
    before = children()
    with WorkerProcesses(partial(squares, 3), 2) as processes:
        found = list(processes.answers(40))
        assert len(children() - before) == 2
    assert [square for square, _ in found] == [(number + 3) ** 2 for number in range(40)]
    assert os.getpid() not in {process for _, process in found}
    assert children() == before


PROGRAM = """\
import os
import subprocess
import sys
from functools import partial

os.write(1, b"begun ")

from ledger.worker_processes import WorkerProcesses
from tests.numbered_work import squares

if __name__ == "__main__":
    with WorkerProcesses(partial(squares, 3), 2) as processes:
        print(sum(square for square, _ in processes.answers(4)))
"""


def test_a_process_begins_without_the_program_that_starts_it(tmp_path: Path) -> None:
    """Each would import a whole command line or service before it does anything."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, "utf-8")
    path = os.pathsep.join(sys.path)
    run = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        check=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert run.stdout == "begun 86\n"


def test_answers_larger_than_a_pipe_arrive_whole() -> None:
    """The leaf hashes of a range would be cut off, or both sides would wait for ever."""
    with WorkerProcesses(large, 2) as processes:
        for number, answer in enumerate(processes.answers(20)):
            assert answer == bytes([number]) * 300_000


def test_a_process_that_dies_is_an_error() -> None:
    """A verification would hang, or conclude without the records of that process."""
    before = children()
    with (
        pytest.raises(StoreUnavailable, match=r"exit code -9"),
        WorkerProcesses(killed, 2) as processes,
    ):
        list(processes.answers(20))
    assert children() == before


def test_a_process_that_cannot_open_says_why() -> None:
    """An operator would see a trace of another process, or wait."""
    with (
        pytest.raises(StoreUnavailable, match=r"zegel\.db: expected a database"),
        WorkerProcesses(locked_out, 1) as processes,
    ):
        list(processes.answers(3))


def test_leaving_early_ends_the_processes() -> None:
    """After Ctrl-C processes would go on reading the database."""
    before = children()

    def interrupted() -> None:
        with WorkerProcesses(large, 2) as processes:
            next(processes.answers(1_000))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert children() == before
