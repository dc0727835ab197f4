"""Processes that say `ready`, wait until they are told, do their work, and say `done`."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

Process = subprocess.Popen[str]


@contextmanager
def ready(commands: Sequence[Sequence[str]]) -> Iterator[list[Process]]:
    """Processes of our own programs, all of which have said that they are ready.

    Args:
        commands: The module of each, and what follows on its command line.

    Raises:
        RuntimeError: one said something else.
    """
    with ExitStack() as stack:
        running = [stack.enter_context(_running(command)) for command in commands]
        for one in running:
            _expect(one, "ready")
        yield running


def work_together(running: Sequence[Process]) -> None:
    """Returns when all are done that were told to begin at once.

    Raises:
        RuntimeError: one did not say so.
    """
    for one in running:
        assert one.stdin is not None  # noqa: S101 - a pipe
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in running:
        _expect(one, "done")


@contextmanager
def _running(command: Sequence[str]) -> Iterator[Process]:
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _expect(process: Process, word: str) -> None:
    assert process.stdout is not None  # noqa: S101 - a pipe
    found = process.stdout.readline().strip()
    if found != word:
        message = f"a process: expected {word}, found {found!r}"
        raise RuntimeError(message)
