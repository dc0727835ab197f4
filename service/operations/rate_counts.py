"""How often each key came in the present window and in the one before, in memory.

The memory of the `limits` library begins a thread each hundredth of a second while requests come,
which looks at every key. Here a key moves on when it is asked for, and once in a window those are
dropped that nobody asked for since the one before. For one thread: that of the event loop.
"""

import time
from collections.abc import Callable
from math import floor
from typing import Final

from limits.storage import MemoryStorage

_OF_KEY = list[int]
"""The number of its window, the count in it, the count in the one before."""
_WINDOW: Final = 0
_COUNT: Final = 1
_BEFORE: Final = 2


class WindowCounts(MemoryStorage):
    """What a sliding window counter of the library asks of a storage, and gives the same."""

    def __init__(self, seconds: Callable[[], float] = time.time) -> None:
        """Nobody has come yet.

        Args:
            seconds: Since 1970.
        """
        super().__init__()
        self._seconds = seconds
        self._counts: dict[str, _OF_KEY] = {}
        self._swept = 0.0

    def __len__(self) -> int:
        """How many keys are held."""
        return len(self._counts)

    def acquire_sliding_window_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Counts, unless there would be more than the limit; whether it did."""
        now = self._seconds()
        counts = self._of(key, expiry, now)
        count = counts[_COUNT] + amount
        if floor(counts[_BEFORE] * (1 - now / expiry % 1) + count) > limit:
            return False
        counts[_COUNT] = count
        self._counts[key] = counts
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """The count before and for how long it still matters, the count now and for how long."""
        now = self._seconds()
        _, count, before = self._of(key, expiry, now)
        left_s = (1 - now / expiry % 1) * expiry
        return before, left_s if before else 0.0, count, left_s + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forgets a key."""
        del expiry
        self._counts.pop(key, None)

    def reset(self) -> int | None:
        """Forgets all keys; how many there were."""
        held = len(self._counts)
        self._counts.clear()
        return held

    def _of(self, key: str, expiry: int, now: float) -> _OF_KEY:
        window = int(now / expiry)
        if now >= self._swept + expiry:
            self._swept = now
            over = [each for each, found in self._counts.items() if found[_WINDOW] < window - 1]
            for each in over:
                del self._counts[each]
        found = self._counts.get(key)
        if found is None:
            return [window, 0, 0]
        if found[_WINDOW] < window:  # a clock that goes back counts on
            before = found[_COUNT] if found[_WINDOW] == window - 1 else 0
            found[:] = [window, 0, before]
        return found
