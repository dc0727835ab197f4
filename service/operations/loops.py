"""Loops beside the requests: each in a thread of its own, begun again when it dies.

Invariants: a loop that fails is logged, counted and begun again after a growing pause; one that
finds broken evidence ends for good, because no later run could make it right, and says so for as
long as the service runs.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Final

from ledger.errors import VerificationError

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0

_LOG: Final = logging.getLogger("zegel.loops")

Work = Callable[[Event], None]
"""Runs until the event is set."""


@dataclass(slots=True)
class Loop:
    """One loop and how it fares."""

    name: str
    work: Work
    restarts: int = 0
    """How often it died and was begun again."""
    trouble: str | None = None
    """The class of the error that it met last, until a run succeeds again."""
    broken: VerificationError | None = None
    """The broken evidence that ended it for good."""
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread = Thread(target=self._run, name=f"zegel-{self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Tells it to end; returns at once."""
        self._stop.set()

    def join(self, seconds: float) -> bool:
        """Whether it has ended within so many seconds."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def succeeded(self) -> None:
        """To be called by its work after each run that went well."""
        self.trouble = None

    def failed(self, error: Exception) -> None:
        """To be called by its work after each run that failed and is tried again."""
        if self.trouble is None:
            _LOG.warning("%s: a run failed and is tried again: %s", self.name, error)
        self.trouble = type(error).__name__

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self.work(self._stop)
            except VerificationError as error:
                self.broken = error
                _LOG.critical("%s: evidence is broken, it ends: %s", self.name, error)
                return
            except Exception as error:  # noqa: BLE001 - the last guard of a thread
                self.restarts += 1
                self.trouble = type(error).__name__
                _LOG.exception("%s: died and is begun again", self.name)
            else:
                return
            ran_long = time.monotonic() - began > LONGEST_PAUSE_S
            pause_s = FIRST_PAUSE_S if ran_long else min(2 * pause_s, LONGEST_PAUSE_S)
            self._stop.wait(pause_s)
