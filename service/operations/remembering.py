"""Keeps the last answer to a slow question, so that asking it often costs little.

An answer counts for twenty times as long as it took to find, so that at most a twentieth of the
time of one thread is spent on it; a quick one is found anew nearly each time, and each one when
what it depends on is not what it was. Whoever asks waits a
moment for a fresh answer, and is then given the last one: it says itself what it is true of.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Generic, TypeVar

from anyio import CapacityLimiter, move_on_after, sleep, to_thread

Answer = TypeVar("Answer")

PATIENCE_S: Final = 0.75
_FIRST_PATIENCE_S: Final = 2.0
"""While there is no answer to give instead."""
_COUNTS_TIMES: Final = 20.0
_POLL_S: Final = 0.02


@dataclass(slots=True)
class Remembered(Generic[Answer]):
    """The last answer to one question."""

    answer: Answer | None = None
    """`None` before the first one."""
    _counts_until: float = float("-inf")
    """On the monotonic clock."""
    _began_at: float = float("-inf")
    """When the finding of the answer began: it is true of that moment."""
    _depends_on: object = None
    """What the answer depended on."""
    _at_work: threading.Lock = field(default_factory=threading.Lock)
    """Held by the one thread that finds a new answer."""

    async def ask(
        self,
        find: Callable[[], Answer],
        limiter: CapacityLimiter,
        patience_s: float | None = None,
        *,
        depends_on: object = None,
    ) -> Answer | None:
        """A fresh answer, or the last one where that takes too long; `None` before the first.

        Args:
            find: Finds it; blocking. It goes on when nobody waits for it any more.
            limiter: Of the threads in which it runs.
            patience_s: How long a fresh answer is waited for; `PATIENCE_S`, if not given.
            depends_on: When it is not what it was, the last answer counts no more.

        Raises:
            ZegelError: it could not be found in the meantime.
        """
        asked_at, is_first = time.monotonic(), self.answer is None
        patience_s = PATIENCE_S if patience_s is None else patience_s
        with move_on_after(max(patience_s, _FIRST_PATIENCE_S) if is_first else patience_s):
            while self._began_at < asked_at and not self._counts(depends_on):
                if self._at_work.locked():
                    await sleep(_POLL_S)
                else:
                    work = partial(self._find, find, depends_on)
                    await to_thread.run_sync(work, limiter=limiter, abandon_on_cancel=True)
        return self.answer

    def _counts(self, depends_on: object) -> bool:
        return time.monotonic() <= self._counts_until and depends_on == self._depends_on

    def _find(self, find: Callable[[], Answer], depends_on: object) -> None:
        if not self._at_work.acquire(blocking=False):
            return
        try:
            began = time.monotonic()
            self.answer = find()
            ended = time.monotonic()
            self._began_at, self._depends_on = began, depends_on
            self._counts_until = ended + _COUNTS_TIMES * (ended - began)
        finally:
            self._at_work.release()


@dataclass(frozen=True, slots=True)
class Remembering:
    """The last answers to every slow question of one service."""

    answers: dict[str, Remembered[Any]] = field(default_factory=dict)

    def of(self, question: str) -> Remembered[Any]:
        """What is remembered under a name."""
        return self.answers.setdefault(question, Remembered())
