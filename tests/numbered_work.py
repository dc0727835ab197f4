"""Works for processes: what they answer, and how they fail."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from ledger.errors import StoreUnavailable


@contextmanager
def squares(offset: int) -> Iterator[Callable[[int], tuple[int, int]]]:
    """Answers with the square and with who answered."""
    yield lambda number: ((number + offset) ** 2, os.getpid())


@contextmanager
def killed() -> Iterator[Callable[[int], int]]:
    """Does some tasks, then dies as if the machine had no memory left."""

    def work(number: int) -> int:
        if number == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    yield work


def locked_out() -> AbstractContextManager[Callable[[int], int]]:
    """Cannot open what it needs."""
    raise StoreUnavailable("zegel.db: expected a database, found no such file")


@contextmanager
def large() -> Iterator[Callable[[int], bytes]]:
    """Answers with more than a pipe holds."""
    yield lambda number: bytes([number]) * 300_000
