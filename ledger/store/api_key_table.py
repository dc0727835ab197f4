"""The rows of API keys: what a secret is compared with, and when each was used last."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, Update, select, update

from ledger.store.engine import reading, writing
from ledger.store.schema import API_KEY

DAY_US = 24 * 60 * 60 * 1_000_000


class StoredApiKey(NamedTuple):
    """One row, nothing verified."""

    key_id: UUID
    name: str
    secret_hash: bytes | None
    """`None` once it was revoked."""
    last_used_us: int | None
    """The beginning of the UTC day, in microseconds since 1970."""


class ApiKeyTable:
    """The API keys of one log."""

    def __init__(self, engine: Engine, log_id: int) -> None:
        """Reads and writes on connections of the engine's pool."""
        self._engine = engine
        self._log_id = log_id
        columns = API_KEY.c
        self._chosen = select(
            columns.key_id, columns.name, columns.secret_hash, columns.last_used_us
        ).where(columns.log == log_id)

    def all(self) -> list[StoredApiKey]:
        """Every key, the oldest first: their ids are ordered in time."""
        with reading(self._engine) as connection:
            rows = connection.execute(self._chosen.order_by(API_KEY.c.key_id))
            return [StoredApiKey._make(row) for row in rows]

    def find(self, key_id: UUID) -> StoredApiKey | None:
        """One key, or `None` when there is none with that id."""
        with reading(self._engine) as connection:
            row = connection.execute(self._chosen.where(API_KEY.c.key_id == key_id)).one_or_none()
        return None if row is None else StoredApiKey._make(row)

    def add(self, connection: Connection, key_id: UUID, name: str, secret_hash: bytes) -> None:
        """One more key, in the transaction of its grant."""
        connection.execute(
            API_KEY.insert(),
            {"log": self._log_id, "key_id": key_id, "name": name, "secret_hash": secret_hash},
        )

    def forget_hash(self, connection: Connection, key_id: UUID) -> None:
        """Removes the hash of a key, in the transaction of its revocation."""
        connection.execute(self._update(key_id).values(secret_hash=None))

    def note_use(self, key_id: UUID, at_us: int) -> None:
        """Remembers on which day a key was used last.

        Raises:
            StoreUnavailable: the database cannot be written.
        """
        with writing(self._engine) as connection:
            connection.execute(self._update(key_id).values(last_used_us=at_us - at_us % DAY_US))

    def _update(self, key_id: UUID) -> Update:
        return update(API_KEY).where(API_KEY.c.log == self._log_id, API_KEY.c.key_id == key_id)
