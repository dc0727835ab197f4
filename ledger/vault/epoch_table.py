"""The rows of epochs, and of the subject keys that are wrapped in them.

Invariants: an epoch has a row from the moment at which the database knows that it wraps; a wrapped
key is replaced only where it still is what was read, so that an erasure meanwhile stays one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, text, update

from ledger.horizon import EpochLife
from ledger.store.requests import instant_of, microseconds
from ledger.store.schema import EPOCH, SUBJECT, StoredUuid
from ledger.vault.keys import WrappedKey

_ADD: Final = text(
    "INSERT INTO zegel_epoch (log, epoch, made_at_us) VALUES (:log, :epoch, :made_at_us)"
    " ON CONFLICT DO NOTHING"
)
_REWRAP: Final = text(
    "UPDATE zegel_subject SET epoch = :epoch, wrapped_key = :wrapped_key"
    " WHERE log = :log AND subject_id = :subject_id AND epoch = :old_epoch"
    " AND erased_at_index IS NULL AND wrapped_key IS NOT NULL"
).bindparams(bindparam("subject_id", type_=StoredUuid))


class WrappedRow(tuple[UUID, int, bytes]):
    """A live subject: its id, the epoch of its key, and the key wrapped in it."""

    __slots__ = ()


def epoch_lives(connection: Connection, log_id: int) -> list[EpochLife]:
    """The epochs that have a row, in order."""
    query = select(EPOCH).where(EPOCH.c.log == log_id).order_by(EPOCH.c.epoch)
    return [
        EpochLife(
            row.epoch,
            instant_of(row.made_at_us),
            _instant(row.retired_at_us),
            _instant(row.destroy_after_us),
            _instant(row.destroyed_at_us),
        )
        for row in connection.execute(query)
    ]


def add_epochs(connection: Connection, log_id: int, made_at: Mapping[int, datetime]) -> None:
    """Gives a row to each epoch that has none, with the time at which it was made."""
    connection.execute(
        _ADD,
        [
            {"log": log_id, "epoch": epoch, "made_at_us": microseconds(at)}
            for epoch, at in made_at.items()
        ],
    )


def retire_epochs(
    connection: Connection,
    log_id: int,
    below: int,
    retired_at: datetime,
    destroy_after: datetime | None,
) -> list[int]:
    """The epochs below a number that wrapped until now; they are marked as retired."""
    open_ones = (EPOCH.c.log == log_id) & (EPOCH.c.epoch < below) & EPOCH.c.retired_at_us.is_(None)
    query = select(EPOCH.c.epoch).where(open_ones).order_by(EPOCH.c.epoch)
    found = list(connection.execute(query).scalars())
    after = None if destroy_after is None else microseconds(destroy_after)
    connection.execute(
        update(EPOCH)
        .where(open_ones)
        .values(retired_at_us=microseconds(retired_at), destroy_after_us=after)
    )
    return found


def plan_destruction(connection: Connection, log_id: int, after: Mapping[int, datetime]) -> None:
    """Notes from when on the keys of retired epochs may be destroyed."""
    for epoch, instant in after.items():
        connection.execute(
            update(EPOCH)
            .where(EPOCH.c.log == log_id, EPOCH.c.epoch == epoch)
            .values(destroy_after_us=microseconds(instant))
        )


def mark_destroyed(
    connection: Connection, log_id: int, epochs: Iterable[int], destroyed_at: datetime
) -> int:
    """How many of these epochs are noted as destroyed by this, and were not before."""
    return connection.execute(
        update(EPOCH)
        .where(EPOCH.c.log == log_id, EPOCH.c.epoch.in_(list(epochs)))
        .where(EPOCH.c.destroyed_at_us.is_(None))
        .values(destroyed_at_us=microseconds(destroyed_at))
    ).rowcount


def live_keys(connection: Connection, log_id: int) -> dict[int, int]:
    """How many keys of subjects who are not erased are wrapped in each epoch."""
    query = (
        select(SUBJECT.c.epoch, func.count())
        .where(SUBJECT.c.log == log_id, SUBJECT.c.wrapped_key.is_not(None))
        .where(SUBJECT.c.erased_at_index.is_(None))
        .group_by(SUBJECT.c.epoch)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def wrapped_before(
    connection: Connection, log_id: int, epoch: int, after: UUID | None, limit: int
) -> Sequence[WrappedRow]:
    """Live subjects whose key is wrapped in an epoch before this one, in order of their ids.

    Args:
        connection: In any transaction.
        log_id: The log.
        epoch: The one that wraps now.
        after: Only subjects beyond this id.
        limit: At most so many.
    """
    query = (
        select(SUBJECT.c.subject_id, SUBJECT.c.epoch, SUBJECT.c.wrapped_key)
        .where(SUBJECT.c.log == log_id, SUBJECT.c.epoch < epoch)
        .where(SUBJECT.c.wrapped_key.is_not(None), SUBJECT.c.erased_at_index.is_(None))
        .order_by(SUBJECT.c.subject_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(SUBJECT.c.subject_id > after)
    return [WrappedRow((row[0], row[1], bytes(row[2]))) for row in connection.execute(query)]


def rewrap(
    connection: Connection, log_id: int, changed: Sequence[tuple[WrappedRow, WrappedKey]]
) -> int:
    """How many keys were replaced; one that was erased or replaced meanwhile is left alone."""
    replaced = 0
    for (subject_id, old_epoch, _), new in changed:
        replaced += connection.execute(
            _REWRAP,
            {
                "log": log_id,
                "subject_id": subject_id,
                "old_epoch": old_epoch,
                "epoch": new.epoch,
                "wrapped_key": new.wrapped,
            },
        ).rowcount
    return replaced


def _instant(us: int | None) -> datetime | None:
    return None if us is None else instant_of(us)
