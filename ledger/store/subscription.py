"""A subscription of the eventsourcing library to a sealed log, on either database."""

from collections.abc import Sequence

from eventsourcing.persistence import ApplicationRecorder, ListenNotifySubscription

from ledger.store.waking import Waker


class LogSubscription(ListenNotifySubscription[ApplicationRecorder]):
    """Every notification after a position, in order, without end until it is stopped."""

    def __init__(
        self,
        recorder: ApplicationRecorder,
        waker: Waker,
        *,
        gt: int | None = None,
        topics: Sequence[str] = (),
    ) -> None:
        """Starts to read at once; `waker` tells when there is more."""
        self._waker = waker
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        # Following sets the event: what was recorded between the first page and here is read too.
        waker.follow(self._has_been_notified)

    def stop(self) -> None:
        """Ends the subscription."""
        super().stop()
        self._waker.leave(self._has_been_notified)
