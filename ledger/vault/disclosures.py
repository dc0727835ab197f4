"""Encrypts what opens the personal fields of one event, one ciphertext per subject.

Invariants: a ciphertext opens only beside the event and the subject it was written for (both stand
in its associated data); its nonce is random and never derived from a place in the log, so that a
restored backup cannot repeat one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import VerificationError
from ledger.vault.keys import NONCE_BYTES

_SEPARATOR: Final = b"~"


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody whose values can be encrypted and opened: the key is here, ready for use."""

    subject_id: UUID
    namespace: str
    cipher: AESGCM


def encrypt_disclosures(
    subject: Subject,
    *,
    origin: bytes,
    event_id: bytes,
    nonce: bytes,
    disclosures: Sequence[bytes],
) -> bytes:
    """The nonce, then AES-256-GCM of the disclosures joined by `~`.

    Args:
        subject: Whose values they are.
        origin: The origin of the log.
        event_id: 16 bytes.
        nonce: 12 unpredictable bytes, never used twice.
        disclosures: RFC 9901 disclosures, whose alphabet has no `~`.
    """
    binding = _binding(origin, event_id, subject.subject_id)
    return nonce + subject.cipher.encrypt(nonce, _SEPARATOR.join(disclosures), binding)


def decrypt_disclosures(
    subject: Subject, *, origin: bytes, event_id: bytes, ciphertext: bytes
) -> list[bytes]:
    """The disclosures inside a ciphertext, in the order in which they were encrypted.

    Raises:
        VerificationError: it was not encrypted for that log, event and subject.
    """
    nonce, encrypted = ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:]
    try:
        plain = subject.cipher.decrypt(
            nonce, encrypted, _binding(origin, event_id, subject.subject_id)
        )
    except (InvalidTag, ValueError) as error:
        raise VerificationError(
            "DISCLOSURE_MISMATCH",
            None,
            f"subject {subject.subject_id.hex}: expected a ciphertext of event {event_id.hex()} "
            f"under the key of that subject, found {len(ciphertext)} bytes that do not decrypt",
        ) from error
    return plain.split(_SEPARATOR)


def _binding(origin: bytes, event_id: bytes, subject_id: UUID) -> bytes:
    return b"%b\x00%b%b" % (origin, event_id, subject_id.bytes)
