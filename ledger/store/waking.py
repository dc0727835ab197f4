"""Tells whoever follows a log that it grew, in this process and from other ones.

In the process an append sets events. From other processes word comes by NOTIFY on PostgreSQL and by
the change counter of the file on SQLite. Word is only a hint to look: a follower that hears nothing
still looks once a second, so a lost hint costs a second and never a record.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ledger.store.engine import is_postgresql
from ledger.store.unavailable import driver_errors

if TYPE_CHECKING:  # imported by whoever connects to PostgreSQL, so that SQLite starts sooner
    import psycopg

SQLITE_POLL_SECONDS: Final = 0.02
NOTIFY_EVERY_SECONDS: Final = 0.05
"""A NOTIFY makes a small commit a third slower, so at most one in this time."""
LISTEN_SECONDS: Final = 0.1
"""A second look after each word, longer than the pause above: sees what went unannounced."""
LOOK_ANYWAY_SECONDS: Final = 1.0


class Waker:
    """The followers of one log in this process."""

    def __init__(self, engine: Engine, log: int) -> None:
        """Starts nothing before the first follower."""
        self._engine = engine
        self._channel = f"zegel_log_{log}"
        self._followers: set[Event] = set()
        self._lock = Lock()
        self._watcher: Thread | None = None
        self._stopped = Event()
        self._notified_at = 0.0

    def announce(self, connection: Connection) -> None:
        """Makes the commit of this transaction known to other processes."""
        now = time.monotonic()
        if not is_postgresql(self._engine) or now - self._notified_at < NOTIFY_EVERY_SECONDS:
            return
        self._notified_at = now
        connection.exec_driver_sql(f"NOTIFY {self._channel}")

    def wake(self) -> None:
        """Wakes the followers in this process."""
        for follower in tuple(self._followers):
            follower.set()

    def follow(self, follower: Event) -> None:
        """From now on the event is set after each append, by whomever; and once right away."""
        with self._lock:
            self._followers.add(follower)
            if self._watcher is None:
                self._stopped = Event()
                self._watcher = Thread(target=self._watch, args=(self._stopped,), daemon=True)
                self._watcher.start()
        follower.set()

    def leave(self, follower: Event) -> None:
        """The event is set no more; with the last follower the watching ends."""
        with self._lock:
            self._followers.discard(follower)
            if self._followers or self._watcher is None:
                return
            watcher, self._watcher = self._watcher, None
            self._stopped.set()
        watcher.join()

    def _watch(self, stopped: Event) -> None:
        watch = self._watch_postgresql if is_postgresql(self._engine) else self._watch_sqlite
        while not stopped.is_set():
            # A server that restarts must not end the following; the follower's own reads say so.
            with suppress(SQLAlchemyError, *driver_errors()):
                watch(stopped)
            self.wake()
            stopped.wait(LOOK_ANYWAY_SECONDS)

    def _watch_sqlite(self, stopped: Event) -> None:
        with self._own_connection() as driver, closing(driver.cursor()) as cursor:
            seen = None
            while not stopped.wait(SQLITE_POLL_SECONDS):
                # Changes whenever another connection committed to the file.
                (counter,) = cursor.execute("PRAGMA data_version").fetchone()
                if counter != seen:
                    seen = counter
                    self.wake()

    def _watch_postgresql(self, stopped: Event) -> None:
        with self._own_connection() as found:
            driver = cast("psycopg.Connection[Any]", found)
            driver.rollback()
            driver.autocommit = True
            driver.execute(f"LISTEN {self._channel}".encode())
            self.wake()  # what was committed between the first look and LISTEN
            looked_at = time.monotonic()
            heard = False
            while not stopped.is_set():
                heard_before = heard
                heard = any(True for _ in driver.notifies(timeout=LISTEN_SECONDS, stop_after=1))
                late = time.monotonic() - looked_at > LOOK_ANYWAY_SECONDS
                if heard or heard_before or late:
                    looked_at = time.monotonic()
                    self.wake()

    @contextmanager
    def _own_connection(self) -> Iterator[Any]:
        """A driver connection outside the pool, closed at the end."""
        fairy = self._engine.raw_connection()
        driver = fairy.driver_connection
        fairy.detach()
        try:
            yield driver
        finally:
            fairy.close()
