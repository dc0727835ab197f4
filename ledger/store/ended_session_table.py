"""The rows of sessions that somebody ended: what their cookies say does not count any more."""

from uuid import UUID

from sqlalchemy import Engine, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.store.engine import is_postgresql, reading, writing
from ledger.store.schema import ENDED_SESSION


class EndedSessionTable:
    """The ended sessions of one log; a row is kept until its session would have ended by itself."""

    def __init__(self, engine: Engine, log_id: int) -> None:
        """Reads and writes on connections of the engine's pool."""
        self._engine = engine
        self._log_id = log_id

    def has(self, session_id: UUID) -> bool:
        """Whether somebody ended this session.

        Raises:
            StoreUnavailable: the database cannot be read.
        """
        columns = ENDED_SESSION.c
        chosen = exists().where(columns.log == self._log_id, columns.session_id == session_id)
        with reading(self._engine) as connection:
            return bool(connection.scalar(select(chosen)))

    def add(self, session_id: UUID, *, until_us: int, now_us: int) -> None:
        """Ends a session, once or again, and forgets those whose time is over; durable on return.

        Args:
            session_id: Which.
            until_us: When it would have ended by itself.
            now_us: The time.

        Raises:
            StoreUnavailable: the database cannot be written.
        """
        columns = ENDED_SESSION.c
        mine = columns.log == self._log_id
        build = postgresql.insert if is_postgresql(self._engine) else sqlite.insert
        with writing(self._engine) as connection:
            connection.execute(delete(ENDED_SESSION).where(mine, columns.until_us < now_us))
            connection.execute(
                build(ENDED_SESSION)
                .values(log=self._log_id, session_id=session_id, until_us=until_us)
                .on_conflict_do_nothing()
            )
