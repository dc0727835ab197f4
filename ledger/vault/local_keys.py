"""Keys held in the memory of this process.

Invariants: a value, never changed in place; keys of different purposes are independent (HKDF with
the purpose as its info); the repr shows no key material.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.units import Entropy
from ledger.vault.keys import (
    FIRST_EPOCH,
    FIRST_GENERATION,
    KEY_BYTES,
    NONCE_BYTES,
    WrappedKey,
    epoch_at,
    not_unwrapped,
    unknown_epoch,
    wrapping_context,
)

_CHECK_TEXT: Final = b"zegel/key-check/v1"


@dataclass(frozen=True, slots=True, repr=False)
class EpochKey:
    """The key of one epoch, 32 bytes, and the generation in which it began to wrap."""

    key: bytes
    first_generation: int


@dataclass(frozen=True, slots=True, repr=False)
class LocalKeys:
    """The keys of one log in one generation."""

    origin: str
    generation: int
    epoch_keys: Mapping[int, EpochKey]
    """By number; the highest wraps."""
    lookup_secret: bytes
    entropy: Entropy

    @classmethod
    def fresh(cls, origin: str, entropy: Entropy) -> Self:
        """New keys for a new log, in its first epoch and generation."""
        first = EpochKey(entropy(KEY_BYTES), FIRST_GENERATION)
        return cls(origin, FIRST_GENERATION, {FIRST_EPOCH: first}, entropy(KEY_BYTES), entropy)

    @property
    def epoch(self) -> int:
        """The number of the epoch that wraps."""
        return max(self.epoch_keys)

    @property
    def epochs(self) -> Mapping[int, int]:
        """The generation in which each held epoch began."""
        return {number: each.first_generation for number, each in self.epoch_keys.items()}

    def wrap(self, subject_id: UUID, subject_key: bytes) -> WrappedKey:
        """A 12-byte random nonce, then AES-256-GCM of the subject key."""
        epoch, nonce = self.epoch, self.entropy(NONCE_BYTES)
        binding = wrapping_context(self.origin, subject_id, epoch)
        sealed = AESGCM(self.epoch_keys[epoch].key).encrypt(nonce, subject_key, binding)
        return WrappedKey(epoch, nonce + sealed)

    def unwrap(self, subject_id: UUID, epoch: int, wrapped: bytes) -> bytes:
        """The 32 bytes of a wrapped subject key.

        Raises:
            VerificationError: the key was not wrapped by these keys for that subject and epoch.
        """
        held = self.epoch_keys.get(epoch)
        if held is None:
            raise unknown_epoch(subject_id, epoch, self.epochs)
        binding = wrapping_context(self.origin, subject_id, epoch)
        try:
            return AESGCM(held.key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], binding)
        except (InvalidTag, ValueError) as error:
            raise not_unwrapped(subject_id, epoch, wrapped) from error

    def lookup_key(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose, by HKDF-SHA256 from the look-up secret."""
        return _derived(self.lookup_secret, purpose)

    def check(self, generation: int) -> bytes:
        """HMAC of a fixed text under a key made of the look-up secret and an epoch key.

        Args:
            generation: Whose epoch key it is. The first one has the check that logs had before keys
                had generations.

        Raises:
            VerificationError: the epoch of that generation is not held any more.
        """
        epoch = epoch_at(self.epochs, generation)
        key = _derived(self.lookup_secret + self.epoch_keys[epoch].key, "key-check")
        parts = [_CHECK_TEXT, self.origin.encode(), str(epoch).encode()]
        if generation > FIRST_GENERATION:
            parts.append(str(generation).encode())
        return hmac.digest(key, b"\x00".join(parts), "sha256")

    def advanced(self, generation: int) -> Self:
        """The same keys in another generation."""
        return replace(self, generation=generation)

    def with_new_epoch(self, generation: int) -> Self:
        """These keys and a fresh one, whose epoch wraps from that generation on."""
        added = {self.epoch + 1: EpochKey(self.entropy(KEY_BYTES), generation)}
        return replace(self, generation=generation, epoch_keys={**self.epoch_keys, **added})

    def without_epochs(self, epochs: frozenset[int], generation: int) -> Self:
        """These keys without those of some epochs.

        Raises:
            ValueError: the current epoch is among them.
        """
        if self.epoch in epochs:
            raise ValueError(f"epoch {self.epoch} is in use")
        kept = {number: each for number, each in self.epoch_keys.items() if number not in epochs}
        return replace(self, generation=generation, epoch_keys=kept)


def _derived(secret: bytes, purpose: str) -> bytes:
    info = f"zegel/{purpose}/v1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)
