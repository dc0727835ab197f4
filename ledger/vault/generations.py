"""The generation of the vault in the database, beside that of the keys: one step at a time.

Order of a step, such as an erasure: `next_generation`; the key store moves there; one transaction
that calls `lock_generation` first and `raise_generation` before it changes anything. Whoever took
another step meanwhile makes it end with `StaleVault`, and it begins again.

Invariants: the database is never ahead of its keys, and behind them by one step at most; nothing
wrapped by older keys is stored once the database has reached a generation (`share_generation`).
"""

import hmac
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, bindparam, select, text, update

from ledger.errors import StoreUnavailable
from ledger.store.engine import is_postgresql, writing
from ledger.store.requests import StaleVault
from ledger.store.schema import VAULT
from ledger.vault.keys import KeyAccess

_LOCK: Final = 0x7A6567656C
"""The first half of the advisory lock of a log on PostgreSQL; the second one is its number.

A lock on the row would ask for the right to change it, which whoever records does not have.
"""


_STATE: Final = select(VAULT.c.key_check, VAULT.c.generation).where(
    VAULT.c.log == bindparam("of_log")
)


class VaultState(NamedTuple):
    """What the database knows of its keys."""

    key_check: bytes
    generation: int


def vault_state(connection: Connection, log_id: int) -> VaultState | None:
    """What the database knows of the keys of a log; `None` without a vault."""
    row = connection.execute(_STATE, {"of_log": log_id}).one_or_none()
    return VaultState(bytes(row.key_check), row.generation) if row else None


def require_own_keys(database: str, keys: KeyAccess, state: VaultState) -> None:
    """Returns only if the keys are those of the database, and neither is an old backup.

    Args:
        database: Where the vault is, for the message.
        keys: As just read.
        state: Of the vault.

    Raises:
        StoreUnavailable: otherwise.
    """
    ahead = keys.generation - state.generation
    if ahead < 0:
        raise StoreUnavailable(
            f"{keys.place}: expected generation {state.generation} of {database}, found the older "
            f"{keys.generation}: an old backup of the keys, in which keys may live that were "
            "destroyed since; nothing was changed; put the newest keys back"
        )
    if ahead > 1:
        raise StoreUnavailable(
            f"{database}: expected generation {keys.generation}, which {keys.place} has reached, "
            f"found {state.generation}: the database is older than its keys, a restored backup; "
            "erased people may be in it; nothing was changed; use the newest database, or see "
            "docs/how-to/rotate-epoch-keys.md on restoring one"
        )
    if not hmac.compare_digest(state.key_check, keys.check(state.generation)):
        raise StoreUnavailable(
            f"{keys.place}: expected the keys of {database}, found other keys; nothing was changed"
        )


def next_generation(engine: Engine, log_id: int, keys: KeyAccess) -> int:
    """The generation that the next step moves to, once an interrupted one is taken over.

    Raises:
        StoreUnavailable: keys or database cannot be used, or do not belong together.
    """
    return settled_generation(engine, log_id, keys) + 1


def settled_generation(engine: Engine, log_id: int, keys: KeyAccess) -> int:
    """The generation of the keys, which the database has now too, durable on return.

    Raises:
        StoreUnavailable: keys or database cannot be used, or do not belong together.
    """
    database = engine.url.render_as_string(hide_password=True)
    with writing(engine) as connection:
        lock_generation(connection, log_id)
        keys.reload()
        state = vault_state(connection, log_id)
        if state is None:
            raise StoreUnavailable(f"{database}: expected a vault for log {keys.origin}")
        require_own_keys(database, keys, state)
        if keys.generation > state.generation:
            raise_generation(connection, log_id, keys, keys.generation)
    return keys.generation


def raise_generation(connection: Connection, log_id: int, keys: KeyAccess, generation: int) -> None:
    """Moves the database one generation up, to where its keys are already.

    Args:
        connection: In the transaction of the step, after `lock_generation`.
        log_id: The log.
        keys: Which have reached the generation.
        generation: The new one.

    Raises:
        StaleVault: the database is not at the generation before; undo, and begin again.
    """
    moved = connection.execute(
        update(VAULT)
        .where(VAULT.c.log == log_id, VAULT.c.generation == generation - 1)
        .values(generation=generation, key_check=keys.check(generation))
    )
    if moved.rowcount != 1:
        state = vault_state(connection, log_id)
        raise StaleVault(generation - 1, state.generation if state else -1)


def lock_generation(connection: Connection, log_id: int) -> None:
    """Waits until nobody stores wrapped keys, and keeps others from it until the commit.

    It is the first statement of a step, so that two transactions never wait for each other.
    """
    if is_postgresql(connection.engine):
        _lock(connection, "pg_advisory_xact_lock", log_id)


def share_generation(connection: Connection, log_id: int, generation: int) -> None:
    """Returns only if the vault is at that generation, and keeps it there until the commit.

    Raises:
        StaleVault: it is at another one.
    """
    if is_postgresql(connection.engine):
        _lock(connection, "pg_advisory_xact_lock_shared", log_id)
    state = vault_state(connection, log_id)
    if state is None or state.generation != generation:
        raise StaleVault(generation, state.generation if state else -1)


def _lock(connection: Connection, function: str, log_id: int) -> None:
    # One number of 64 bits: the name of the lock above the number of the log.
    connection.execute(text(f"SELECT {function}(:lock)"), {"lock": (_LOCK << 23) + log_id})
