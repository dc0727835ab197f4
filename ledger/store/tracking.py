"""Positions in other applications, kept beside the rows of whoever follows them."""

from collections.abc import Iterator
from contextlib import contextmanager

from eventsourcing.persistence import IntegrityError, Tracking, TrackingRecorder
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.store.engine import is_postgresql, reading, writing
from ledger.store.library_terms import library_errors
from ledger.store.schema import TRACKING
from ledger.store.sealed_log import SealedLog


class SealedTrackingRecorder(TrackingRecorder):
    """Positions in other applications; a view extends it and writes rows beside its position."""

    def __init__(self, log: SealedLog, consumer: str) -> None:
        """Keeps the positions of a consumer in the database of a log."""
        self.log = log
        self.consumer = consumer

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose statements are committed together with the tracking in them."""
        with library_errors(), writing(self.log.engine) as connection:
            yield connection

    def insert_tracking(self, tracking: Tracking) -> None:
        """Records a position, alone.

        Raises:
            IntegrityError: the position, or one after it, was recorded before.
        """
        with self.transaction() as connection:
            self.record_tracking(connection, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """The newest position in an application; `None` when there is none."""
        with library_errors(), reading(self.log.engine) as connection:
            return connection.scalar(
                select(TRACKING.c.notification_id).where(
                    TRACKING.c.log == self.log.log_id,
                    TRACKING.c.consumer == self.consumer,
                    TRACKING.c.application_name == application_name,
                )
            )

    def record_tracking(self, connection: Connection, tracking: Tracking) -> None:
        """Records a position inside a transaction of `transaction`, beside the rows of a view.

        Raises:
            IntegrityError: the position, or one after it, was recorded before.
        """
        build = postgresql.insert if is_postgresql(self.log.engine) else sqlite.insert
        statement = build(TRACKING).values(
            log=self.log.log_id,
            consumer=self.consumer,
            application_name=tracking.application_name,
            notification_id=tracking.notification_id,
        )
        moved = connection.execute(
            statement.on_conflict_do_update(
                index_elements=[TRACKING.c.log, TRACKING.c.consumer, TRACKING.c.application_name],
                set_={"notification_id": statement.excluded.notification_id},
                where=TRACKING.c.notification_id < statement.excluded.notification_id,
            ).returning(TRACKING.c.notification_id)
        ).first()
        if moved is None:
            raise IntegrityError(f"expected a position after the recorded one, found {tracking}")
