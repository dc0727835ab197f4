"""A key per subject: found by identity or by id, made once, wrapped outside the database.

Invariants: an erased subject is never used again, whoever returns gets a new subject id and a new
key; an unwrapped key lives in memory only.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import VerificationError
from ledger.identifiers import clear_namespace
from ledger.store.group_commit import GroupCommit
from ledger.store.requests import StaleVault
from ledger.units import Entropy
from ledger.vault.blind_index import BlindIndex
from ledger.vault.disclosures import Subject
from ledger.vault.keys import KEY_BYTES, KeyAccess, WrappedKey
from ledger.vault.recent import Recent
from ledger.vault.subject_table import NewSubject, SubjectRow, SubjectTable

_REMEMBERED: Final = 8_000
"""A cipher that is ready for use takes about 2,600 bytes; at most twice as many are kept."""

PreferredId = UUID | None
"""The subject id to take if it is free (a case takes its stream id); `None`: any fresh one."""


class _Erased:
    """Stands in memory for a subject whose key is gone."""


_ERASED: Final = _Erased()


class _Asked(NamedTuple):
    """The digests for which one caller asks subjects, each with the one to store if it is new."""

    subjects: Mapping[bytes, NewSubject]
    generation: int


class _Memory:
    """The subjects that were looked up since the vault last forgot.

    Forgetting puts another one in its place and never empties it: a thread that read a key before
    an erasure may put it here afterwards, where nobody looks any more.
    """

    __slots__ = ("by_id", "by_identity")

    def __init__(self) -> None:
        self.by_identity: Recent[str, Subject] = Recent(_REMEMBERED)
        self.by_id: Recent[UUID, Subject | _Erased] = Recent(_REMEMBERED)


class SubjectKeys:
    """The subjects of one log, with their keys; many threads may ask at a time."""

    def __init__(
        self, table: SubjectTable, keys: KeyAccess, index: BlindIndex, entropy: Entropy
    ) -> None:
        """Asks nothing of the database yet."""
        self._table = table
        self._keys = keys
        self._index = index
        self._entropy = entropy
        self._memory = _Memory()
        self._finding: GroupCommit[_Asked, dict[bytes, SubjectRow]] = GroupCommit(
            self._find_together, lambda request: len(request.subjects)
        )

    def provide(self, wanted: Mapping[str, PreferredId], generation: int) -> dict[str, Subject]:
        """The subject of every normalised identity; keys of new ones are durable on return.

        Args:
            wanted: The identities, each with the subject id to take if it is new.
            generation: Of the vault, under which the keys are read.

        Raises:
            StaleVault: the vault is at another generation by now.
            VerificationError: a stored key does not unwrap.
        """
        memory = self._memory  # before anything is read
        found: dict[str, Subject] = {}
        missing: dict[bytes, str] = {}
        for identity in wanted:
            subject = memory.by_identity.get(identity)
            if subject is None:
                missing[self._index.of_identity(identity)] = identity
            else:
                found[identity] = subject
        if missing:
            for blind, row in self._find_or_insert(missing, wanted, generation).items():
                subject = self._unwrapped(memory, row)
                found[missing[blind]] = subject
                memory.by_identity.put(missing[blind], subject)
        return found

    def find(self, identity: str) -> UUID | None:
        """The id of the subject whom a normalised identity names; `None`: nobody, or erased."""
        blind = self._index.of_identity(identity)
        row = self._table.by_blind([blind]).get(blind)
        return row.subject_id if row else None

    def row(self, subject_id: UUID) -> SubjectRow | None:
        """What is stored of a subject, erased or not; `None`: there never was one of that id."""
        return next(iter(self._table.by_id([subject_id])), None)

    def one(self, subject_id: UUID) -> Subject | None:
        """The subject of that id; `None` when it was erased.

        Raises:
            VerificationError: there never was such a subject, or its key does not unwrap.
        """
        memory = self._memory
        known = memory.by_id.get(subject_id)
        if known is None:
            row = self.row(subject_id)
            if row is None:
                raise VerificationError(
                    "DISCLOSURE_MISMATCH",
                    None,
                    f"expected a subject of the vault, found {subject_id.hex}",
                )
            known = self._remembered(memory, row)
        return None if isinstance(known, _Erased) else known

    def load(self, subject_ids: Iterable[UUID]) -> None:
        """Brings subjects into memory with one query, for `one` to find.

        A key that does not unwrap is left for `one` to refuse, beside the record that needs it.
        """
        memory = self._memory
        missing = [each for each in set(subject_ids) if memory.by_id.get(each) is None]
        for row in self._table.by_id(missing):
            with contextlib.suppress(VerificationError):
                self._remembered(memory, row)

    def unremembered(self, subject_ids: Sequence[UUID]) -> list[Subject]:
        """Those of these subjects that were not erased, for whoever opens much of the log once.

        One whose key does not unwrap is left for `one` to refuse.
        """
        found: list[Subject] = []
        for row in self._table.by_id(subject_ids):
            if row.erased_at_index is None:
                with contextlib.suppress(VerificationError):
                    found.append(self._with_key(row))
        return found

    def forget(self) -> None:
        """Drops every key held in memory, because subjects were erased or keys rotated."""
        self._memory = _Memory()

    def _find_or_insert(
        self, missing: Mapping[bytes, str], wanted: Mapping[str, PreferredId], generation: int
    ) -> dict[bytes, SubjectRow]:
        asked = {
            blind: NewSubject(clear_namespace(identity), wanted[identity])
            for blind, identity in missing.items()
        }
        return self._finding.submit(_Asked(asked, generation))

    def _find_together(self, requests: Sequence[_Asked]) -> list[dict[bytes, SubjectRow]]:
        """The rows of what each caller that waits asked for, in one query and one transaction."""
        asked = {blind: new for request in requests for blind, new in request.subjects.items()}
        rows = self._table.by_blind(sorted(asked))
        absent = {blind: new for blind, new in asked.items() if blind not in rows}
        if absent:
            generation = max(request.generation for request in requests)
            for request in requests:
                if request.generation != generation:  # this one alone is told to read keys anew
                    raise StaleVault(request.generation, generation)
            rows |= self._insert(absent, generation)
        return [
            {blind: rows[blind] for blind in request.subjects if blind in rows}
            for request in requests
        ]

    def _insert(
        self, absent: Mapping[bytes, NewSubject], generation: int
    ) -> dict[bytes, SubjectRow]:
        memory = self._memory
        made: dict[UUID, bytes] = {}

        def new_key(subject_id: UUID) -> WrappedKey:
            made[subject_id] = self._entropy(KEY_BYTES)
            return self._keys.wrap(subject_id, made[subject_id])

        rows = self._table.insert(absent, new_key, generation)
        for row in rows.values():
            key = made.get(row.subject_id)
            if key is not None:
                subject = Subject(row.subject_id, row.namespace, AESGCM(key))
                memory.by_id.put(row.subject_id, subject)
        return rows

    def _remembered(self, memory: _Memory, row: SubjectRow) -> "Subject | _Erased":
        if row.erased_at_index is None:
            return self._unwrapped(memory, row)
        memory.by_id.put(row.subject_id, _ERASED)
        return _ERASED

    def _unwrapped(self, memory: _Memory, row: SubjectRow) -> Subject:
        subject = memory.by_id.get(row.subject_id)
        if not isinstance(subject, Subject):
            subject = self._with_key(row)
            memory.by_id.put(row.subject_id, subject)
        return subject

    def _with_key(self, row: SubjectRow) -> Subject:
        key = self._keys.unwrap(row.subject_id, row.epoch, bytes(row.wrapped_key or b""))
        return Subject(row.subject_id, row.namespace, AESGCM(key))
