"""Processes answer in order, and nobody waits for one that is gone."""

import os
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
