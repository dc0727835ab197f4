"""Reads what was erased: tombstones by record and by erasure, and which erasures are under way.

Rows are given as they are stored, nothing verified; no transaction stays open between two pages.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Engine, func, select

from ledger.store.confirmations import Confirmations
from ledger.store.engine import is_postgresql, reading
from ledger.store.query import any_of
from ledger.store.row_reader import PAGE_ROWS, Row, RowReader
from ledger.store.rows import pages
from ledger.store.schema import ERASURE, SUBJECT
from ledger.stored import StoredTombstone

_COLUMNS: Final = "idx, part, fields, digests, requested_index"


class PendingErasure(NamedTuple):
    """An erasure that was requested and is not confirmed yet."""

    requested_index: int
    subject_id: UUID | None
    """Of whom everything is erased; `None`: single disclosures, by a rule."""
    rule_id: str | None


class TombstoneReader:
    """What was erased from one log."""

    def __init__(self, engine: Engine, log_id: int) -> None:
        """Reads on connections of the engine's pool."""
        self._engine = engine
        self._log_id = log_id
        self._rows = RowReader(engine, log_id)
        self._postgresql = is_postgresql(engine)
        self._confirmations = Confirmations(engine, log_id)

    def pending(self) -> list[PendingErasure]:
        """The erasures under way, the oldest first."""
        query = (
            select(ERASURE.c.requested_index, ERASURE.c.subject_id, ERASURE.c.rule_id)
            .where(ERASURE.c.log == self._log_id)
            .order_by(ERASURE.c.requested_index)
        )
        with reading(self._engine) as connection:
            return [PendingErasure(*row) for row in connection.execute(query)]

    def any(self) -> bool:
        """Whether anything was ever erased from the log."""
        found = self._rows.fetch(
            "SELECT 1 FROM zegel_erased WHERE log = ? LIMIT 1", (self._log_id,)
        )
        return bool(found)

    def scan(self, start: int = 0, stop: int | None = None) -> Iterator[StoredTombstone]:
        """The tombstones of the records from `start` below `stop`, by index and part."""
        bound, last = ("", ()) if stop is None else ("AND idx < ? ", (stop,))
        # From the beginning means whatever there is, also where no record can be.
        place: Sequence[object] = (start or -(2**63), -1)
        while True:
            page = self._rows.fetch(
                f"SELECT {_COLUMNS} FROM zegel_erased WHERE log = ? {bound}"  # noqa: S608 - our names
                f"AND (idx, part) > (?, ?) ORDER BY idx, part LIMIT {PAGE_ROWS}",
                (self._log_id, *last, *place),
            )
            yield from map(StoredTombstone._make, page)
            if len(page) < PAGE_ROWS:
                return
            place = page[-1][:2]

    def by_erasure(self, requested_index: int = -1) -> Iterator[StoredTombstone]:
        """The tombstones of the erasures requested from that index on, erasure by erasure.

        Those of one erasure come in the order of index and part.
        """
        place: Sequence[object] = (requested_index, -(2**63), -1)
        while True:
            page = self._after(place)
            yield from map(StoredTombstone._make, page)
            if len(page) < PAGE_ROWS:
                return
            place = (page[-1][4], *page[-1][:2])

    def of_erasure(self, requested_index: int) -> Iterator[StoredTombstone]:
        """The tombstones of one erasure, in the order of index and part."""
        for each in self.by_erasure(requested_index):
            if each.requested_index != requested_index:
                return
            yield each

    def requests_since(self, index: int) -> set[int]:
        """The erasures that erased anything of the records from an index on, by their request."""
        rows = self._rows.fetch(
            "SELECT DISTINCT requested_index FROM zegel_erased WHERE log = ? AND idx >= ?",
            (self._log_id, index),
        )
        return {row[0] for row in rows if isinstance(row[0], int)}

    def indexes(self, requested_index: int) -> Iterator[list[int]]:
        """The records that lost a disclosure to an erasure, ascending, in batches."""
        last: int | None = None
        for page in pages(self.of_erasure(requested_index), PAGE_ROWS):
            fresh = [each for each in dict.fromkeys(row.index for row in page) if each != last]
            last = page[-1].index
            if fresh:
                yield fresh

    def erased_subjects(self, requested_index: int) -> Iterator[list[UUID]]:
        """The subjects that have no key any more because of an erasure, in batches."""
        query = (
            select(SUBJECT.c.subject_id)
            .where(SUBJECT.c.log == self._log_id, SUBJECT.c.erased_at_index == requested_index)
            .order_by(SUBJECT.c.subject_id)
            .limit(PAGE_ROWS)
        )
        last: UUID | None = None
        while True:
            after = query if last is None else query.where(SUBJECT.c.subject_id > last)
            with reading(self._engine) as connection:
                page = list(connection.scalars(after))
            if page:
                yield page
            if len(page) < PAGE_ROWS:
                return
            last = page[-1]

    def confirmation_of(self, requested_index: int) -> int | None:
        """The record that confirmed an erasure; `None`: it is not confirmed yet."""
        return self._confirmations.of(requested_index)

    def keys_destroyed(self, requested_index: int) -> int:
        """How many subjects have no key any more because of an erasure."""
        query = select(func.count()).where(
            SUBJECT.c.log == self._log_id, SUBJECT.c.erased_at_index == requested_index
        )
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def erased_at(self, subject_id: UUID) -> int | None:
        """The record that asked for the erasure of a subject; `None`: it was not erased."""
        query = select(SUBJECT.c.erased_at_index).where(
            SUBJECT.c.log == self._log_id, SUBJECT.c.subject_id == subject_id
        )
        with reading(self._engine) as connection:
            index = connection.execute(query).scalar_one_or_none()
        return None if index is None else int(index)

    def at(self, indexes: Sequence[int]) -> dict[int, list[StoredTombstone]]:
        """The tombstones of these records, by index; a record without any is left out."""
        found: dict[int, list[StoredTombstone]] = {}
        for some in pages(sorted(indexes), PAGE_ROWS):
            text, parameters = any_of("idx", some, postgresql=self._postgresql)
            rows = self._rows.fetch(
                f"SELECT {_COLUMNS} FROM zegel_erased WHERE log = ? AND idx >= ? AND idx <= ? "  # noqa: S608 - placeholders
                f"AND {text} ORDER BY idx, part",
                (self._log_id, some[0], some[-1], *parameters),
            )
            for row in map(StoredTombstone._make, rows):
                found.setdefault(row.index, []).append(row)
        return found

    def _after(self, place: Sequence[object]) -> list[Row]:
        return self._rows.fetch(
            f"SELECT {_COLUMNS} FROM zegel_erased WHERE log = ? "  # noqa: S608 - our names
            "AND (requested_index, idx, part) > (?, ?, ?) "
            f"ORDER BY requested_index, idx, part LIMIT {PAGE_ROWS}",
            (self._log_id, *place),
        )
