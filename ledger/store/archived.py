"""What of a log is in its archive: where that is, which segments, and who decided it."""

from typing import Final

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from ledger.store.engine import is_postgresql, reading, writing
from ledger.store.schema import ARCHIVE, ARCHIVED_SEGMENT, ARCHIVING, RECORD
from ledger.stored import StoredArchiving, StoredSegment

_LOCK: Final = int.from_bytes(b"zarc")
_SEGMENT: Final = (ARCHIVED_SEGMENT.c.first, ARCHIVED_SEGMENT.c.stop, ARCHIVED_SEGMENT.c.manifest)
_DECISION: Final = (ARCHIVING.c.stop, ARCHIVING.c.recorded_index, ARCHIVING.c.manifest_sha256)


class ArchivedTable:
    """The archived part of one log, nothing verified."""

    def __init__(self, engine: Engine, log_id: int) -> None:
        """Reads and writes on connections of the engine's pool."""
        self._engine = engine
        self._log_id = log_id

    def url(self) -> str | None:
        """Where the archive is; `None` for a log without one."""
        chosen = select(ARCHIVE.c.url).where(ARCHIVE.c.log == self._log_id)
        with reading(self._engine) as connection:
            return connection.scalar(chosen)

    def remember(self, url: str) -> None:
        """Notes where the archive is; durable on return."""
        with writing(self._engine) as connection:
            connection.execute(delete(ARCHIVE).where(ARCHIVE.c.log == self._log_id))
            connection.execute(insert(ARCHIVE).values(log=self._log_id, url=url))

    def segments(self) -> list[StoredSegment]:
        """The segments whose sealed bytes are in the archive alone, in order."""
        chosen = (
            select(*_SEGMENT)
            .where(ARCHIVED_SEGMENT.c.log == self._log_id)
            .order_by(ARCHIVED_SEGMENT.c.first)
        )
        with reading(self._engine) as connection:
            return [StoredSegment._make(row) for row in connection.execute(chosen)]

    def segment_of(self, index: int) -> StoredSegment | None:
        """The segment that holds the sealed bytes of a record; `None`: the database does."""
        columns = ARCHIVED_SEGMENT.c
        chosen = select(*_SEGMENT).where(
            columns.log == self._log_id, columns.first <= index, columns.stop > index
        )
        with reading(self._engine) as connection:
            row = connection.execute(chosen).first()
        return None if row is None else StoredSegment._make(row)

    def stop(self) -> int:
        """The lowest index whose sealed bytes are in the database; 0 where nothing was archived."""
        chosen = select(func.max(ARCHIVED_SEGMENT.c.stop)).where(
            ARCHIVED_SEGMENT.c.log == self._log_id
        )
        with reading(self._engine) as connection:
            return connection.scalar(chosen) or 0

    def decisions(self) -> list[StoredArchiving]:
        """The decisions, the lowest index first; the last one may not be carried out yet."""
        chosen = (
            select(*_DECISION).where(ARCHIVING.c.log == self._log_id).order_by(ARCHIVING.c.stop)
        )
        with reading(self._engine) as connection:
            return [StoredArchiving._make(row) for row in connection.execute(chosen)]

    def empty(self, segment: StoredSegment) -> None:
        """Notes a segment and lets its sealed bytes go; all or nothing, and repeatable.

        Every column beside them stays: what finds a record, proves it and follows it.
        """
        mine = (RECORD.c.log == self._log_id, RECORD.c.idx >= segment.first)
        with writing(self._engine) as connection:
            if is_postgresql(self._engine):  # another run may be at the same segment
                connection.execute(select(func.pg_advisory_xact_lock(_LOCK, self._log_id)))
            known = select(ARCHIVED_SEGMENT.c.first).where(
                ARCHIVED_SEGMENT.c.log == self._log_id, ARCHIVED_SEGMENT.c.first == segment.first
            )
            if connection.execute(known).first() is None:
                noted = insert(ARCHIVED_SEGMENT).values(log=self._log_id, **segment._asdict())
                connection.execute(noted)
                moved = update(RECORD).where(*mine, RECORD.c.idx < segment.stop)
                connection.execute(moved.values(sealed=b""))


def note_archiving(connection: Connection, log_id: int, decision: StoredArchiving) -> None:
    """Stores a decision, in the transaction that records it."""
    connection.execute(insert(ARCHIVING).values(log=log_id, **decision._asdict()))
