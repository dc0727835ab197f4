"""Facts of an SFTP session that wait until its end tells who acted, in bounded memory.

Strangers choose how many files they name and how long the names are, so both are bounded: the
latest facts are kept.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from formats.sftp_facts import Who

MOST_FACTS: Final = 1_000
MOST_BYTES: Final = 2 * 1024 * 1024
"""Of the lines that they stand on, and of what is kept beside each."""
EACH_BYTES: Final = 1024
"""About what one that waits takes beside its line."""

Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class Unsaid(Generic[Place]):
    """A fact but for who acted."""

    place: Place
    ordinal: int
    make: Callable[[Who], dict[str, Any]]
    line_bytes: int
    """Of the line that it stands on."""


class Waiting(Generic[Place]):
    """The latest facts of one session, in their order."""

    __slots__ = ("_facts", "held_bytes")

    def __init__(self) -> None:
        """None yet."""
        self._facts: deque[Unsaid[Place]] = deque()
        self.held_bytes = 0
        """About how much memory they take."""

    def __len__(self) -> int:
        """How many there are."""
        return len(self._facts)

    def add(self, facts: Iterable[Unsaid[Place]]) -> None:
        """Keeps facts; the oldest go where there is no room for them."""
        for fact in facts:
            self._facts.append(fact)
            self.held_bytes += _held_bytes(fact)
            while len(self._facts) > MOST_FACTS or self.held_bytes > MOST_BYTES:
                self.held_bytes -= _held_bytes(self._facts.popleft())

    def take(self) -> tuple[Unsaid[Place], ...]:
        """All of them, which wait no longer."""
        taken = tuple(self._facts)
        self._facts.clear()
        self.held_bytes = 0
        return taken


def _held_bytes(fact: Unsaid[Any]) -> int:
    return fact.line_bytes + EACH_BYTES
