"""Recorders of the eventsourcing library on a sealed log."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    Notification,
    ProcessRecorder,
    ProgrammingError,
    StoredEvent,
    Subscription,
    Tracking,
)
from sqlalchemy import Connection

from ledger.draft import Receipt
from ledger.errors import RecordsPruned
from ledger.store.library_terms import (
    draft_of,
    library_errors,
    notification,
    originator_uuid,
    stored_event,
)
from ledger.store.query import RecordQuery
from ledger.store.requests import AppendRequest
from ledger.store.sealed_log import SealedLog
from ledger.store.subscription import LogSubscription
from ledger.store.tracking import SealedTrackingRecorder


class SealedAggregateRecorder(AggregateRecorder):
    """Streams of a sealed log."""

    def __init__(self, log: SealedLog) -> None:
        """Records into and reads from this log."""
        self.log = log

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 - the library's signature
    ) -> Sequence[int] | None:
        """Nothing; the events are durable when it returns.

        Raises:
            IntegrityError: a version of an originator exists already; nothing was stored.
        """
        self._insert(stored_events, **kwargs)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of an originator, by version.

        Raises:
            OperationalError: some of those asked for were pruned.
        """
        stream = originator_uuid(originator_id)
        with library_errors():
            found = [
                stored_event(record)
                for record in self.log.scan_stream(
                    stream, after=gt, through=lte, reverse=desc, limit=limit
                )
            ]
            if not desc or limit is None or len(found) < limit:
                self._require_whole(stream, (gt or 0) + 1, lte, found)
        return found

    def _require_whole(
        self, stream: UUID, first: int, last: int | None, found: Sequence[StoredEvent]
    ) -> None:
        """Returns only if no version from the first to the last was pruned.

        An aggregate that is rebuilt from its later events alone would be another one.
        """
        if any(event.originator_version <= first for event in found):
            return
        pruned = self.log.pruned.version_of(stream)
        if pruned is not None and pruned >= first and (last is None or last >= first):
            raise RecordsPruned(
                f"originator {stream}: expected versions from {first} on, found that those up to "
                f"{pruned} were pruned; a snapshot of version {pruned} or later is needed"
            )

    def _insert(
        self, stored_events: Sequence[StoredEvent], tracking: Tracking | None = None, **_: object
    ) -> list[int]:
        if not stored_events and tracking is None:
            return []
        request = AppendRequest(
            [draft_of(event) for event in stored_events],
            versions=[event.originator_version for event in stored_events],
        )
        if tracking is not None:
            request.also = lambda connection, _: self.record_tracking(connection, tracking)
        with library_errors():
            outcomes = self.log.submit(request)
        return [outcome.index + 1 for outcome in outcomes if isinstance(outcome, Receipt)]

    def record_tracking(self, _connection: Connection, tracking: Tracking) -> None:
        """Refuses: only a process recorder keeps positions."""
        raise ProgrammingError(f"expected a process recorder for {tracking}, found {type(self)}")


class SealedApplicationRecorder(SealedAggregateRecorder, ApplicationRecorder):
    """A sealed log as the sequence of an application."""

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 - the library's signature
    ) -> Sequence[int] | None:
        """The notification ids; the events are durable when it returns.

        Raises:
            IntegrityError: a version of an originator exists already; nothing was stored.
        """
        return self._insert(stored_events, **kwargs)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The notifications from `start` through `stop`, at most `limit`.

        Raises:
            OperationalError: some of those asked for were pruned: to leave them out in silence
                would let a follower miss them.
        """
        first = 1 if start is None else start + (not inclusive_of_start)
        query = RecordQuery(
            start=max(first, 1) - 1, stop=stop, limit=limit, kinds=frozenset(topics) or None
        )
        with library_errors():
            found = [notification(record) for record in self.log.find(query)]
            if not found or found[0].id != query.start + 1:
                self.log.pruned.require_kept(query.start)
        return found

    def max_notification_id(self) -> int | None:
        """The newest notification id; `None` when there is none."""
        with library_errors():
            return self.log.head().size or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """The notifications after `gt`, and then new ones as they are recorded.

        Raises:
            OperationalError: some of those after `gt` were pruned.
        """
        with library_errors():
            self.log.pruned.require_kept(gt or 0)
        return LogSubscription(self, self.log.waker, gt=gt, topics=topics)


class SealedProcessRecorder(SealedTrackingRecorder, SealedApplicationRecorder, ProcessRecorder):
    """New events and the position of the event they follow from, in one transaction."""
