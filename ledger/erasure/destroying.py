"""Destroys what an erasure is about: the keys' generation first, then one transaction.

Crash order: the key store moves to the next generation, durably; then the database does, together
with everything that is destroyed. A database that comes back from before is older than its keys.
Between the two nothing is lost: the next step takes the generation over.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import UUID

from ledger.errors import StoreUnavailable, VerificationError
from ledger.store.engine import writing
from ledger.store.erasing import Destruction
from ledger.store.requests import StaleVault
from ledger.stored import StoredDisclosure
from ledger.vault.generations import lock_generation, next_generation, raise_generation

if TYPE_CHECKING:
    from ledger.ledger import Ledger

_ATTEMPTS: Final = 10

Destroy = Callable[[Destruction], None]


def destroy(ledger: "Ledger", requested_index: int, work: Destroy) -> None:
    """Does the work in one transaction that moves keys and database one generation up.

    Args:
        ledger: The log.
        requested_index: Of the `log.erasure_requested` record.
        work: What is destroyed; called again if another step was first.

    Raises:
        StoreUnavailable: keys or database cannot be used; nothing was destroyed.
    """
    engine, log_id, keys = ledger.log.engine, ledger.log.log_id, ledger.vault.keys
    for _ in range(_ATTEMPTS):
        generation = next_generation(engine, log_id, keys)
        ledger.vault.refresh()
        try:
            keys.advance(generation)
            with writing(engine) as connection:
                lock_generation(connection, log_id)
                raise_generation(connection, log_id, keys, generation)
                destruction = Destruction(connection, log_id, requested_index)
                work(destruction)
                destruction.drop_snapshots()
        except StaleVault:
            continue
        ledger.vault.refresh()
        return
    raise StoreUnavailable(
        f"{ledger.origin}: keys changed {_ATTEMPTS} times meanwhile; nothing was destroyed"
    )


def digests_in(ledger: "Ledger", disclosure: StoredDisclosure, event_id: UUID | None) -> bytes:
    """The digests of a disclosure that is opened for the last time, 32 bytes each.

    Empty if it does not open: it is destroyed all the same, and verification goes on to say that
    nothing explains what is missing.
    """
    try:
        texts = ledger.vault.texts_of(disclosure, None if event_id is None else event_id.bytes)
    except VerificationError:
        return b""
    return b"".join(sha256(text).digest() for text in texts or ())
