"""When the signer signs: soon after something new, and once an hour when nothing is.

The loop runs once per interval, so nothing stays unsigned for longer than that and one run.
"""

import time
from collections.abc import Callable
from threading import Event
from typing import Final

from ledger.errors import StoreUnavailable
from ledger.signing.signer import Heartbeat, Sealed, Signer

EVERY_S: Final = 60.0
HEARTBEAT_S: Final = 3600.0


def seal_repeatedly(
    signer: Signer,
    stop: Event,
    tell: Callable[[Sealed | StoreUnavailable], None],
    *,
    heartbeat: Heartbeat | None,
    every_s: float = EVERY_S,
    heartbeat_s: float = HEARTBEAT_S,
) -> None:
    """Seals until `stop` is set; a run that has begun is finished first.

    A database that cannot be reached is told and tried again: it may come back. A log that does not
    continue what was signed ends the loop, because no later run could make it right.

    Args:
        signer: Signs.
        stop: Ends the loop.
        tell: Takes each new checkpoint, and each failure that is tried again.
        heartbeat: Records that the log is idle.
        every_s: Seconds from the start of one run to the start of the next.
        heartbeat_s: How old the last checkpoint of an idle log may become.

    Raises:
        VerificationError: the log is not a sound continuation of what was signed.
    """

    def run() -> None:
        try:
            sealed = signer.seal(heartbeat=heartbeat, heartbeat_s=heartbeat_s)
        except StoreUnavailable as error:
            tell(error)
        else:
            if sealed is not None and sealed.is_new:
                tell(sealed)

    repeat(run, stop, every_s)


def repeat(run: Callable[[], None], stop: Event, every_s: float) -> None:
    """Runs again and again until `stop` is set; a run that has begun is finished first.

    Args:
        run: Does one run; what it raises ends the repetition.
        stop: Ends it.
        every_s: Seconds from the start of one run to the start of the next.
    """
    while not stop.is_set():
        began = time.monotonic()
        run()
        stop.wait(max(0.0, every_s - (time.monotonic() - began)))
