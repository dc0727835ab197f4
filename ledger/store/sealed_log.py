"""One log in one database: append, head, scan, find."""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from ledger.draft import Conflict, Draft, Receipt
from ledger.errors import BadRequest, RecordsPruned, StoreUnavailable, VerificationError
from ledger.merkle import split_hashes
from ledger.record import NO_PREVIOUS
from ledger.store.appending import Append
from ledger.store.engine import is_postgresql, reading, writing
from ledger.store.finding import RecordFinder
from ledger.store.group_commit import GroupCommit
from ledger.store.migrating import require_schema
from ledger.store.minimum import MinimumTable
from ledger.store.postgres_rows import PostgresRows
from ledger.store.query import RecordQuery
from ledger.store.requests import (
    Also,
    AppendRequest,
    SkewDraft,
    drafts_in,
    instant_of,
    microseconds,
    prepare,
)
from ledger.store.row_reader import Fetch, RowReader
from ledger.store.rows import Rows  # noqa: TC001 - as every import of types here, for people
from ledger.store.schema import HEAD, LOG
from ledger.store.sqlite_rows import SqliteRows
from ledger.store.tombstones import TombstoneReader
from ledger.store.waking import Waker
from ledger.stored import Head, RawDisclosure, RawRecord, StoredDisclosure, StoredRecord
from ledger.units import Clock, Hash32, Size
from ledger.verification.start import BEGINNING, Start, start_at

if TYPE_CHECKING:  # only a rebuild of a pruned log has one
    from ledger.archived_records import ArchivedRecords

_ORIGIN: Final = re.compile(r"[\x21-\x2a\x2c-\x7e]{1,255}")


