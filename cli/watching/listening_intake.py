"""Takes frames of peers into the spool: durable before the peer is read any further."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Event, Lock
from typing import Final
from zoneinfo import ZoneInfo

from cli.watching.collecting import Tell
from cli.watching.spool import Spool, SpoolFull
from formats.syslog_framing import Frame, RefusedFrame
from formats.syslog_receipt import received, refused
from ledger.errors import StoreUnavailable
from ledger.units import Clock

RETRY_S: Final = 1.0
WRITERS: Final = 16
"""So many connections wait for the disk at once; the spool settles what they bring together."""

Taken = tuple[Frame | RefusedFrame, str | None]
"""A frame and the address it came from; `None` on this machine."""


class Tally:
    """Counts what went wrong and tells it the first, tenth, hundredth time and so on."""

    def __init__(self, tell: Tell) -> None:
        """Nothing went wrong yet."""
        self._tell = tell
        self._counts: Counter[str] = Counter()
        self._counting = Lock()

    def count(self, what: str, times: int = 1) -> None:
        """Counts something; `what` names nobody and is one of few."""
        with self._counting:
            before = self._counts[what]
            self._counts[what] = found = before + times
        if not before or len(str(found)) > len(str(before)):
            self._tell(f"{what} ({found} so far)")


class Intake:
    """The way of all frames of one listener into its spool."""

    def __init__(
        self, spool: Spool, stop: Event, tally: Tally, *, zone: ZoneInfo, clock: Clock
    ) -> None:
        """Nothing was taken in yet."""
        self.tally = tally
        self._spool, self._stop, self._zone, self._clock = spool, stop, zone, clock
        self._writers = ThreadPoolExecutor(WRITERS, "zegel-listen")

    async def keep(self, frames: Sequence[Taken]) -> None:
        """Returns when all frames are durable, or the program is to end and the disk refuses.

        Args:
            frames: in the order they came.
        """
        at = self._clock()
        lines = []
        for frame, peer in frames:
            if isinstance(frame, RefusedFrame):
                self.tally.count("frames refused and kept as unreadable")
                lines.append(refused(frame.content, frame.reason))
            else:
                lines.append(received(frame.content, at, self._zone, peer))
        if lines:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._writers, self._settle, lines, at)

    def close(self) -> None:
        """Waits for what is on its way to the disk."""
        self._writers.shutdown()

    def _settle(self, lines: Sequence[bytes], at: datetime) -> None:
        """A full disk or spool holds the peer back until there is room: nothing is thrown away."""
        for line in lines:
            if not self._until_done(partial(self._spool.append, line, at)):
                return
        self._until_done(self._spool.settle)

    def _until_done(self, step: Callable[[], None]) -> bool:
        while True:
            try:
                step()
            except SpoolFull:
                self.tally.count("the spool is full, peers wait")
                with contextlib.suppress(StoreUnavailable):
                    self._spool.settle()  # what is taken already can be recorded and make room
            except StoreUnavailable as error:
                self.tally.count(f"peers wait: {error}")
            else:
                return True
            if self._stop.wait(RETRY_S):
                return False
