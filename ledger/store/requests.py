"""What a caller asks of an append, made ready before the lock is taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from ledger.draft import Conflict, Draft, Receipt
from ledger.errors import ZegelError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_encode: Final = msgspec.json.Encoder().encode
_UUID_TEXT: Final = 36
_FIRST_TEXT: Final = len('["')
_TEXT_STEP: Final = _UUID_TEXT + len('","')

ERASED_DIGEST: Final = b""
"""Stands for the digest of an event part of which was erased: its id stays known, for good."""

DatabaseUuid = bytes | UUID
"""A UUID as the driver wants it: 16 bytes for SQLite, the object itself for PostgreSQL."""

Also = Callable[[Connection, Sequence[Receipt | Conflict]], None]
"""More statements for the transaction of an append; their error undoes the append."""

SkewDraft = Callable[[timedelta], Draft]
"""Makes the record of a clock that went back, from how far it did (negative)."""


class StaleVault(ZegelError):
    """The keys of the vault changed since the drafts were encrypted; encrypt again and retry."""

    def __init__(self, expected_generation: int, found_generation: int) -> None:
        """Names the generation that the drafts were made under and the one found."""
        super().__init__(
            f"vault: expected generation {expected_generation}, found {found_generation}"
        )
        self.expected_generation = expected_generation
        self.found_generation = found_generation


class Prepared(Struct, frozen=True, gc=False):
    """One draft with what its rows need, in the driver's types."""

    draft: Draft
    stream_text: str
    stream: DatabaseUuid
    event_id: DatabaseUuid | None
    occurred_at_us: int | None
    disclosures: tuple[tuple[DatabaseUuid, str, bytes], ...]
    """Subject id, fields and ciphertext of each."""


@dataclass(slots=True)
class AppendRequest:
    """One call of `append`: stored whole or not at all."""

    drafts: Sequence[Draft]
    vault_generation: int | None = None
    also: Also | None = None
    versions: Sequence[int] | None = None
    """Stream versions that the caller chose itself (one per draft); otherwise the next ones."""
    prepared: list[Prepared] = field(default_factory=list)


def drafts_in(request: AppendRequest) -> int:
    """How many rows a request asks for."""
    return len(request.drafts)


def prepare(request: AppendRequest, database_uuid: Callable[[UUID], DatabaseUuid]) -> None:
    """Does for every draft what needs no lock: texts, driver values, microseconds."""
    texts = _texts([draft.stream for draft in request.drafts])
    request.prepared = [
        Prepared(
            draft,
            text,
            database_uuid(draft.stream),
            None if draft.event_id is None else database_uuid(draft.event_id),
            None if draft.occurred_at is None else (draft.occurred_at - _EPOCH) // _MICROSECOND,
            tuple(
                [
                    (database_uuid(each.subject_id), each.fields, each.ciphertext)
                    for each in draft.disclosures
                ]
            ),
        )
        for draft, text in zip(request.drafts, texts, strict=True)
    ]


def _texts(uuids: Sequence[UUID]) -> list[str]:
    """Each UUID as `str` spells it: a JSON list of them is written at a tenth of the cost."""
    listed = _encode(uuids).decode("ascii")
    return [
        listed[at : at + _UUID_TEXT]
        for at in range(_FIRST_TEXT, _FIRST_TEXT + len(uuids) * _TEXT_STEP, _TEXT_STEP)
    ]


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z of an aware instant."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(us: int) -> datetime:
    """The aware UTC instant of a count of microseconds."""
    return _EPOCH + us * _MICROSECOND
