"""Makes signature lines: a log signs a text, a witness cosigns a checkpoint at a time.

Source: C2SP signed-note v1.0.0 and tlog-cosignature v1.0.1.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import BadRequest
from ledger.notes.note_keys import (
    TIMESTAMP_BYTES,
    KeyType,
    VerifierKey,
    cosigned_message,
)
from ledger.notes.signed_note import NoteSignature
from ledger.notes.spelling import MAX_NUMBER


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """Signs texts with Ed25519 under a key name, which for a log is its origin."""

    name: str
    private_key: Ed25519PrivateKey

    @property
    def key(self) -> VerifierKey:
        """The public half."""
        return _public(self.name, KeyType.ED25519, self.private_key)

    def sign(self, text: str) -> NoteSignature:
        """The signature line over a text that ends in a newline."""
        return NoteSignature(self.name, self.key.key_id, self.private_key.sign(text.encode()))


@dataclass(frozen=True, slots=True)
class Cosigner:
    """Signs checkpoints as a witness; its key signs nothing else."""

    name: str
    private_key: Ed25519PrivateKey

    @property
    def key(self) -> VerifierKey:
        """The public half."""
        return _public(self.name, KeyType.COSIGNATURE, self.private_key)

    def cosign(self, text: str, timestamp_s: int) -> NoteSignature:
        """The signature line over the text of a checkpoint, made at a time in POSIX seconds.

        Who calls this has checked that no other tree head of this origin was cosigned that the
        text does not extend.

        Raises:
            BadRequest: the time is not from 0 to 2^63 - 1.
        """
        if not 0 <= timestamp_s <= MAX_NUMBER:
            raise BadRequest(f"timestamp: expected 0 to {MAX_NUMBER}, found {timestamp_s}")
        signature = self.private_key.sign(cosigned_message(text, timestamp_s))
        stamped = timestamp_s.to_bytes(TIMESTAMP_BYTES, "big") + signature
        return NoteSignature(self.name, self.key.key_id, stamped)


def _public(name: str, key_type: KeyType, private_key: Ed25519PrivateKey) -> VerifierKey:
    return VerifierKey(name, key_type, private_key.public_key().public_bytes_raw())
