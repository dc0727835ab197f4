"""A watch inside this process: its log, its sources, and lines for them to tell."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from unittest import mock
from zoneinfo import ZoneInfo

from cli.watching import file_following, hearing
from cli.watching.config import read_watch_config
from cli.watching.running import Watch
from ledger.home import Home
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.query import EventQuery

FIRST_AT: Final = datetime(2026, 11, 20, 8, tzinfo=UTC)
SECONDS: Final = 30
"""A watch that hangs must not hang the run."""

FACT: Final = "intrusion.attempt_detected.v1"


def attempt(number: int) -> bytes:
    """One line of sshd; the number is the second at which it happened, and in its account."""
    at = FIRST_AT + timedelta(seconds=number)
    return (
        f"{at.isoformat()} web sshd[{1000 + number}]: Failed password for invalid user u{number} "
        f"from 203.0.113.{number % 250} port {1024 + number} ssh2\n"
    ).encode()


def attempts(start: int, stop: int) -> bytes:
    """Lines of sshd, one for each number."""
    return b"".join(map(attempt, range(start, stop)))


def append(path: Path, content: bytes) -> None:
    """Writes at the end of a file, as a program that logs does."""
    with path.open("ab") as file:
        file.write(content)


def numbers(records: list[OpenedRecord]) -> list[int]:
    """Which attempts are recorded, in the order of the log."""
    return [
        int((record.event.occurred_at - FIRST_AT).total_seconds())
        for record in records
        if record.event is not None and record.stored.kind == FACT
    ]


class WatchedHome:
    """A home with a log, and the folder in which sources write."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.folder, self.ledger = folder, ledger
        self.home = folder / "home"
        self.told: list[str] = []

    def write_config(self, text: str) -> Path:
        """Writes the configuration that the next watch reads."""
        path = self.folder / "watch.toml"
        path.write_text(text)
        return path

    def watch(self, stop: threading.Event, *, once: bool) -> Watch:
        """A watch as the command makes it."""
        return Watch(
            read_watch_config(self.folder / "watch.toml"),
            self.ledger,
            self.home,
            zone=ZoneInfo("Europe/Amsterdam"),
            stop=stop,
            once=once,
            tell=self.told.append,
        )

    def watch_once(self) -> Watch:
        """Reads all that is there."""
        watch = self.watch(threading.Event(), once=True)
        watch.run(lambda: None, look_every_s=0.01)
        return watch

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """A watch that goes on until the end of the block, and ends in good order then."""
        stop = threading.Event()
        watch = self.watch(stop, once=False)
        thread = threading.Thread(
            target=watch.run, args=(lambda: None,), kwargs={"look_every_s": 0.01}
        )
        with (
            mock.patch.object(hearing, "WAIT_S", 0.01),
            mock.patch.object(file_following, "GRACE_S", 0.1),
        ):
            thread.start()
            try:
                yield watch
            finally:
                stop.set()
                thread.join(SECONDS)
        assert not thread.is_alive()

    def records(self) -> list[OpenedRecord]:
        """All records of the log."""
        return list(self.ledger.read(EventQuery()))

    def numbers(self) -> list[int]:
        """Which attempts are recorded."""
        return numbers(self.records())

    def wait_for(self, count: int) -> None:
        """Returns when so many attempts are recorded."""
        wait_until(lambda: len(self.numbers()) >= count)


def wait_until(is_true: Callable[[], bool]) -> None:
    """Returns when something is true; fails where it does not become so."""
    gives_up_at = time.monotonic() + SECONDS
    while not is_true():
        assert time.monotonic() < gives_up_at
        time.sleep(0.02)


@contextmanager
def watched_home(folder: Path) -> Iterator[WatchedHome]:
    """A home with an empty log."""
    ledger = Home(folder / "home").init("log.example/test")
    try:
        yield WatchedHome(folder, ledger)
    finally:
        ledger.close()
