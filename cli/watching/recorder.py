"""The one way of all watched sources into the log: one after the other, patient when it is away."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from cli.recording_rights import RecordingRights
from cli.taking_in import Collecting, Taken, take_in
from cli.watching.collecting import Tell
from formats.reading import Outcome
from ledger.errors import StoreUnavailable

if TYPE_CHECKING:
    from ledger.ledger import Ledger

COLLECTOR: Final = "zegel-watch/1"
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0
_RIGHTS_S: Final = 60.0
"""Roles may be granted and revoked while a watch runs."""

Answer = TypeVar("Answer")


class Recorder:
    """Takes batches of several threads into one log."""

    def __init__(
        self,
        ledger: "Ledger",
        stop: threading.Event,
        *,
        is_patient: bool,
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        """Records nothing yet.

        Args:
            ledger: The log.
            stop: Set when the program is to end.
            is_patient: Whether to wait for a database that is away, or to say so at once.
            first_wait_s: How long at first; it doubles up to `LONGEST_WAIT_S`.
        """
        self.ledger = ledger
        self._stop, self._is_patient, self._first_wait_s = stop, is_patient, first_wait_s
        self._alone = threading.Lock()
        self._rights, self._rights_at_s = RecordingRights(ledger), time.monotonic()

    def take(self, batch: Sequence[Outcome], collecting: Collecting, tell: Tell) -> Taken:
        """What became of a batch, durable.

        Raises:
            StoreUnavailable: the database is away and it is time to end; nothing is lost, the batch
                is read again.
        """
        return self.durably(
            lambda: take_in(self.ledger, self._current_rights(), batch, collecting), tell
        )

    def durably(self, work: Callable[[], Answer], tell: Tell) -> Answer:
        """What work on the log or the home gave, once it could be done; one at a time.

        Raises:
            StoreUnavailable, OSError: it cannot be done, and it is time to end.
        """
        wait_s, is_told = self._first_wait_s, False
        while True:
            try:
                with self._alone:
                    answer = work()
            except (StoreUnavailable, OSError) as error:  # OSError: the disk of the home
                if not self._is_patient:
                    raise
                if not is_told:
                    tell(f"the log cannot be written: {error}; what is read waits for it")
                    is_told = True
                if self._stop.wait(wait_s):
                    raise
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            else:
                if is_told:
                    tell("the log can be written again")
                return answer

    def _current_rights(self) -> RecordingRights:
        if time.monotonic() - self._rights_at_s > _RIGHTS_S:
            self._rights, self._rights_at_s = RecordingRights(self.ledger), time.monotonic()
        return self._rights
