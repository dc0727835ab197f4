"""How many follow the log live; each holds a little memory, so their number is bounded."""

from ledger.errors import TooOften

RETRY_AFTER_S = 30


class Tails:
    """The open tails of one service; used from its event loop only."""

    def __init__(self) -> None:
        """Nobody follows."""
        self.open = 0

    def enter(self, most: int) -> None:
        """One more; `leave` it.

        Raises:
            TooOften: as many follow as may.
        """
        if self.open >= most:
            raise TooOften(f"tails: expected at most {most} at once, found as many", RETRY_AFTER_S)
        self.open += 1

    def leave(self) -> None:
        """One less."""
        self.open -= 1
