"""Reads stored rows, by pages through the driver's own cursor.

No transaction stays open between two pages: records never change, so a page later is the same page.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from sqlalchemy import Engine

from ledger.errors import VerificationError
from ledger.store.archived_bytes import archived_bytes
from ledger.store.engine import is_postgresql, reading, scanning
from ledger.store.query import (
    RECORD_FIELDS,
    Condition,
    RecordQuery,
    add_range,
    any_of,
    condition_of,
)
from ledger.store.rows import pages
from ledger.stored import RawDisclosure, RawRecord, StoredDisclosure, StoredRecord
from ledger.units import Hash32
from ledger.verification.uuid_texts import UUID_BYTES

if TYPE_CHECKING:  # imported by whoever connects to PostgreSQL, so that SQLite starts sooner
    import psycopg

PAGE_ROWS: Final = 2_000
CACHED_ROWS: Final = 512
"""Rows of SQLite that are read and verified while they lie in the caches of the core."""
FIRST_PAGE_ROWS: Final = 100
"""Somebody who wants the newest record, or a screenful, waits for no more."""
Row = tuple[Any, ...]
Fetch = Callable[[str, Sequence[object]], list[Row]]
"""Gives all rows of one statement whose placeholders are question marks."""

_STREAM: Final = StoredRecord._fields.index("stream")
_EVENT_ID: Final = StoredRecord._fields.index("event_id")
_SUBJECT_ID: Final = StoredDisclosure._fields.index("subject_id")


class RowReader:
    """The rows of one log, nothing verified."""

    def __init__(self, engine: Engine, log: int) -> None:
        """Reads on connections of the engine's pool."""
        self._engine = engine
        self._log = log
        self._postgresql = is_postgresql(engine)
        self._archived = archived_bytes(engine, log)
        # A page of SQLite costs no round trip, so that it may be short.
        self._verified_rows = PAGE_ROWS if self._postgresql else CACHED_ROWS

    def fetch(self, statement: str, parameters: Sequence[object]) -> list[Row]:
        """All rows of one statement whose placeholders are question marks.

        Raises:
            StoreUnavailable: the database cannot be read.
        """
        return self._fetch(statement, parameters, raw_ids=False)

    def _fetch(self, statement: str, parameters: Sequence[object], *, raw_ids: bool) -> list[Row]:
        with reading(self._engine) as connection:
            if not self._postgresql:
                opened = cast("sqlite3.Connection", connection.connection.driver_connection)
                return _sqlite_rows(opened, statement, parameters)
            driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
            with driver.cursor(binary=True) as cursor:
                if raw_ids:
                    from psycopg.types.string import ByteaBinaryLoader  # noqa: PLC0415 - start time

                    cursor.adapters.register_loader("uuid", ByteaBinaryLoader)
                cursor.execute(statement.replace("?", "%s").encode(), parameters)
                return cursor.fetchall()

    def records(self, query: RecordQuery) -> Iterator[StoredRecord]:
        """The records that a query asks for, in order of index, found by walking the log."""
        for page in self._pages(query, self.fetch):
            yield from self._stored_records(page)

    def raw_records(self, query: RecordQuery) -> Iterator[RawRecord]:
        """The same, with ids as raw bytes."""
        for page in self._pages(query, partial(self._fetch, raw_ids=True)):
            complete = self._archived.complete(page, as_found=True)
            yield from map(RawRecord._make, complete)

    def raw_record_pages(
        self, start: int, stop: int | None, fetch: Fetch | None = None
    ) -> Iterator[Sequence[RawRecord]]:
        """The records from `start` below `stop`, in order of index, for the full verification.

        Plain tuples: naming the columns of each row costs as much as reading a third of it.

        Args:
            start: The first index.
            stop: The one after the last; `None`: as many as there are.
            fetch: From `scan`, for whoever asks several times.
        """
        query = RecordQuery(start=start, stop=stop)
        sizes = self._verified_rows, self._verified_rows
        with self._scanned(fetch) as own:
            for page in self._pages(query, own, sizes):
                complete = self._archived.complete(page, as_found=True)
                yield cast("Sequence[RawRecord]", list(complete))

    def _scanned(self, fetch: Fetch | None) -> AbstractContextManager[Fetch]:
        return self.scan() if fetch is None else nullcontext(fetch)

    @contextmanager
    def scan(self) -> Iterator[Fetch]:
        """Fetches pages for whoever reads much of the log once, ids as raw bytes.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        if self._postgresql:
            yield partial(self._fetch, raw_ids=True)
            return
        with scanning(self._engine) as driver:
            yield partial(_sqlite_rows, driver)

    def _pages(
        self,
        query: RecordQuery,
        fetch: Fetch,
        sizes: tuple[int, int] = (FIRST_PAGE_ROWS, PAGE_ROWS),
    ) -> Iterator[list[Row]]:
        order = "DESC" if query.reverse else "ASC"
        most, later = sizes
        while query.limit is None or query.limit > 0:
            size = most if query.limit is None else min(most, query.limit)
            condition = condition_of(query, self._log, postgresql=self._postgresql)
            page = fetch(
                f"SELECT {RECORD_FIELDS} FROM zegel_record WHERE {condition} "  # noqa: S608 - our names
                f"ORDER BY idx {order} LIMIT {size}",
                condition.parameters,
            )
            yield page
            if len(page) < size:
                return
            query = query.after(page[-1][0], len(page))
            most = later

    def records_among(self, indexes: Sequence[int], query: RecordQuery) -> list[StoredRecord]:
        """The records at these indexes that a query asks for, in its order."""
        inside = [
            index
            for index in indexes
            if index >= query.start and (query.stop is None or index < query.stop)
        ]
        if not inside:
            return []
        # Without the range: SQLite would walk it instead of looking up the indexes.
        rest = replace(query, start=0, stop=None)
        condition = condition_of(rest, self._log, postgresql=self._postgresql)
        text, parameters = any_of("idx", inside, postgresql=self._postgresql)
        condition.add(text, *parameters)
        order = "DESC" if query.reverse else "ASC"
        page = self.fetch(
            f"SELECT {RECORD_FIELDS} FROM zegel_record WHERE {condition} ORDER BY idx {order}",  # noqa: S608 - our names
            condition.parameters,
        )
        return list(self._stored_records(page))

    def stream(
        self,
        stream: UUID,
        *,
        after: int | None,
        through: int | None,
        reverse: bool,
        limit: int | None,
    ) -> Iterator[StoredRecord]:
        """The records of a stream, by version."""
        condition = Condition(self._log)
        condition.add("stream = ?", stream if self._postgresql else stream.bytes)
        if after is not None:
            condition.add("version > ?", after)
        if through is not None:
            condition.add("version <= ?", through)
        order = "DESC" if reverse else "ASC"
        bound = "" if limit is None else f" LIMIT {int(limit)}"
        return self._stored_records(
            self.fetch(
                f"SELECT {RECORD_FIELDS} FROM zegel_record WHERE {condition} "  # noqa: S608 - our names
                f"ORDER BY version {order}{bound}",
                condition.parameters,
            )
        )

    def event(self, event_id: UUID) -> StoredRecord | None:
        """The record of an event id."""
        wanted = event_id if self._postgresql else event_id.bytes
        page = self.fetch(
            f"SELECT {RECORD_FIELDS} FROM zegel_record WHERE log = ? AND event_id = ? AND idx = "  # noqa: S608 - our names
            "(SELECT idx FROM zegel_sameness WHERE log = ? AND event_id = ?)",
            (self._log, wanted, self._log, wanted),
        )
        return next(iter(self._stored_records(page)), None)

    def index_of_event(self, event_id: UUID) -> int | None:
        """Where an event id was recorded, whether the record is kept or not."""
        wanted = event_id if self._postgresql else event_id.bytes
        rows = self.fetch(
            "SELECT idx FROM zegel_sameness WHERE log = ? AND event_id = ?", (self._log, wanted)
        )
        return rows[0][0] if rows else None

    def disclosures(self, start: int, stop: int | None) -> Iterator[StoredDisclosure]:
        """The disclosures of the records from `start` below `stop`, in order of index."""
        for page in self._disclosure_pages(start, stop, self.fetch, PAGE_ROWS):
            yield from self._stored_disclosures(page)

    def raw_disclosure_pages(
        self, start: int, stop: int | None, fetch: Fetch | None = None
    ) -> Iterator[Sequence[RawDisclosure]]:
        """The same for the full verification: plain tuples, with ids as raw bytes."""
        with self._scanned(fetch) as own:
            for page in self._disclosure_pages(start, stop, own, self._verified_rows):
                ids = [row[_SUBJECT_ID] for row in page]
                if set(map(type, ids)) - {bytes} or set(map(len, ids)) - {UUID_BYTES}:
                    for row in page:
                        _uuid(row, _SUBJECT_ID)  # raises where one is none
                yield cast("Sequence[RawDisclosure]", page)

    def _disclosure_pages(
        self, start: int, stop: int | None, fetch: Fetch, most: int
    ) -> Iterator[list[Row]]:
        last: Row | None = None
        while True:
            condition = Condition(self._log)
            add_range(condition, RecordQuery(start=0 if last else start, stop=stop))
            if last is not None:
                # One lower bound for the index: beside two, SQLite would seek by the weaker one.
                condition.add("idx >= ?", last[0])
                condition.add("(idx, subject_id) > (?, ?)", *self._place_after(last))
            page = fetch(
                f"SELECT idx, subject_id, fields, ciphertext FROM zegel_disclosure "  # noqa: S608 - placeholders
                f"WHERE {condition} ORDER BY idx, subject_id LIMIT {most}",
                condition.parameters,
            )
            yield page
            if len(page) < most:
                return
            last = page[-1]

    def _place_after(self, row: Row) -> tuple[object, object]:
        """Index and subject of a row as the database compares them."""
        index, subject = row[:2]
        if self._postgresql and isinstance(subject, bytes):
            return index, UUID(bytes=subject)
        return index, subject

    def disclosures_of(self, indexes: Sequence[int]) -> Iterator[StoredDisclosure]:
        """The disclosures of these records."""
        for page in pages(sorted(indexes), PAGE_ROWS):
            text, parameters = any_of("idx", page, postgresql=self._postgresql)
            yield from self._stored_disclosures(
                self.fetch(
                    "SELECT idx, subject_id, fields, ciphertext FROM zegel_disclosure "  # noqa: S608 - placeholders
                    # The bounds say nothing new, but PostgreSQL without statistics, as right after
                    # a large import, reads the whole table without them.
                    f"WHERE log = ? AND idx >= ? AND idx <= ? AND {text} ORDER BY idx, subject_id",
                    (self._log, page[0], page[-1], *parameters),
                )
            )

    def leaf_hashes(self, start: int, stop: int) -> list[Hash32]:
        """The stored leaf hashes from `start` below `stop`."""
        rows = self.fetch(
            "SELECT leaf_hash FROM zegel_record WHERE log = ? AND idx >= ? AND idx < ? "
            "ORDER BY idx",
            (self._log, start, stop),
        )
        return [row[0] for row in rows]

    def _stored_records(self, page: Sequence[Row]) -> Iterator[StoredRecord]:
        rows = self._archived.complete(page)
        if self._postgresql:
            return map(StoredRecord._make, rows)
        return (
            StoredRecord._make(
                (*row[:_STREAM], _uuid(row, _STREAM), *row[_STREAM + 1 : _EVENT_ID],
                 _uuid(row, _EVENT_ID), *row[_EVENT_ID + 1 :])
            )
            for row in rows
        )  # fmt: skip

    def _stored_disclosures(self, rows: Iterable[Row]) -> Iterator[StoredDisclosure]:
        if self._postgresql:
            return map(StoredDisclosure._make, rows)
        return (
            StoredDisclosure._make((row[0], _uuid(row, _SUBJECT_ID), *row[_SUBJECT_ID + 1 :]))
            for row in rows
        )


def _uuid(row: Row, column: int) -> UUID | None:
    raw = row[column]
    if raw is None:
        return None
    try:
        return UUID(bytes=raw)
    except (ValueError, TypeError) as error:  # SQLite keeps whatever somebody put there
        raise VerificationError("MODIFIED", row[0], f"expected 16 bytes, found {raw!r}") from error


def _sqlite_rows(
    driver: sqlite3.Connection, statement: str, parameters: Sequence[object]
) -> list[Row]:
    try:
        return driver.execute(statement, parameters).fetchall()
    except sqlite3.OperationalError as error:
        if "decode to UTF-8" not in str(error):
            raise
    # Somebody put other bytes into a text column: show them, so that verification can name them.
    driver.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
    try:
        return driver.execute(statement, parameters).fetchall()
    finally:
        driver.text_factory = str