class SealedLog:
    """An append-only sequence of sealed records."""

    def __init__(
        self,
        engine: Engine,
        log_id: int,
        origin: str,
        *,
        clock: Clock,
        skew_draft: SkewDraft | None,
    ) -> None:
        """Use `create` or `open`."""
        self.engine = engine
        self.log_id = log_id
        self.origin = origin
        self.skew_draft = skew_draft
        """Makes the record of a clock that went back; without it, it is only held."""
        self._clock = clock
        self._reader = RowReader(engine, log_id)
        self._finder = RecordFinder(self._reader, log_id, postgresql=is_postgresql(engine))
        self._rows: type[Rows] = PostgresRows if is_postgresql(engine) else SqliteRows
        self._group = GroupCommit(self._write, drafts_in)
        self.pruned = MinimumTable(engine, log_id)
        self.archive: ArchivedRecords | None = None
        """Where `scan` finds pruned records, for whoever needs all of them."""
        self.erasures = TombstoneReader(engine, log_id)
        self.waker = Waker(engine, log_id)

    @classmethod
    def create(
        cls, engine: Engine, origin: str, *, clock: Clock, skew_draft: SkewDraft | None = None
    ) -> Self:
        """A new, empty log in a database that `migrate` prepared.

        Args:
            engine: The database, from `open_engine`.
            origin: The name of the log: a URL without scheme, no space, no plus sign.
            clock: Gives `recorded_at`.
            skew_draft: Makes the record of a clock that went back.

        Raises:
            BadRequest: the origin is no name, or the database has a log of that name.
            StoreUnavailable: the database cannot be used.

        Source: C2SP tlog-checkpoint v1.0.0 (origin).
        """
        if not _ORIGIN.fullmatch(origin):
            raise BadRequest(
                f"origin: expected a URL without scheme (no space, no plus sign), found {origin!r}"
            )
        require_schema(engine)
        try:
            log_id = cls._insert(engine, origin)
        except IntegrityError as error:
            raise BadRequest(
                f"origin: expected a new name, found the existing log {origin}"
            ) from error
        return cls(engine, log_id, origin, clock=clock, skew_draft=skew_draft)

    @staticmethod
    def _insert(engine: Engine, origin: str) -> int:
        with writing(engine) as connection:
            (log_id,) = connection.execute(
                insert(LOG).values(origin=origin).returning(LOG.c.id)
            ).one()
            connection.execute(
                insert(HEAD).values(log=log_id, size=0, last_leaf_hash=NO_PREVIOUS, frontier=b"")
            )
        return int(log_id)

    @classmethod
    def open(
        cls,
        engine: Engine,
        origin: str | None = None,
        *,
        clock: Clock,
        skew_draft: SkewDraft | None = None,
    ) -> Self:
        """An existing log; without an origin, the only one of the database.

        Raises:
            BadRequest: the origin is needed, because there are several logs, or names none.
            StoreUnavailable: the database cannot be used or holds no log.
        """
        require_schema(engine)
        with reading(engine) as connection:
            known = {
                found: log_id
                for log_id, found in connection.execute(
                    select(LOG.c.id, LOG.c.origin).order_by(LOG.c.id)
                )
            }
        if not known:
            place = engine.url.render_as_string(hide_password=True)
            raise StoreUnavailable(f"{place}: expected a log, found none; `zegel init` makes one")
        if origin is None:
            if len(known) > 1:
                raise BadRequest(f"origin: expected one of {', '.join(known)}, found none")
            (origin,) = known
        if origin not in known:
            raise BadRequest(f"origin: expected one of {', '.join(known)}, found {origin}")
        return cls(engine, known[origin], origin, clock=clock, skew_draft=skew_draft)

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        vault_generation: int | None = None,
        also: Also | None = None,
    ) -> list[Receipt | Conflict]:
        """One outcome per draft, in order; durable when this returns, and all or nothing.

        A repeated event id with the same content gives its first receipt again; with other content
        it gives a `Conflict` and stores nothing for that draft.

        Args:
            drafts: What to seal.
            vault_generation: The generation of the keys that the drafts were encrypted under.
            also: More statements for the same transaction; an error of theirs undoes all.

        Raises:
            StaleVault: the keys changed since; encrypt again and retry.
            StreamConflict: a stream is not at the version that a draft expected.
            RecordingRefused: a record would be longer than 65,535 bytes.
            StoreUnavailable: the database cannot be written; nothing was stored.
        """
        return self.submit(AppendRequest(drafts, vault_generation, also))

    def submit(self, request: AppendRequest) -> list[Receipt | Conflict]:
        """See `append`."""
        prepare(request, self._rows.database_uuid)
        return self._group.submit(request)

    def submit_all(
        self, requests: Sequence[AppendRequest]
    ) -> list[list[Receipt | Conflict] | Exception]:
        """As `submit` for each request, together: its outcomes, or the error that it alone met."""
        for request in requests:
            prepare(request, self._rows.database_uuid)
        return self._group.submit_all(requests)

    def _write(self, requests: Sequence[AppendRequest]) -> list[list[Receipt | Conflict]]:
        """The outcomes of each request, all committed in one transaction."""
        with writing(self.engine) as connection:
            append = Append(
                self._rows(connection, self.log_id),
                log=self.log_id,
                origin=self.origin,
                now_us=microseconds(self._clock()),
            )
            if self.skew_draft is not None:
                append.note_skew(self.skew_draft)
            append.look_up(requests)
            outcomes = [append.add(request) for request in requests]
            append.store()
            for request, own in zip(requests, outcomes, strict=True):
                if request.also is not None:
                    request.also(connection, own)
            self.waker.announce(connection)
        self.waker.wake()
        return outcomes

    def head(self) -> Head:
        """How far the log goes and the hashes that commit to all of it, as stored.

        Raises:
            StoreUnavailable: the database cannot be read.
            VerificationError: the log has no head any more (MISSING).
        """
        with reading(self.engine) as connection:
            row = connection.execute(select(HEAD).where(HEAD.c.log == self.log_id)).one_or_none()
        if row is None:
            message = f"{self.origin}: expected a head in zegel_head, found none"
            raise VerificationError("MISSING", None, message)
        us = row.last_recorded_at_us
        return Head(
            origin=self.origin,
            size=Size(row.size),
            last_leaf_hash=Hash32(row.last_leaf_hash),
            last_recorded_at=None if us is None else instant_of(us),
            frontier=split_hashes(row.frontier),  # unchecked: verification names what is wrong
        )

    def size_at(self, recorded_at: datetime) -> Size:
        """How many records were recorded at or before an instant.

        Raises:
            RecordsPruned: the answer lies among records that were pruned.
        """
        wanted = microseconds(recorded_at)
        minimum = self.pruned.read()
        low, high = 0 if minimum is None else minimum.minimum, int(self.head().size)
        if minimum is not None and wanted < minimum.last_recorded_at_us:
            raise RecordsPruned(
                f"time {recorded_at.isoformat()}: expected "
                f"{instant_of(minimum.last_recorded_at_us).isoformat()} or later; how much was "
                f"recorded by then is not known any more, records below index {low} were pruned"
            )
        # recorded_at never goes back, so halving finds the place without an index.
        while low < high:
            middle = (low + high) // 2
            record = self.record_at(middle)
            if record is not None and record.recorded_at_us <= wanted:
                low = middle + 1
            else:
                high = middle
        return Size(low)

    def scan(
        self, start: int = 0, stop: int | None = None, *, reverse: bool = False
    ) -> Iterator[StoredRecord]:
        """The records from index `start` below `stop`, in order of index, none left out.

        Raises:
            RecordsPruned: `start` is below the minimum, and no archive is at hand.
        """
        if self.archive is not None and start < self.archive.stop and not reverse:
            kept_from = self.archive.stop
            yield from self.archive.scan(start, kept_from if stop is None else min(stop, kept_from))
            start = kept_from
        rows = self._reader.records(RecordQuery(start=start, stop=stop, reverse=reverse))
        if reverse:
            reached: int | None = None
            for row in rows:
                reached = row.index
                yield row
            self._require_dense(start, reached)
            return
        first = next(rows, None)
        self._require_dense(start, None if first is None else first.index)
        if first is not None:
            yield first
            yield from rows

    def _require_dense(self, start: int, lowest: int | None) -> None:
        """Asks for the minimum only when the lowest record is not the one asked for."""
        if lowest != start:
            self.pruned.require_kept(start, "`zegel rebuild --from ARCHIVE` reads it there")

    def scan_raw(self, start: int = 0, stop: int | None = None) -> Iterator[RawRecord]:
        """The same rows in order of index with ids as raw bytes: cheaper, for verification."""
        return self._reader.raw_records(RecordQuery(start=start, stop=stop))

    def raw_record_pages(
        self, start: int = 0, stop: int | None = None, fetch: Fetch | None = None
    ) -> Iterator[Sequence[RawRecord]]:
        """The same rows as plain tuples, page by page: for whoever verifies all of them."""
        return self._reader.raw_record_pages(start, stop, fetch)

    def scanning(self) -> AbstractContextManager[Fetch]:
        """What fetches pages for one thread that asks for several parts of the log.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        return self._reader.scan()

    def find(self, query: RecordQuery) -> Iterator[StoredRecord]:
        """The records that a query asks for, in order of index."""
        return self._finder.find(query)

    def scan_stream(
        self,
        stream: UUID,
        *,
        after: int | None = None,
        through: int | None = None,
        reverse: bool = False,
        limit: int | None = None,
    ) -> Iterator[StoredRecord]:
        """The records of a stream with a version after one and through another, by version."""
        return self._reader.stream(
            stream, after=after, through=through, reverse=reverse, limit=limit
        )

    def record_at(self, index: int) -> StoredRecord | None:
        """The record at an index."""
        return next(self._reader.records(RecordQuery(start=index, stop=index + 1)), None)

    def records_at(self, indexes: Sequence[int]) -> list[StoredRecord]:
        """The records at these indexes, in order of index; those that are not there left out."""
        return self._reader.records_among(sorted(set(indexes)), RecordQuery())

    def find_event(self, event_id: UUID) -> StoredRecord | None:
        """The record of an event id."""
        return self._reader.event(event_id)

    def index_of_event(self, event_id: UUID) -> int | None:
        """Where an event id was recorded, kept or pruned."""
        return self._reader.index_of_event(event_id)

    def beginning(self) -> Start:
        """What is known of the records before the first one that is kept.

        Raises:
            VerificationError: what the database says of it cannot be (MODIFIED).
        """
        minimum = self.pruned.read()
        return BEGINNING if minimum is None else start_at(minimum)

    def scan_disclosures(
        self, start: int = 0, stop: int | None = None
    ) -> Iterator[StoredDisclosure]:
        """The disclosures of the records from `start` below `stop`, in order of index."""
        return self._reader.disclosures(start, stop)

    def raw_disclosure_pages(
        self, start: int = 0, stop: int | None = None, fetch: Fetch | None = None
    ) -> Iterator[Sequence[RawDisclosure]]:
        """The same rows as plain tuples with ids as raw bytes, page by page."""
        return self._reader.raw_disclosure_pages(start, stop, fetch)

    def disclosures_of(self, indexes: Sequence[int]) -> dict[int, list[StoredDisclosure]]:
        """The disclosures of these records, by index; a record without any is left out."""
        found: dict[int, list[StoredDisclosure]] = {}
        for disclosure in self._reader.disclosures_of(indexes):
            found.setdefault(disclosure.index, []).append(disclosure)
        return found

    def leaf_hashes(self, start: int, stop: int) -> list[Hash32]:
        """The stored leaf hashes from `start` below `stop`, in order of index."""
        return self._reader.leaf_hashes(start, stop)
