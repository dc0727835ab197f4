"""The statements by which an erasure destroys: disclosures, keys, index entries, digests.

Everything runs on a connection of the caller, inside one transaction that holds the lock of the
head, so that no record is appended meanwhile. Each statement may be repeated: what is gone already
is passed over.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Connection,
    LargeBinary,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)

from ledger.store.engine import is_postgresql
from ledger.store.requests import ERASED_DIGEST
from ledger.store.rows import pages
from ledger.store.schema import (
    BLOCK_RECORDS,
    DISCLOSURE,
    ERASED,
    ERASURE,
    HEAD,
    IDENTITY,
    RECORD,
    SAMENESS,
    SNAPSHOT,
    SUBJECT,
    StoredUuid,
)
from ledger.store.tombstones import PendingErasure
from ledger.stored import StoredDisclosure
from ledger.units import Index

PAGE_ROWS: Final = 500
FEW_SUBJECTS: Final = 50
SUBJECTS_AT_ONCE: Final = 10_000

DigestsOf = Callable[[StoredDisclosure, UUID | None], bytes]
"""The digests, 32 bytes each, of the fields of a disclosure; empty if it does not open."""


class _Doomed(NamedTuple):
    """A disclosure about to be destroyed, and the event it belongs to."""

    disclosure: StoredDisclosure
    event_id: UUID | None


class Destruction:
    """What one erasure destroys in one transaction."""

    def __init__(self, connection: Connection, log_id: int, requested_index: int) -> None:
        """Locks the head until the transaction ends."""
        self._connection = connection
        self._log_id = log_id
        self._requested_index = requested_index
        head = select(HEAD.c.size).where(HEAD.c.log == log_id).with_for_update()
        self._size = int(connection.execute(head).scalar_one())

    def erase_subject(self, subject_id: UUID, digests_of: DigestsOf) -> None:
        """Destroys every disclosure of a subject, then its key and its entries in the index."""
        for page in self._of_subject(subject_id):
            self._destroy(page, digests_of)
        self.forget_subject(subject_id)

    def erase_places(self, places: Sequence[tuple[int, UUID]], digests_of: DigestsOf) -> None:
        """Destroys single disclosures; a subject left without any loses key and index entries.

        Args:
            places: Index and subject of each.
            digests_of: Opens them once more.
        """
        for some in pages(places, PAGE_ROWS):
            self._destroy(self._at(some), digests_of)
        named = {subject_id for _, subject_id in places}
        for subject_id in named - self._still_there(named):
            self.forget_subject(subject_id)

    def forget_subject(self, subject_id: UUID) -> None:
        """Destroys the key of a subject and whatever finds it."""
        self._connection.execute(
            update(SUBJECT)
            .where(
                SUBJECT.c.log == self._log_id,
                SUBJECT.c.subject_id == subject_id,
                SUBJECT.c.erased_at_index.is_(None),
            )
            .values(wrapped_key=None, erased_at_index=self._requested_index)
        )
        self._connection.execute(
            delete(IDENTITY).where(
                IDENTITY.c.log == self._log_id, IDENTITY.c.subject_id == subject_id
            )
        )

    def drop_snapshots(self) -> None:
        """Deletes all snapshots of the log: they can be made again, and may hold anything."""
        self._connection.execute(delete(SNAPSHOT).where(SNAPSHOT.c.log == self._log_id))

    def _still_there(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Those of the subjects that have disclosures left."""
        if len(subject_ids) <= FEW_SUBJECTS:
            return {each for each in subject_ids if next(self._of_subject(each), None)}
        # Looking for many of them block by block costs more than reading the index once.
        found: set[UUID] = set()
        for some in pages(sorted(subject_ids), SUBJECTS_AT_ONCE):
            query = (
                select(DISCLOSURE.c.subject_id)
                .distinct()
                .where(DISCLOSURE.c.log == self._log_id, DISCLOSURE.c.subject_id.in_(some))
                .with_hint(DISCLOSURE, _BY_SUBJECT, "sqlite")
            )
            found.update(self._connection.scalars(query))
        return found

    def _of_subject(self, subject_id: UUID) -> Iterator[list[_Doomed]]:
        """What is left of a subject's disclosures, block by block of the index by subject."""
        forced = "" if is_postgresql(self._connection.engine) else _FORCED
        query = _OF_SUBJECT.format(forced=forced)
        statement = text(query).bindparams(bindparam("subject_id", type_=StoredUuid))
        typed = statement.columns(
            idx=BigInteger, fields=Text, ciphertext=LargeBinary, event_id=StoredUuid
        )
        for block in range(-(-self._size // BLOCK_RECORDS)):
            last = -1
            while True:
                keys = {"log": self._log_id, "subject_id": subject_id, "block": block, "last": last}
                page = [
                    _Doomed(
                        StoredDisclosure(Index(row.idx), subject_id, row.fields, row.ciphertext),
                        row.event_id,
                    )
                    for row in self._connection.execute(typed, keys)
                ]
                if page:
                    yield page
                if len(page) < PAGE_ROWS:
                    break
                last = page[-1].disclosure.index

    def _at(self, places: Sequence[tuple[int, UUID]]) -> list[_Doomed]:
        query = (
            select(
                DISCLOSURE.c.idx,
                DISCLOSURE.c.subject_id,
                DISCLOSURE.c.fields,
                DISCLOSURE.c.ciphertext,
                RECORD.c.event_id,
            )
            .outerjoin(
                RECORD, (RECORD.c.log == DISCLOSURE.c.log) & (RECORD.c.idx == DISCLOSURE.c.idx)
            )
            .where(
                DISCLOSURE.c.log == self._log_id,
                tuple_(DISCLOSURE.c.idx, DISCLOSURE.c.subject_id).in_(places),
            )
            .order_by(DISCLOSURE.c.idx, DISCLOSURE.c.subject_id)
        )
        return [
            _Doomed(StoredDisclosure._make(row[:4]), row[4])
            for row in self._connection.execute(query)
        ]

    def _destroy(self, doomed: Sequence[_Doomed], digests_of: DigestsOf) -> None:
        if not doomed:
            return
        self._connection.execute(insert(ERASED), self._tombstones(doomed, digests_of))
        self._connection.execute(
            delete(DISCLOSURE).where(
                DISCLOSURE.c.log == self._log_id,
                DISCLOSURE.c.idx == bindparam("doomed_index"),
                DISCLOSURE.c.subject_id == bindparam("doomed_subject"),
            ),
            [{"doomed_index": each.index, "doomed_subject": each.subject_id} for each, _ in doomed],
        )
        # The digest was made of the whole event, erased values included.
        event_ids = [event_id for _, event_id in doomed if event_id is not None]
        self._connection.execute(
            update(SAMENESS)
            .where(SAMENESS.c.log == self._log_id, SAMENESS.c.event_id.in_(event_ids))
            .values(digest=ERASED_DIGEST)
        )

    def _tombstones(
        self, doomed: Sequence[_Doomed], digests_of: DigestsOf
    ) -> list[dict[str, object]]:
        parts = self._next_parts([each.index for each, _ in doomed])
        rows: list[dict[str, object]] = []
        for disclosure, event_id in doomed:
            part = parts.get(disclosure.index, 0)
            parts[disclosure.index] = part + 1
            rows.append(
                {
                    "log": self._log_id,
                    "idx": disclosure.index,
                    "part": part,
                    "fields": disclosure.fields,
                    "digests": digests_of(disclosure, event_id),
                    "requested_index": self._requested_index,
                }
            )
        return rows

    def _next_parts(self, indexes: Sequence[int]) -> dict[int, int]:
        query = (
            select(ERASED.c.idx, func.max(ERASED.c.part) + 1)
            .where(ERASED.c.log == self._log_id, ERASED.c.idx.in_(indexes))
            .group_by(ERASED.c.idx)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}


def begin_erasure(connection: Connection, log_id: int, job: PendingErasure) -> None:
    """Notes an erasure as under way, in the transaction that records its request."""
    connection.execute(insert(ERASURE).values(log=log_id, **job._asdict()))


def end_erasure(connection: Connection, log_id: int, requested_index: int) -> bool:
    """Ends it, in the transaction that confirms it; false if somebody else did before."""
    gone = connection.execute(
        delete(ERASURE).where(ERASURE.c.log == log_id, ERASURE.c.requested_index == requested_index)
    )
    return gone.rowcount == 1


def under_way(connection: Connection, log_id: int, subject_id: UUID) -> int | None:
    """The record that asked for an erasure of a subject, under way or complete."""
    pending = select(ERASURE.c.requested_index).where(
        ERASURE.c.log == log_id, ERASURE.c.subject_id == subject_id
    )
    complete = select(SUBJECT.c.erased_at_index).where(
        SUBJECT.c.log == log_id,
        SUBJECT.c.subject_id == subject_id,
        SUBJECT.c.erased_at_index.is_not(None),
    )
    found = connection.execute(pending.union_all(complete)).scalars().first()
    return None if found is None else int(found)


_SAME_RECORD: Final = and_(RECORD.c.log == DISCLOSURE.c.log, RECORD.c.idx == DISCLOSURE.c.idx)
_BY_SUBJECT: Final = "INDEXED BY zegel_disclosure_subject"
_FORCED: Final = f" {_BY_SUBJECT}"
_OF_SUBJECT: Final = (
    "SELECT d.idx, d.fields, d.ciphertext, r.event_id FROM zegel_disclosure AS d{forced} "  # noqa: S608 - our numbers
    "LEFT JOIN zegel_record AS r ON r.log = d.log AND r.idx = d.idx "
    f"WHERE d.log = :log AND (d.idx / {BLOCK_RECORDS}) = :block "
    f"AND d.subject_id = :subject_id AND d.idx > :last ORDER BY d.idx LIMIT {PAGE_ROWS}"
)
"""SQLite, which knows no statistics, would rather walk all disclosures in the order asked for."""
