"""The rows of subjects and of the blind index: who is found under which digest, wrapped keys.

Invariants: an index entry points to a subject that is not erased, or is removed before it is used;
of two processes that insert the same entry one wins, and only the winner's subject is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, bindparam, delete, select, text

from ledger.store.engine import reading, writing
from ledger.store.schema import IDENTITY, SUBJECT, StoredUuid
from ledger.units import NewId
from ledger.vault.generations import share_generation
from ledger.vault.keys import WrappedKey
from ledger.vault.portions import portions

_INSERT_IDENTITY: Final = text(
    "INSERT INTO zegel_identity (log, blind, subject_id) VALUES (:log, :blind, :subject_id)"
    " ON CONFLICT DO NOTHING"
).bindparams(bindparam("subject_id", type_=StoredUuid))
_INSERT_SUBJECT: Final = text(
    "INSERT INTO zegel_subject (log, subject_id, namespace, epoch, wrapped_key)"
    " VALUES (:log, :subject_id, :namespace, :epoch, :wrapped_key)"
).bindparams(bindparam("subject_id", type_=StoredUuid))


Wrapped = Callable[[UUID], WrappedKey]
"""Makes a key for a subject id: the epoch, and the key wrapped under it."""


class SubjectRow(NamedTuple):
    """One row of the subject table."""

    subject_id: UUID
    namespace: str
    epoch: int
    wrapped_key: bytes | None
    erased_at_index: int | None = None


class NewSubject(NamedTuple):
    """A subject about to be stored."""

    namespace: str
    preferred_id: UUID | None
    """The id to take if it is free (a case takes its stream id); `None`: any fresh one."""


_COLUMNS: Final = (
    SUBJECT.c.subject_id,
    SUBJECT.c.namespace,
    SUBJECT.c.epoch,
    SUBJECT.c.wrapped_key,
    SUBJECT.c.erased_at_index,
)
_SAME: Final = (SUBJECT.c.log == IDENTITY.c.log) & (SUBJECT.c.subject_id == IDENTITY.c.subject_id)
_MINE: Final = IDENTITY.c.log == bindparam("of_log")
_AMONG: Final = IDENTITY.c.blind.in_(bindparam("some", expanding=True))

# Built once: to build them anew for each group of callers takes longer than to run them.
_LIVE: Final = (
    select(IDENTITY.c.blind, *_COLUMNS)
    .join(SUBJECT, _SAME)
    .where(_MINE, _AMONG, SUBJECT.c.erased_at_index.is_(None))
)
_ENTRIES: Final = select(IDENTITY.c.blind, IDENTITY.c.subject_id).where(_MINE, _AMONG)
_REMOVE_DEAD: Final = delete(IDENTITY).where(
    _MINE,
    _AMONG,
    ~select(SUBJECT.c.subject_id).where(_SAME, SUBJECT.c.erased_at_index.is_(None)).exists(),
)
_ROWS: Final = select(*_COLUMNS).where(
    SUBJECT.c.log == bindparam("of_log"),
    SUBJECT.c.subject_id.in_(bindparam("some", expanding=True)),
)


class SubjectTable:
    """The subjects and index entries of one log."""

    def __init__(self, engine: Engine, log_id: int, new_id: NewId) -> None:
        """Asks nothing of the database yet."""
        self._engine = engine
        self._log_id = log_id
        self._new_id = new_id

    def by_blind(self, blinds: Sequence[bytes]) -> dict[bytes, SubjectRow]:
        """The subject that each entry points to; without an entry, or erased: left out."""
        with reading(self._engine) as connection:
            return self._live(connection, blinds)

    def by_id(self, subject_ids: Sequence[UUID]) -> list[SubjectRow]:
        """The rows of these ids, erased ones too; ids that never were are left out."""
        with reading(self._engine) as connection:
            return self._rows(connection, subject_ids)

    def insert(
        self,
        absent: Mapping[bytes, NewSubject],
        wrapped: Wrapped,
        generation: int,
    ) -> dict[bytes, SubjectRow]:
        """Gives every digest a subject, in one transaction, and returns whoever was first.

        Args:
            absent: What to insert, by digest; in sorted order, so that two processes that insert
                the same ones cannot wait for each other.
            wrapped: Makes epoch and wrapped key for a subject id.
            generation: Of the keys that wrap.

        Raises:
            StaleVault: the vault is at another generation: its keys may wrap in an epoch whose key
                is about to be destroyed.
        """
        blinds = sorted(absent)
        with writing(self._engine) as connection:
            share_generation(connection, self._log_id, generation)
            chosen = self._chosen_ids(connection, absent)
            # Nearly always each is new: then no entry is dead, and none is somebody else's.
            if self._insert_entries(connection, chosen) == len(chosen):
                entries, lost = chosen, frozenset[UUID]()
            else:
                self._remove_dead(connection, blinds)
                self._insert_entries(connection, chosen)
                entries = self._entries(connection, blinds)
                ids = [chosen[blind] for blind in blinds]  # somebody else may have chosen the same
                lost = frozenset(row.subject_id for row in self._rows(connection, ids))
            won = {
                blind: SubjectRow(chosen[blind], absent[blind].namespace, *wrapped(chosen[blind]))
                for blind in blinds
                if entries[blind] == chosen[blind] and chosen[blind] not in lost
            }
            if won:
                connection.execute(
                    _INSERT_SUBJECT,
                    [{"log": self._log_id, **row._asdict()} for row in won.values()],
                )
            return won | self._live(connection, [blind for blind in blinds if blind not in won])

    def _chosen_ids(
        self, connection: Connection, absent: Mapping[bytes, NewSubject]
    ) -> dict[bytes, UUID]:
        preferred = [new.preferred_id for new in absent.values() if new.preferred_id is not None]
        used = {row.subject_id for row in self._rows(connection, preferred)}
        return {
            blind: new.preferred_id
            if new.preferred_id is not None and new.preferred_id not in used
            else self._new_id()
            for blind, new in sorted(absent.items())
        }

    def _insert_entries(self, connection: Connection, chosen: Mapping[bytes, UUID]) -> int:
        """How many of the entries were not there before."""
        rows = [
            {"log": self._log_id, "blind": blind, "subject_id": subject_id}
            for blind, subject_id in chosen.items()
        ]
        return connection.execute(_INSERT_IDENTITY, rows).rowcount

    def _remove_dead(self, connection: Connection, blinds: Sequence[bytes]) -> None:
        """Removes index entries that an interrupted erasure left behind."""
        for some in portions(blinds):
            connection.execute(_REMOVE_DEAD, self._of(some))

    def _entries(self, connection: Connection, blinds: Sequence[bytes]) -> dict[bytes, UUID]:
        found: dict[bytes, UUID] = {}
        for some in portions(blinds):
            found.update(
                (bytes(blind), subject_id)
                for blind, subject_id in connection.execute(_ENTRIES, self._of(some))
            )
        return found

    def _live(self, connection: Connection, blinds: Sequence[bytes]) -> dict[bytes, SubjectRow]:
        found: dict[bytes, SubjectRow] = {}
        for some in portions(blinds):
            for blind, *row in connection.execute(_LIVE, self._of(some)):
                found[bytes(blind)] = SubjectRow(*row)
        return found

    def _rows(self, connection: Connection, subject_ids: Sequence[UUID]) -> list[SubjectRow]:
        found: list[SubjectRow] = []
        for some in portions(subject_ids):
            found += [SubjectRow(*row) for row in connection.execute(_ROWS, self._of(some))]
        return found

    def _of(self, some: Sequence[bytes] | Sequence[UUID]) -> dict[str, object]:
        return {"of_log": self._log_id, "some": list(some)}
