"""How long to wait before a party is asked again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Sleep = Callable[[float], None]
"""Waits so many seconds; `time.sleep` outside tests."""

Fraction = Callable[[], float]
"""Gives a number from 0 to 1 that nobody else has, such as `random.random`."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double up to a longest, each shortened at random by up to half.

    At random, so that many logs that lost the same party do not all come back at once.
    """

    attempts: int = 4
    """How often a party is asked in all, at least once."""
    first_seconds: float = 1.0
    longest_seconds: float = 30.0

    def pauses(self, fraction: Fraction) -> Iterator[float]:
        """The seconds between the attempts: one fewer than there are attempts."""
        for number in range(self.attempts - 1):
            # Within the range of a float: a pause beyond the longest is the longest.
            doubled = self.first_seconds * 2.0 ** min(number, 64)
            yield min(doubled, self.longest_seconds) * (1 - fraction() / 2)
