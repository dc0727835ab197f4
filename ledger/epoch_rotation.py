"""Replaces the epoch key: subject keys are wrapped anew, old epoch keys are destroyed in time.

Crash order of a rotation: the new key into the store; the generation and then its row into the
database; subject keys, batch by batch; the record and the end of the old epochs in one transaction.
Crash order of a destruction: out of the store; the generation; the record and the time in one
transaction. Each is continued by the next run, wherever it was interrupted.

Invariants: from the second step on, no process stores a key wrapped in an old epoch (see
`ledger.vault.generations`), so a retired epoch wraps nobody who is not erased, and never will
again; only then, and after its time, its key is destroyed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from ledger.draft import Conflict, Receipt
from ledger.errors import StoreUnavailable
from ledger.events.log_keeping import LogKeyRotated
from ledger.horizon import BackupPeriods, EpochLife, Horizon, erasure_horizon
from ledger.ledger import Ledger
from ledger.store.engine import reading, writing
from ledger.store.query import RecordQuery
from ledger.store.requests import instant_of
from ledger.vault.epoch_table import (
    add_epochs,
    epoch_lives,
    live_keys,
    mark_destroyed,
    plan_destruction,
    retire_epochs,
    rewrap,
    wrapped_before,
)
from ledger.vault.generations import lock_generation, next_generation, settled_generation
from ledger.vault.keys import FIRST_EPOCH

BATCH: Final = 500
"""Subject keys that one transaction wraps anew; appends wait for no longer than that."""

Tell = Callable[[int], None]
"""Told how many subject keys were wrapped anew so far."""


@dataclass(frozen=True, slots=True)
class EpochRotation:
    """What a rotation did."""

    from_epoch: int
    to_epoch: int
    continued: bool
    """Whether it finished one that had been interrupted."""
    keys_rewrapped: int
    """By this run; an interrupted one may have done others."""
    index: int
    """Of the record that says so."""
    destroy_after: datetime | None
    """`None`: not known, because nobody said how long backups are kept."""


@dataclass(frozen=True, slots=True)
class EpochDestruction:
    """Which epoch keys were destroyed, and the record that says so."""

    epochs: tuple[int, ...]
    index: int


@dataclass(frozen=True, slots=True)
class EpochState:
    """An epoch, and how many live subject keys it wraps."""

    life: EpochLife
    held: bool
    """Whether its key is in the store."""
    subjects: int


def epochs_of(ledger: Ledger) -> list[EpochLife]:
    """The lives of all epochs of a log; one that has no row yet began with the log, or just now."""
    with reading(ledger.log.engine) as connection:
        found = epoch_lives(connection, ledger.log.log_id)
    known = {life.epoch for life in found}
    missing = [epoch for epoch in ledger.vault.keys.epochs if epoch not in known]
    found += [EpochLife(epoch, _made_at(ledger, epoch)) for epoch in missing]
    return sorted(found, key=lambda life: life.epoch)


def horizon_of(ledger: Ledger, periods: BackupPeriods) -> Horizon:
    """When no backup can bring back any more what is erased now."""
    return erasure_horizon(periods, ledger.clock(), epochs_of(ledger))


def epoch_states(ledger: Ledger) -> list[EpochState]:
    """All epochs of a log, with what they wrap."""
    with reading(ledger.log.engine) as connection:
        live = live_keys(connection, ledger.log.log_id)
    held = ledger.vault.keys.epochs
    return [
        EpochState(life, life.epoch in held, live.get(life.epoch, 0)) for life in epochs_of(ledger)
    ]


def rotate_epoch(
    ledger: Ledger,
    periods: BackupPeriods,
    *,
    reason: str | None = None,
    tell: Tell = lambda _: None,
) -> EpochRotation:
    """The rotation to a new epoch, or the end of one that was interrupted; durable on return.

    Args:
        ledger: The log.
        periods: How long backups are kept: the old key is destroyed that long after this.
        reason: Why, in words; stored encrypted.
        tell: Told of the progress.

    Raises:
        VerificationError: a stored subject key does not unwrap; its epoch stays.
        StoreUnavailable: keys or database cannot be used; run it again.
    """
    continued = _begin(ledger)
    ledger.vault.refresh()
    rewrapped = _rewrap_all(ledger, tell)
    now = ledger.clock()
    days = periods.backup_retention_days
    destroy_after = None if days is None else now + timedelta(days=days)
    to_epoch = ledger.vault.keys.epoch
    retired: list[int] = []

    def end(connection: Connection, _: Sequence[Receipt | Conflict]) -> None:
        retired[:] = retire_epochs(connection, ledger.log.log_id, to_epoch, now, destroy_after)
        if not retired:
            raise StoreUnavailable(f"{ledger.origin}: another process finished this rotation")

    event = LogKeyRotated(
        occurred_at=now,
        key_role="epoch",
        from_epoch=to_epoch - 1,
        to_epoch=to_epoch,
        keys_rewrapped=rewrapped,
        erasure_horizon=destroy_after,
        reason=reason,
    )
    (outcome,) = ledger.record_own_many([event], also=end)
    return EpochRotation(retired[-1], to_epoch, continued, rewrapped, outcome.index, destroy_after)


def destroy_due_epochs(ledger: Ledger, periods: BackupPeriods) -> EpochDestruction | None:
    """Destroys the keys of retired epochs whose time has come; `None`: there are none.

    Args:
        ledger: The log.
        periods: How long backups are kept, for epochs that were retired before anybody said so.

    Raises:
        StoreUnavailable: keys or database cannot be used, or an epoch still wraps somebody.
    """
    log, keys, now = ledger.log, ledger.vault.keys, ledger.clock()
    _plan(ledger, periods)
    due = frozenset(life.epoch for life in epochs_of(ledger) if _is_due(life, now))
    if not due:
        return None
    generation = next_generation(log.engine, log.log_id, keys)
    _require_unused(ledger, due)
    keys.destroy_epochs(due, generation)
    settled_generation(log.engine, log.log_id, keys)
    ledger.vault.refresh()

    def end(connection: Connection, _: Sequence[Receipt | Conflict]) -> None:
        if mark_destroyed(connection, log.log_id, due, now) != len(due):
            raise StoreUnavailable(f"{ledger.origin}: another process destroyed these epochs")

    event = LogKeyRotated(
        occurred_at=now,
        key_role="epoch",
        to_epoch=keys.epoch,
        destroyed_epochs=tuple(sorted(due)),
    )
    (outcome,) = ledger.record_own_many([event], also=end)
    return EpochDestruction(tuple(sorted(due)), outcome.index)


def _begin(ledger: Ledger) -> bool:
    """Makes a new epoch known to store and database; true where one was under way already."""
    log, keys = ledger.log, ledger.vault.keys
    generation = next_generation(log.engine, log.log_id, keys)
    with reading(log.engine) as connection:
        known = epoch_lives(connection, log.log_id)
    missing = keys.epochs.keys() - {life.epoch for life in known}
    under_way = any(life.retired_at is None for life in known if life.epoch < keys.epoch) or bool(
        missing - {FIRST_EPOCH}
    )
    made_at = {epoch: _made_at(ledger, epoch) for epoch in missing}
    if not under_way:
        made_at[keys.begin_epoch(generation)] = ledger.clock()
        settled_generation(log.engine, log.log_id, keys)
    if made_at:
        with writing(log.engine) as connection:
            add_epochs(connection, log.log_id, made_at)
    return under_way


def _made_at(ledger: Ledger, epoch: int) -> datetime:
    """When an epoch without a row began: the first one with the log, another one just now."""
    oldest = RecordQuery(limit=1)  # record 0, unless it was pruned
    first = next(ledger.log.find(oldest), None) if epoch == FIRST_EPOCH else None
    return ledger.clock() if first is None else instant_of(first.recorded_at_us)


def _rewrap_all(ledger: Ledger, tell: Tell) -> int:
    """How many subject keys were wrapped anew, in batches that let others record in between."""
    log, keys = ledger.log, ledger.vault.keys
    done, last = 0, None
    while True:
        with reading(log.engine) as connection:
            rows = wrapped_before(connection, log.log_id, keys.epoch, last, BATCH)
        if not rows:
            return done
        # Outside the transaction: a token may take its time for each key.
        changed = [(row, keys.wrap(row[0], keys.unwrap(*row))) for row in rows]
        with writing(log.engine) as connection:
            lock_generation(connection, log.log_id)
            done += rewrap(connection, log.log_id, changed)
        last = rows[-1][0]
        tell(done)


def _plan(ledger: Ledger, periods: BackupPeriods) -> None:
    """Says when to destroy epochs that were retired while the retention was not known."""
    days = periods.backup_retention_days
    if days is None:
        return
    open_ones = {
        life.epoch: life.retired_at + timedelta(days=days)
        for life in epochs_of(ledger)
        if life.retired_at is not None and life.destroy_after is None
    }
    if open_ones:
        with writing(ledger.log.engine) as connection:
            plan_destruction(connection, ledger.log.log_id, open_ones)


def _is_due(life: EpochLife, now: datetime) -> bool:
    return (
        life.retired_at is not None
        and life.destroyed_at is None
        and life.destroy_after is not None
        and life.destroy_after <= now
    )


def _require_unused(ledger: Ledger, epochs: frozenset[int]) -> None:
    with reading(ledger.log.engine) as connection:
        live = live_keys(connection, ledger.log.log_id)
    used = {epoch: live[epoch] for epoch in sorted(epochs) if epoch in live}
    if used:
        said = ", ".join(f"{count} in epoch {epoch}" for epoch, count in used.items())
        raise StoreUnavailable(
            f"{ledger.origin}: expected no subject key in an epoch to destroy, found {said}; "
            "nothing was destroyed; run: zegel key rotate-epoch"
        )
