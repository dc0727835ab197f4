"""Stored checkpoints: what the signer has published about a log."""

from collections.abc import Iterator
from typing import Final, Literal

from sqlalchemy import Engine, Select, insert, select, tuple_

from ledger.store.engine import reading, writing
from ledger.store.schema import CHECKPOINT
from ledger.stored import StoredCheckpoint

PAGE_ROWS: Final = 1000
_COLUMNS: Final = (
    CHECKPOINT.c.size,
    CHECKPOINT.c.made_at_us,
    CHECKPOINT.c.root,
    CHECKPOINT.c.note,
)


class CheckpointTable:
    """The checkpoints of one log, nothing verified."""

    def __init__(self, engine: Engine, log_id: int) -> None:
        """Reads and writes on connections of the engine's pool."""
        self._engine = engine
        self._log_id = log_id

    def add(self, checkpoint: StoredCheckpoint) -> None:
        """Stores a checkpoint; durable on return.

        Raises:
            StoreUnavailable: the database cannot be written.
        """
        with writing(self._engine) as connection:
            connection.execute(insert(CHECKPOINT), {"log": self._log_id, **checkpoint._asdict()})

    def newest(self) -> StoredCheckpoint | None:
        """The last one made over the most records; `None` without any."""
        return next(iter(self.newest_first(1)), None)

    def newest_first(self, limit: int) -> list[StoredCheckpoint]:
        """The newest ones, the newest first."""
        order = (CHECKPOINT.c.size.desc(), CHECKPOINT.c.made_at_us.desc())
        return self._rows(self._mine().order_by(*order).limit(limit))

    def of_size(self, size: int) -> list[StoredCheckpoint]:
        """Those over exactly so many records, in the order in which they were made."""
        chosen = self._mine().where(CHECKPOINT.c.size == size)
        return self._rows(chosen.order_by(CHECKPOINT.c.made_at_us))

    def within(self, size: int) -> StoredCheckpoint | None:
        """Of those over at most so many records, the first one made over the most of them."""
        order = (CHECKPOINT.c.size.desc(), CHECKPOINT.c.made_at_us)
        chosen = self._mine().where(CHECKPOINT.c.size <= size)
        return next(iter(self._rows(chosen.order_by(*order).limit(1))), None)

    def loss_of(self, size: int) -> Literal["TRUNCATED", "ROLLED_BACK"]:
        """What happened to a log that is shorter than a checkpoint of this size.

        A database that forgot the checkpoint as well is an older copy of itself; one that still
        knows it has lost records.
        """
        newest = self.newest()
        return "TRUNCATED" if newest is not None and newest.size >= size else "ROLLED_BACK"

    def scan(self, first_size: int = 0) -> Iterator[StoredCheckpoint]:
        """Those over at least so many records, by size and then by time; read by pages."""
        key = tuple_(CHECKPOINT.c.size, CHECKPOINT.c.made_at_us)
        after = (first_size, -(2**62))
        while True:
            chosen = self._mine().where(key > after).order_by(*key.clauses).limit(PAGE_ROWS)
            page = self._rows(chosen)
            yield from page
            if len(page) < PAGE_ROWS:
                return
            after = (page[-1].size, page[-1].made_at_us)

    def _mine(self) -> Select[tuple[int, int, bytes, bytes]]:
        return select(*_COLUMNS).where(CHECKPOINT.c.log == self._log_id)

    def _rows(self, chosen: Select[tuple[int, int, bytes, bytes]]) -> list[StoredCheckpoint]:
        with reading(self._engine) as connection:
            return [StoredCheckpoint._make(row) for row in connection.execute(chosen)]
