"""The map from a source's own id of a case (grant, ticket, contract) to its stream.

Invariants: one id maps to one stream, also when two processes meet it at once; the stream id is
random, so that sealed bytes tell nothing about the source's id.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Engine, bindparam, select, text

from ledger.store.engine import reading, writing
from ledger.store.group_commit import GroupCommit
from ledger.store.schema import CASE, StoredUuid
from ledger.units import NewId
from ledger.vault.blind_index import BlindIndex
from ledger.vault.portions import portions
from ledger.vault.recent import Recent

CaseKey = tuple[str, str]
"""Namespace and the source's own id."""

_REMEMBERED: Final = 50_000
_INSERT: Final = text(
    "INSERT INTO zegel_case (log, blind, stream) VALUES (:log, :blind, :stream)"
    " ON CONFLICT DO NOTHING"
).bindparams(bindparam("stream", type_=StoredUuid))


class CaseMap:
    """The streams of the cases of one log."""

    def __init__(self, engine: Engine, log_id: int, index: BlindIndex, new_id: NewId) -> None:
        """Asks nothing of the database yet."""
        self._engine = engine
        self._log_id = log_id
        self._index = index
        self._new_id = new_id
        self._recent: Recent[CaseKey, UUID] = Recent(_REMEMBERED)
        self._finding: GroupCommit[Sequence[bytes], dict[bytes, UUID]] = GroupCommit(
            self._find_together, len
        )

    def find(self, key: CaseKey) -> UUID | None:
        """The stream of a case, or `None` when no event named it yet."""
        blind = self._index.of_case(*key)
        return self._read([blind]).get(blind)

    def provide(self, keys: Iterable[CaseKey]) -> dict[CaseKey, UUID]:
        """The stream of every case; one that is new gets a fresh stream id, durable on return."""
        recent = self._recent  # before anything is read: see `forget`
        found: dict[CaseKey, UUID] = {}
        missing: dict[bytes, CaseKey] = {}
        for key in keys:
            stream = recent.get(key)
            if stream is None:
                missing[self._index.of_case(*key)] = key
            else:
                found[key] = stream
        if missing:
            for blind, stream in self._find_or_insert(sorted(missing)).items():
                found[missing[blind]] = stream
                recent.put(missing[blind], stream)
        return found

    def forget(self) -> None:
        """Drops what is remembered of the table, because rows of it were erased."""
        # Another one in its place: a thread that read an erased row may put it into the old one.
        self._recent = Recent(_REMEMBERED)

    def _find_or_insert(self, blinds: Sequence[bytes]) -> dict[bytes, UUID]:
        return self._finding.submit(blinds)

    def _find_together(self, requests: Sequence[Sequence[bytes]]) -> list[dict[bytes, UUID]]:
        """The streams of what each caller that waits asked for, in one query and transaction."""
        # Sorted, so that two processes that insert the same cases cannot wait for each other.
        blinds = sorted({blind for request in requests for blind in request})
        streams = self._read(blinds)
        fresh = [blind for blind in blinds if blind not in streams]
        if fresh:
            with writing(self._engine) as connection:
                connection.execute(
                    _INSERT,
                    [
                        {"log": self._log_id, "blind": blind, "stream": self._new_id()}
                        for blind in fresh
                    ],
                )
            streams |= self._read(fresh)  # whoever was first decided
        return [
            {blind: streams[blind] for blind in request if blind in streams} for request in requests
        ]

    def _read(self, blinds: Sequence[bytes]) -> dict[bytes, UUID]:
        found: dict[bytes, UUID] = {}
        with reading(self._engine) as connection:
            for some in portions(blinds):
                query = select(CASE.c.blind, CASE.c.stream).where(
                    CASE.c.log == self._log_id, CASE.c.blind.in_(some)
                )
                found.update((bytes(blind), stream) for blind, stream in connection.execute(query))
        return found
