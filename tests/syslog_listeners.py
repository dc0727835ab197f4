"""A listener for syslog that runs in a test, and the lines that its spool keeps."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final
from zoneinfo import ZoneInfo

from cli.watching.listen_settings import listen_settings
from cli.watching.listening import SyslogListener
from cli.watching.spool import Spool
from cli.watching.spool_segment import entries_of, read_head, segment_file, segment_numbers

SECONDS: Final = 20
"""A listener that does not do what it should must not hang the run."""


@dataclass(frozen=True)
class Table:
    """What a configuration says of one listener."""

    place: str
    options: dict[str, Any]
    table: str = "watch.toml, [[source]] 1"


@dataclass
class Listener:
    """One listener that runs."""

    spool: Spool
    told: list[str] = field(default_factory=list)
    failure: list[Exception] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.told[0].rpartition(":")[2])

    def lines(self) -> list[str]:
        """What is durable by now."""
        found = []
        for number in segment_numbers(self.spool.folder):
            path = segment_file(self.spool.folder, number)
            with path.open("rb") as file:
                entries = entries_of(file, read_head(file, path).end)
                found += [entry.text.decode(errors="replace") for entry in entries]
        return found

    def wait_for_lines(self, count: int) -> list[str]:
        """The lines, once there are so many."""
        self.wait_until(lambda: len(self.lines()) >= count)
        return self.lines()

    def wait_for_word(self, part: str) -> None:
        """Returns once a part of a text was told."""
        self.wait_until(lambda: any(part in text for text in self.told))

    def wait_until(self, holds: Any) -> None:  # noqa: ANN401 - a condition
        """Returns once a condition holds."""
        gives_up_at = monotonic() + SECONDS
        while not holds():
            if monotonic() > gives_up_at:
                message = f"in vain; told: {self.told[-5:]}, kept: {self.lines()[-1:]!s:.200}"
                raise AssertionError(message)
            sleep(0.005)


@contextmanager
def listening(
    folder: Path,
    place: str,
    spool_options: dict[str, Any] | None = None,
    **options: Any,  # noqa: ANN401 - whatever TOML holds
) -> Iterator[Listener]:
    """A listener at `place`, such as `tcp:127.0.0.1:0` for a free port; ended with the block."""
    collector = SyslogListener(listen_settings(Table(place, options)), ZoneInfo("Europe/Amsterdam"))
    stop = threading.Event()
    with Spool(folder / "spool", **(spool_options or {})) as spool:
        listener = Listener(spool)

        def collect() -> None:
            try:
                collector.collect(spool, stop, listener.told.append)
            except Exception as error:  # noqa: BLE001 - shown by the test that waits
                listener.failure.append(error)

        thread = threading.Thread(target=collect)
        thread.start()
        try:
            listener.wait_until(lambda: listener.told or listener.failure)
            yield listener
        finally:
            stop.set()
            thread.join(SECONDS)
        assert not thread.is_alive()
