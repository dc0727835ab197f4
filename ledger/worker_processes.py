"""Processes that do numbered tasks of one work; their answers come in the order of the numbers.

Nothing is shared and nothing is inherited: each process is started afresh and opens what it needs
itself, from what it is sent through a pipe; its command line says nothing. Processes draw the
numbers from one pipe, whoever is free first, and answer each through a pipe of its own. Who started
them works too, meanwhile: starting one takes as long as some of the tasks.

Invariants: memory does not grow with the number of tasks; whatever ends the caller or a process,
the others end too, and nobody waits for one that is gone.
"""

import gc
import os
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import wait
from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask
from struct import Struct
from types import ModuleType
from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar, cast

from ledger.errors import StoreUnavailable, ZegelError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

Answer = TypeVar("Answer")

OpenWork = Callable[[], AbstractContextManager[Callable[[int], Answer]]]
"""Opens, in the process, what the work needs, and gives what answers to the number of a task."""

TASKS_AHEAD: Final = 4
"""For each process, how many tasks may be done before the first that is not: bounds memory."""
TASKS_IN_HAND: Final = 2
"""Of each process: the one that it does, and the next."""

SECONDS_TO_CLOSE: Final = 5.0
_NUMBER: Final = Struct(">Q")


@dataclass(frozen=True, slots=True)
class _Unavailable:
    """What a process sends when it cannot work: the message of the error."""

    message: str


class _Opened:
    """What a process sends when it can begin."""


class WorkerProcesses(Generic[Answer]):
    """Some processes, alive from entering to leaving."""

    def __init__(
        self,
        open_work: "OpenWork[Answer]",
        processes: int,
        work_here: Callable[[int], Answer] | None = None,
    ) -> None:
        """Starts nothing yet.

        Args:
            open_work: Sent to each process, so it must be picklable.
            processes: How many, at least one.
            work_here: Answers to a number in this process, which then does tasks as well.
        """
        self._pickled = pickle.dumps(open_work)
        self._wanted = processes
        self._work_here = work_here
        self._in_hand = 0
        self._most_in_hand = 0
        self._context = get_context("spawn")
        self._workers: dict[Connection, SpawnProcess] = {}
        # This side keeps both ends, so writing a number can never hit a closed pipe.
        self._numbers_out, self._numbers_in = self._context.Pipe(duplex=False)

    def __enter__(self) -> Self:
        try:
            for _ in range(self._wanted):
                self._start()
        except BaseException:
            self._end(at_once=True)
            raise
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._end(at_once=error is not None)

    def answers(self, tasks: int) -> Iterator[Answer]:
        """The answers to the tasks from 0 on, so many, in order.

        Raises:
            StoreUnavailable: a process could not open what it needs, or ended before its time.
        """
        arrived: dict[int, Answer] = {}
        work_here = self._work_here
        ahead = TASKS_AHEAD * (self._wanted + 1)
        given = number = 0
        while number < tasks:
            most = min(tasks, number + ahead)
            while given < most and self._in_hand < self._most_in_hand:
                os.write(self._numbers_in.fileno(), _NUMBER.pack(given))
                self._in_hand += 1
                given += 1
            if work_here is not None and given < most:
                given += 1
                arrived[given - 1] = work_here(given - 1)
                arrived.update(self._received(0))
            else:
                arrived.update(self._received(None))
            while number in arrived:
                yield arrived.pop(number)
                number += 1

    def _received(self, seconds: float | None) -> Iterator[tuple[int, Answer]]:
        """What has arrived after so many seconds at most; at least something where that is none."""
        for pipe in wait(list(self._workers), seconds):
            told = self._receive(cast("Connection", pipe))
            if isinstance(told, _Opened):
                self._most_in_hand += TASKS_IN_HAND
            else:
                self._in_hand -= 1
                yield told

    def _start(self) -> None:
        answers, ours = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=_serve, args=(self._pickled, self._numbers_out, ours), daemon=True
        )
        # Ctrl-C reaches every process of the terminal. Theirs must not print traces: they are
        # started with the signal blocked, and end with us. The tracker is a process of the
        # library, which unblocks it when it starts; so that is done before.
        resource_tracker.ensure_running()
        before = pthread_sigmask(SIG_BLOCK, {SIGINT})
        try:
            with _no_program():
                process.start()
        finally:
            pthread_sigmask(SIG_SETMASK, before)
            ours.close()
        self._workers[answers] = process

    def _receive(self, pipe: "Connection") -> tuple[int, Answer] | _Opened:
        try:
            answer = pipe.recv()
        except (EOFError, OSError) as error:
            process = self._workers[pipe]
            process.join(SECONDS_TO_CLOSE)
            raise StoreUnavailable(
                f"a process ended before its work was done (exit code {process.exitcode})"
            ) from error
        if isinstance(answer, _Unavailable):
            raise StoreUnavailable(answer.message)
        return cast("tuple[int, Answer] | _Opened", answer)

    def _end(self, *, at_once: bool) -> None:
        self._numbers_in.close()
        self._numbers_out.close()
        for pipe, process in self._workers.items():
            pipe.close()
            if not at_once:
                process.join(SECONDS_TO_CLOSE)
            process.terminate()
            process.join()
            process.close()
        self._workers.clear()


@contextmanager
def _no_program() -> Iterator[None]:
    """Lets a process begin without the program that starts it, which it would import as well.

    That is the whole command line, or a service, and takes longer than what the work needs.

    Source: Python, `multiprocessing`: "Safe importing of main module".
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def _serve(pickled: bytes, numbers: "Connection[bytes, bytes]", answers: "Connection") -> None:
    """What each process does: draws numbers until there are no more, and answers each."""
    # What is imported stays: it need not be looked at while it comes, nor again and again.
    gc.disable()
    open_work: OpenWork[object] = pickle.loads(pickled)  # noqa: S301 - from who started this one
    try:
        with open_work() as work:
            gc.freeze()
            gc.enable()
            answers.send(_Opened())
            # One read takes one number whole, whoever else reads; at the end it takes nothing.
            while raw := os.read(numbers.fileno(), _NUMBER.size):
                (number,) = _NUMBER.unpack(raw)
                answers.send((number, work(number)))
    except ZegelError as error:
        answers.send(_Unavailable(str(error)))
    except BrokenPipeError:
        return  # whoever asked has gone
