"""Which record confirmed an erasure, found once and kept: neither is ever changed."""

from typing import Final

from sqlalchemy import Engine, select

from ledger.own_records import ERASURES
from ledger.store.engine import reading
from ledger.store.schema import RECORD

REQUESTED: Final = "log.erasure_requested.v1"
CONFIRMED: Final = "log.erasure_confirmed.v1"


class Confirmations:
    """The confirmations of the erasures of one log."""

    def __init__(self, engine: Engine, log_id: int) -> None:
        """Asks nothing of the database yet."""
        self._engine = engine
        self._log_id = log_id
        self._known: dict[int, int] = {}

    def of(self, requested_index: int) -> int | None:
        """The index of the record that confirmed an erasure first; `None`: it is not confirmed."""
        known = self._known.get(requested_index)
        if known is None:
            known = self._find(requested_index)
            if known is not None:
                self._known[requested_index] = known
        return known

    def _find(self, requested_index: int) -> int | None:
        requested, confirmed = RECORD.alias("requested"), RECORD.alias("confirmed")
        query = (
            select(confirmed.c.idx)
            .join(
                requested,
                (requested.c.log == confirmed.c.log) & (requested.c.stream == confirmed.c.stream),
            )
            .where(
                requested.c.log == self._log_id,
                requested.c.idx == requested_index,
                confirmed.c.kind == CONFIRMED,
                confirmed.c.system == ERASURES,
                confirmed.c.idx > requested_index,
            )
            .order_by(confirmed.c.idx)
            .limit(1)
        )
        with reading(self._engine) as connection:
            index = connection.execute(query).scalar_one_or_none()
        return None if index is None else int(index)
