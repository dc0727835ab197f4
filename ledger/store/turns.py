"""Lets the writers of one SQLite file in this process take turns, first come first served.

SQLite itself lets whoever waits look again after pauses that grow to a tenth of a second, so that
of many threads some wait for ever while others write. Here each is woken when its turn has come.
Writers in other processes are waited for by SQLite's own means, by one thread at a time.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class TurnTimeoutError(Exception):
    """The turn of a writer did not come in time."""


class Turns:
    """The writers of one file."""

    def __init__(self, patience_s: float) -> None:
        """Nobody writes yet; nobody will wait longer than `patience_s`."""
        self._patience_s = patience_s
        self._lock = Lock()
        self._waiting: deque[Lock] = deque()
        self._taken = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The turn of the caller, given back at the end.

        Raises:
            TurnTimeoutError: it did not come in time.
        """
        self._take()
        try:
            yield
        finally:
            with self._lock:
                self._pass_on()

    def _take(self) -> None:
        mine = Lock()
        mine.acquire()
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            self._waiting.append(mine)
        came = False
        try:
            came = mine.acquire(timeout=self._patience_s)
        finally:
            if not came:  # too late, or interrupted
                self._leave(mine)
        if not came:
            raise TurnTimeoutError

    def _leave(self, mine: Lock) -> None:
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
            else:  # it came just now
                self._pass_on()

    def _pass_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().release()
        else:
            self._taken = False
