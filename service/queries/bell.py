"""Tells an event loop that the log grew, whichever thread or process appended.

The one who appends does next to nothing: while nobody looked since the last ring, another ring is
one comparison. A ring is a hint to look, and whoever waits looks anyway after a while.
"""

import asyncio
from contextlib import suppress
from threading import Event


class Bell(Event):
    """A follower of a `Waker` that rings inside an event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Rings inside `loop`, where it is waited for."""
        super().__init__()
        self._loop = loop
        self._rung = asyncio.Event()
        self._is_pending = False

    def set(self) -> None:
        """Rings; from any thread."""
        if self._is_pending:
            return
        self._is_pending = True
        with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
            self._loop.call_soon_threadsafe(self._rung.set)

    def hush(self) -> None:
        """From now on the next ring counts; to be called before looking."""
        self._is_pending = False
        self._rung.clear()

    async def rings(self, seconds: float) -> bool:
        """Whether it rang since it was hushed, or rings within so many seconds."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return False
        return True
