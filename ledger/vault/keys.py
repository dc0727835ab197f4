"""The keys that live outside the database, and what may be asked of them.

`KeyAccess` is all that the vault knows of them, so that a key management service can take the place
of a file. Invariants: key material never reaches the database; keys of different purposes are
independent (HKDF with the purpose as its info); the secret behind the look-up keys is not the epoch
key, because epochs are rotated and destroyed while a look-up must find what it found before.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.errors import VerificationError
from ledger.units import Entropy

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_CHECK_TEXT: Final = b"zegel/key-check/v1"


class KeyAccess(Protocol):
    """Wraps subject keys and gives look-up keys; the wrapping keys themselves never leave it."""

    @property
    def origin(self) -> str:
        """The origin of the log that these keys belong to."""

    @property
    def epoch(self) -> int:
        """The number of the epoch under which new subject keys are wrapped."""

    def wrap(self, subject_id: UUID, subject_key: bytes) -> bytes:
        """The subject key, 32 bytes, wrapped under the current epoch and bound to its subject."""

    def unwrap(self, subject_id: UUID, epoch: int, wrapped: bytes) -> bytes:
        """The 32 bytes of a wrapped subject key.

        Raises:
            VerificationError: the key was not wrapped by these keys for that subject and epoch.
        """

    def lookup_key(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose; the same for as long as the log lives."""

    def check(self) -> bytes:
        """32 bytes by which a database knows its own keys; they tell nothing about the keys."""


@dataclass(frozen=True, slots=True, repr=False)
class LocalKeys:
    """Keys held in this process; their repr shows no key material."""

    origin: str
    epoch: int
    epoch_keys: Mapping[int, bytes]
    lookup_secret: bytes
    entropy: Entropy

    @classmethod
    def fresh(cls, origin: str, entropy: Entropy) -> "LocalKeys":
        """New keys for a new log, in epoch 1."""
        return cls(origin, 1, {1: entropy(KEY_BYTES)}, entropy(KEY_BYTES), entropy)

    def wrap(self, subject_id: UUID, subject_key: bytes) -> bytes:
        """A 12-byte random nonce, then AES-256-GCM of the subject key."""
        nonce = self.entropy(NONCE_BYTES)
        binding = self._binding(subject_id, self.epoch)
        return nonce + AESGCM(self.epoch_keys[self.epoch]).encrypt(nonce, subject_key, binding)

    def unwrap(self, subject_id: UUID, epoch: int, wrapped: bytes) -> bytes:
        """The 32 bytes of a wrapped subject key.

        Raises:
            VerificationError: the key was not wrapped by these keys for that subject and epoch.
        """
        epoch_key = self.epoch_keys.get(epoch)
        if epoch_key is None:
            known = ", ".join(str(number) for number in sorted(self.epoch_keys))
            raise VerificationError(
                "DISCLOSURE_MISMATCH",
                None,
                f"key of subject {subject_id.hex}: expected an epoch of {known}, found {epoch}",
            )
        try:
            return AESGCM(epoch_key).decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], self._binding(subject_id, epoch)
            )
        except (InvalidTag, ValueError) as error:
            raise VerificationError(
                "DISCLOSURE_MISMATCH",
                None,
                f"key of subject {subject_id.hex}: expected one wrapped in epoch {epoch}, found "
                f"{len(wrapped)} bytes that do not unwrap",
            ) from error

    def lookup_key(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose, by HKDF-SHA256 from the look-up secret."""
        return _derived(self.lookup_secret, purpose)

    def check(self) -> bytes:
        """HMAC of a fixed text under a key made of the look-up secret and the epoch key."""
        key = _derived(self.lookup_secret + self.epoch_keys[self.epoch], "key-check")
        text = b"\x00".join((_CHECK_TEXT, self.origin.encode(), str(self.epoch).encode()))
        return hmac.digest(key, text, "sha256")

    def _binding(self, subject_id: UUID, epoch: int) -> bytes:
        return self.origin.encode() + b"\x00" + subject_id.bytes + epoch.to_bytes(8, "big")


def _derived(secret: bytes, purpose: str) -> bytes:
    info = f"zegel/{purpose}/v1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)
