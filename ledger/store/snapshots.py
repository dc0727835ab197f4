"""Snapshots of aggregates of the eventsourcing library."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import AggregateRecorder, StoredEvent
from sqlalchemy import insert, select

from ledger.store.engine import reading, writing
from ledger.store.library_terms import library_errors, originator_uuid
from ledger.store.schema import SNAPSHOT
from ledger.store.sealed_log import SealedLog


class SnapshotRecorder(AggregateRecorder):
    """Snapshots of aggregates; they can be made again, so they are not sealed."""

    def __init__(self, log: SealedLog, purpose: str) -> None:
        """Keeps the snapshots of one purpose in the database of a log."""
        self.log = log
        self.purpose = purpose

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        **_: Any,  # noqa: ANN401 - the library's signature
    ) -> Sequence[int] | None:
        """Nothing; the snapshots are durable when it returns.

        Raises:
            IntegrityError: a snapshot of that version exists already; nothing was stored.
        """
        if not stored_events:
            return None
        rows = [
            {
                "log": self.log.log_id,
                "purpose": self.purpose,
                "originator_id": originator_uuid(event.originator_id),
                "originator_version": event.originator_version,
                "topic": event.topic,
                "state": event.state,
            }
            for event in stored_events
        ]
        with library_errors(), writing(self.log.engine) as connection:
            connection.execute(insert(SNAPSHOT), rows)
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
        """The snapshots of an originator, by version."""
        version = SNAPSHOT.c.originator_version
        statement = select(SNAPSHOT).where(
            SNAPSHOT.c.log == self.log.log_id,
            SNAPSHOT.c.purpose == self.purpose,
            SNAPSHOT.c.originator_id == originator_uuid(originator_id),
            *([] if gt is None else [version > gt]),
            *([] if lte is None else [version <= lte]),
        )
        ordered = statement.order_by(version.desc() if desc else version.asc()).limit(limit)
        with library_errors(), reading(self.log.engine) as connection:
            return [
                StoredEvent(row.originator_id, row.originator_version, row.topic, bytes(row.state))
                for row in connection.execute(ordered)
            ]
