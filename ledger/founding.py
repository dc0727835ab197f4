"""Makes, completes and opens a log with its vault: engine, schema, keys, log, in a safe order.

Crash order of making one: schema, key file, log, vault. Nothing personal can be stored before the
last step, and each earlier one can be repeated: `complete_log` goes on wherever a crash left it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from ledger.errors import BadRequest, StoreUnavailable
from ledger.store.engine import open_engine
from ledger.store.migrating import migrate
from ledger.store.sealed_log import SealedLog
from ledger.units import Clock
from ledger.vault.key_stores import KeyPlace, create_keys, discard_keys, keys_exist, open_keys
from ledger.vault.keys import KeyStore
from ledger.vault.vault import Vault


def create_log(
    *, database: str, key_file: KeyPlace, origin: str, clock: Clock
) -> tuple[SealedLog, Vault]:
    """A new log with new keys, durable on return.

    Raises:
        StoreUnavailable: the key file exists, or key file or database cannot be written.
        BadRequest: the database has a log of that name, or the origin is no name.
    """
    if keys_exist(key_file, origin):
        raise StoreUnavailable(
            f"{_named(key_file)}: expected none, found one; keys are never overwritten"
        )
    with _open_engine(database, create=True) as engine:
        migrate(engine)
        keys = create_keys(key_file, origin, os.urandom)
        try:
            log = SealedLog.create(engine, origin, clock=clock)
        except BadRequest:
            discard_keys(key_file, origin)  # made just above, and no database knows them
            raise
        vault = _vault(engine, log, keys)
        vault.create(clock())
        return log, vault


def complete_log(
    *, database: str, key_file: KeyPlace, origin: str | None, clock: Clock
) -> tuple[SealedLog, Vault]:
    """The log of an existing key file; what an interrupted `create_log` left undone is done.

    Raises:
        StoreUnavailable: key file or database cannot be used, or do not belong together.
    """
    keys = open_keys(key_file, origin, os.urandom)
    with _open_engine(database, create=True) as engine:
        migrate(engine)
        try:
            log = SealedLog.create(engine, keys.origin, clock=clock)
        except BadRequest:
            log = SealedLog.open(engine, keys.origin, clock=clock)
        vault = _vault(engine, log, keys)
        if log.head().size == 0 and not vault.exists():
            vault.create(clock())
        vault.open()
        return log, vault


def open_log(
    *, database: str, key_file: KeyPlace, origin: str | None, clock: Clock
) -> tuple[SealedLog, Vault]:
    """An existing log with the vault that its key file opens.

    Raises:
        StoreUnavailable: key file or database cannot be used, or do not belong together; nothing
            was changed.
    """
    with _open_engine(database, create=False) as engine:
        keys = open_keys(key_file, origin, os.urandom)
        log = _log_of(engine, keys, origin, clock)
        vault = _vault(engine, log, keys)
        vault.open()
        return log, vault


def _log_of(engine: Engine, keys: KeyStore, origin: str | None, clock: Clock) -> SealedLog:
    place = engine.url.render_as_string(hide_password=True)
    if origin is not None and origin != keys.origin:
        raise StoreUnavailable(
            f"{keys.place}: expected the keys of log {origin} in {place}, "
            f"found those of log {keys.origin}; nothing was changed"
        )
    try:
        return SealedLog.open(engine, keys.origin, clock=clock)
    except BadRequest as error:
        raise StoreUnavailable(
            f"{keys.place}: expected the keys of a log in {place}, "
            f"found those of log {keys.origin}; nothing was changed"
        ) from error


@contextmanager
def _open_engine(database: str, *, create: bool) -> Iterator[Engine]:
    """An engine that stays open when the block succeeds, and leaves no connection when it fails."""
    engine = open_engine(database, create=create)
    try:
        yield engine
    except BaseException:
        engine.dispose()
        raise


def _vault(engine: Engine, log: SealedLog, keys: KeyStore) -> Vault:
    return Vault(engine, log.log_id, keys, entropy=os.urandom)


def _named(place: KeyPlace) -> str:
    return f"key file {place}" if isinstance(place, Path) else f"token {place.text}"
