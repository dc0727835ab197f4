"""Keeps every view in step with a log that grows, for as long as it is told to.

Word of new records comes from the log itself, from this process or another one; several followers
of one log, in as many processes, fold each record once all the same.
"""

import time
from collections.abc import Callable
from threading import Event
from typing import Final

from ledger.errors import StoreUnavailable
from ledger.ledger import Ledger
from ledger.units import Size
from projections.query import catch_up

EVERY_S: Final = 0.5
_LOOK_ANYWAY_S: Final = 1.0
_LOOK_FOR_STOP_S: Final = 0.25


class _StoppedError(Exception):
    """Whoever runs the loop wants it to end; what was folded stays folded."""


def project_repeatedly(
    ledger: Ledger,
    stop: Event,
    tell: Callable[[Size | StoreUnavailable], None],
    *,
    every_s: float = EVERY_S,
) -> None:
    """Brings the views in step after each growth, until `stop` is set.

    A database that cannot be reached is told and tried again: it may come back.

    Args:
        ledger: Whose log is followed.
        stop: Ends the loop; records that are being folded are finished first.
        tell: Takes the size that all views have reached after each run, and each failure that is
            tried again.
        every_s: Least seconds from the end of one run to the start of the next: a log that grows
            all the time is folded in batches.
    """
    grown = Event()
    ledger.log.waker.follow(grown)
    try:
        reached = -1
        while not stop.is_set():
            try:
                if ledger.head().size > reached:
                    reached = catch_up(ledger, progress=lambda _folded: _go_on(stop))
                    tell(reached)
            except StoreUnavailable as error:
                tell(error)
                stop.wait(_LOOK_ANYWAY_S)
            stop.wait(every_s)
            _wait(grown, stop)
    except _StoppedError:
        return
    finally:
        ledger.log.waker.leave(grown)


def _go_on(stop: Event) -> None:
    if stop.is_set():
        raise _StoppedError


def _wait(grown: Event, stop: Event) -> None:
    """Returns once the log may have grown; a hint that was lost costs a second."""
    until = time.monotonic() + _LOOK_ANYWAY_S
    while not (stop.is_set() or time.monotonic() > until or grown.wait(_LOOK_FOR_STOP_S)):
        pass
    grown.clear()
