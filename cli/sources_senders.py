"""Whether the messages of a sender are numbered together, or by each of its parts for itself.

The numbers tell. One that goes on where the sender stopped, but not where its own part did, counts
over all parts; one that goes on where its part stopped, and nowhere else, by its part alone.
Until a sender has told, its numbers count together, but what is missing before the first message of
a part is in doubt: a part that counts for itself begins anywhere. Nothing here reads a clock.

Source: RFC 5424 §7.3.1 (`sequenceId`), which says of an originator that it numbers, and not whether
    that is a daemon or one of the programs.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

MOST_PARTS: Final = 64
"""Of one sender; the one that was heard least recently leaves first."""


class Counting(StrEnum):
    """How a sender numbers its messages."""

    UNKNOWN = "unknown"
    TOGETHER = "together"
    BY_PART = "by part"


class Sender(Struct, kw_only=True, omit_defaults=True):
    """What the numbers of one sender have told."""

    last: int | None = None
    """That came last, of whatever part."""
    parts: dict[str, int] = {}
    """The last number of each part; the part that was heard least recently first."""
    counting: Counting = Counting.UNKNOWN

    def hear(self, part: str, number: int, *, fills: bool) -> bool:
        """Takes the next number; whether its part was heard before.

        Args:
            part: Such as one process.
            number: Of the message.
            fills: Whether it is the next one, or one that is awaited, of all parts together.
        """
        known = self.parts.pop(part, None)
        self.parts[part] = number
        if len(self.parts) > MOST_PARTS:
            del self.parts[next(iter(self.parts))]
        goes_on = fills or (self.last is not None and number == self.last + 1)
        self.last = number
        if known is None:  # whoever is heard for the first time may begin anywhere
            return False
        goes_on_in_part = number == known + 1
        if goes_on and not goes_on_in_part:
            self.counting = Counting.TOGETHER
        elif goes_on_in_part and not goes_on:
            self.counting = Counting.BY_PART
        return True
