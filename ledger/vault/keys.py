"""What the vault asks of the keys that live outside the database.

`KeyAccess` is all that reading and recording need, `KeyStore` adds how the keys change; a file and
a hardware token implement both. Invariants: key material never reaches the database; the secret
behind the look-up keys is not an epoch key, because epochs are rotated and destroyed while a
look-up must find what it found before.

A *generation* counts the changes after which older keys, or an older database, must not be used any
more: erasures, retention runs, rotations and destructions of epochs. It is kept in the store and in
the database. The store moves first, so that after a crash it is ahead by one; an older one is a
backup that would bring destroyed keys back.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from ledger.errors import VerificationError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12

FIRST_GENERATION: Final = 1
"""Of a new log, and of every log made before keys had generations."""

FIRST_EPOCH: Final = 1


class WrappedKey(NamedTuple):
    """A subject key as the database holds it."""

    epoch: int
    wrapped: bytes


class LookUpKeys(Protocol):
    """Gives the keys under which identities and sameness are looked up."""

    def lookup_key(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose; the same for as long as the log lives."""


class KeyAccess(LookUpKeys, Protocol):
    """Wraps subject keys and gives look-up keys; the wrapping keys themselves never leave it."""

    @property
    def origin(self) -> str:
        """The origin of the log that these keys belong to."""

    @property
    def place(self) -> str:
        """Where the keys are, for messages: `key file /…`."""

    @property
    def epoch(self) -> int:
        """The number of the epoch under which new subject keys are wrapped."""

    @property
    def generation(self) -> int:
        """How often the keys, or what they open, changed for good; 1 for a new log."""

    def wrap(self, subject_id: UUID, subject_key: bytes) -> WrappedKey:
        """The subject key, 32 bytes, wrapped under the current epoch and bound to its subject."""

    def unwrap(self, subject_id: UUID, epoch: int, wrapped: bytes) -> bytes:
        """The 32 bytes of a wrapped subject key.

        Raises:
            VerificationError: the key was not wrapped by these keys for that subject and epoch.
        """

    def check(self, generation: int) -> bytes:
        """32 bytes by which a database of that generation knows its own keys.

        They tell nothing about the keys. The generation is that of the store, or the one before.

        Raises:
            VerificationError: the epoch of that generation is not held any more.
        """

    def advance(self, generation: int) -> None:
        """Moves the store to that generation, durable on return; nothing if it is there already.

        Raises:
            StoreUnavailable: the store is at neither that generation nor the one before, or cannot
                be written; nothing was changed.
        """

    def reload(self) -> None:
        """Sees what other processes changed in the store.

        Raises:
            StoreUnavailable: the store cannot be read.
        """


class KeyStore(KeyAccess, Protocol):
    """Keys whose epochs can begin and end."""

    @property
    def epochs(self) -> Mapping[int, int]:
        """The epochs whose keys are held, each with the generation in which it began."""

    def begin_epoch(self, generation: int) -> int:
        """The number of a new epoch, which wraps from now on; its key is durable on return.

        Args:
            generation: To which the store moves with this: one more than it has.

        Raises:
            StoreUnavailable: the store is at another generation, or cannot be written.
        """

    def destroy_epochs(self, epochs: frozenset[int], generation: int) -> None:
        """Destroys the keys of these epochs, for good and durable on return.

        One that is gone already is no fault.

        Args:
            epochs: Their numbers.
            generation: To which the store moves with this: one more than it has.

        Raises:
            StoreUnavailable: the store is at another generation, or cannot be written.
            ValueError: the current epoch is among them.
        """


def wrapping_context(origin: str, subject_id: UUID, epoch: int) -> bytes:
    """What a wrapped key is bound to: its log, its subject and its epoch."""
    return origin.encode() + b"\x00" + subject_id.bytes + epoch.to_bytes(8, "big")


def epoch_at(epochs: Mapping[int, int], generation: int) -> int:
    """The epoch that wrapped in a generation.

    Args:
        epochs: The generation in which each held epoch began.
        generation: The one asked for.

    Raises:
        VerificationError: that epoch is not held any more.
    """
    begun = [number for number, first in epochs.items() if first <= generation]
    if not begun:
        raise VerificationError(
            "DISCLOSURE_MISMATCH",
            None,
            f"keys: expected the epoch of generation {generation}, found its key destroyed",
        )
    return max(begun)


def unknown_epoch(subject_id: UUID, epoch: int, held: Mapping[int, int]) -> VerificationError:
    """The error of a key that was wrapped in an epoch whose key is not here."""
    known = ", ".join(str(number) for number in sorted(held))
    return VerificationError(
        "DISCLOSURE_MISMATCH",
        None,
        f"key of subject {subject_id.hex}: expected an epoch of {known}, found {epoch}",
    )


def not_unwrapped(subject_id: UUID, epoch: int, wrapped: bytes) -> VerificationError:
    """The error of bytes that are no key of that subject, wrapped in that epoch."""
    return VerificationError(
        "DISCLOSURE_MISMATCH",
        None,
        f"key of subject {subject_id.hex}: expected one wrapped in epoch {epoch}, found "
        f"{len(wrapped)} bytes that do not unwrap",
    )
