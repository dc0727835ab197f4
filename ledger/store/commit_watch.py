"""Ends the wait of commits that a PostgreSQL server does not answer for too long.

A server whose standby is away would wait for ever. Asked to cancel, it answers with a warning; what
it has committed stays. One thread watches all commits of a process, and only while there are any: a
timer for each would cost more than the commit of a single record.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final

from ledger.store.unavailable import driver_errors

if TYPE_CHECKING:  # imported by whoever connects to PostgreSQL, so that SQLite starts sooner
    import psycopg

COMMIT_SECONDS: Final = 30.0
"""So long a server may wait for its standby."""
LOOK_SECONDS: Final = 1.0


class CommitWatch:
    """The commits of this process that are under way."""

    def __init__(self) -> None:
        """Watches nothing yet."""
        self._lock = Lock()
        self._begun: dict[int, tuple[float, psycopg.Connection[Any]]] = {}
        self._thread: Thread | None = None

    @contextmanager
    def watched(self, driver: "psycopg.Connection[Any]") -> Iterator[None]:
        """Asks the server to give up if the block takes too long."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():  # as after a fork
                self._thread = Thread(target=self._watch, daemon=True)
                self._thread.start()
            self._begun[id(driver)] = (time.monotonic(), driver)
        try:
            yield
        finally:
            with self._lock:
                self._begun.pop(id(driver), None)

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            too_late = time.monotonic() - COMMIT_SECONDS
            with self._lock:
                if not self._begun:
                    self._thread = None
                    return
                late = [driver for began, driver in self._begun.values() if began < too_late]
            for driver in late:
                # It ended meanwhile, or the server is gone: whoever commits hears of that too.
                with suppress(*driver_errors()):
                    driver.cancel()


COMMITS: Final = CommitWatch()
