"""Laws of how often callers come: counted here as the `limits` library counts in its memory."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service.operations.rate_counts import WindowCounts

_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hit", "test", "left"]),
        st.sampled_from(["one", "two"]),
        st.sampled_from([0.0, 0.1, 1.0, 7.5, 29.0, 60.0, 61.0, 130.0]),
    ),
    max_size=40,
)


class _Clock:
    """Seconds since 1970 that only the test moves."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@given(_STEPS, st.floats(1_800_000_000, 1_800_000_120), st.integers(1, 6))
def test_counts_are_those_of_the_library(
    steps: list[tuple[str, str, float]], began: float, most: int
) -> None:
    """A caller would be refused too early, or let in too often."""
    clock, item = _Clock(began), RateLimitItemPerMinute(most)
    with patch("time.time", clock):
        counted = SlidingWindowCounterRateLimiter(WindowCounts(clock))
        known = SlidingWindowCounterRateLimiter(MemoryStorage())
        for act, key, later_s in steps:
            clock.now += later_s
            match act:
                case "hit":
                    assert counted.hit(item, key) == known.hit(item, key)
                case "test":
                    assert counted.test(item, key) == known.test(item, key)
                case _:
                    found, expected = (
                        each.get_window_stats(item, key) for each in (counted, known)
                    )
                    assert found.remaining == expected.remaining
                    assert abs(found.reset_time - expected.reset_time) < 0.001


def test_keys_that_nobody_asks_for_are_dropped() -> None:
    """Addresses that came once would fill the memory of the service."""
    clock = _Clock(1_800_000_000)
    counts = WindowCounts(clock)
    for number in range(1_000):
        assert counts.acquire_sliding_window_entry(f"{number}", 1, 60)
    clock.now += 61
    assert counts.get_sliding_window("0", 60)[0] == 1
    assert len(counts) == 1_000
    clock.now += 60
    assert counts.acquire_sliding_window_entry("again", 1, 60)
    assert len(counts) == 2
    counts.clear_sliding_window("again", 60)
    assert counts.reset() == 1
    assert len(counts) == 0
