"""Encrypts what opens the personal fields of one event, one ciphertext per subject.

Invariants: a ciphertext opens only beside the event and the subject it was written for (both stand
in its associated data); its nonce is random and never derived from a place in the log, so that a
restored backup cannot repeat one.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import VerificationError
from ledger.vault.keys import NONCE_BYTES

_SEPARATOR: Final = b"~"


class Subject:
    """Somebody whose values can be encrypted and opened: the key is here, ready for use."""

    __slots__ = ("cipher", "id_bytes", "namespace", "subject_id")

    def __init__(self, subject_id: UUID, namespace: str, cipher: AESGCM) -> None:
        """Takes the subject's AES-256-GCM, made once because every event of theirs needs it."""
        self.subject_id = subject_id
        self.id_bytes = subject_id.bytes
        self.namespace = namespace
        self.cipher = cipher


def record_binding(origin: bytes, event_id: bytes) -> bytes:
    """What ties every ciphertext of one record to its log and event.

    Args:
        origin: The origin of the log, which holds no NUL.
        event_id: 16 bytes.
    """
    return origin + b"\x00" + event_id


def encrypt_disclosures(
    subject: Subject, record: bytes, nonce: bytes, disclosures: Sequence[bytes]
) -> bytes:
    """The nonce, then AES-256-GCM of the disclosures joined by `~`.

    Args:
        subject: Whose values they are.
        record: The `record_binding` of the record they belong to.
        nonce: 12 unpredictable bytes, never used twice.
        disclosures: RFC 9901 disclosures, whose alphabet has no `~`.
    """
    plain = _SEPARATOR.join(disclosures)
    return nonce + subject.cipher.encrypt(nonce, plain, record + subject.id_bytes)


def decrypt_disclosures(subject: Subject, record: bytes, ciphertext: bytes) -> list[bytes]:
    """The disclosures inside a ciphertext, in the order in which they were encrypted.

    Raises:
        VerificationError: it was not encrypted for that record and subject.
    """
    nonce, encrypted = ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:]
    try:
        plain = subject.cipher.decrypt(nonce, encrypted, record + subject.id_bytes)
    except (InvalidTag, ValueError) as error:
        raise VerificationError(
            "DISCLOSURE_MISMATCH",
            None,
            f"subject {subject.subject_id.hex}: expected a ciphertext of this record under the key "
            f"of that subject, found {len(ciphertext)} bytes that do not decrypt",
        ) from error
    return plain.split(_SEPARATOR)
