"""Encrypted disclosures: each opens beside its own event and subject only."""

import os
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import VerificationError
from ledger.vault.disclosures import Subject, decrypt_disclosures, encrypt_disclosures

_DISCLOSURES = [b"WyJhIl0", b"WyJiIl0"]
_EVENT = UUID("01a200f9-f597-7102-9e85-0db3f61caa59").bytes


def _subject(key: bytes | None = None) -> Subject:
    subject_id = UUID(bytes=os.urandom(16))
    return Subject(subject_id, "person", AESGCM(key or os.urandom(32)))


def _encrypted(subject: Subject) -> bytes:
    return encrypt_disclosures(
        subject,
        origin=b"log.example/1",
        event_id=_EVENT,
        nonce=os.urandom(12),
        disclosures=_DISCLOSURES,
    )


def test_disclosures_come_back_in_order() -> None:
    """Values would be lost or appear under the wrong field."""
    subject = _subject()
    assert (
        decrypt_disclosures(
            subject, origin=b"log.example/1", event_id=_EVENT, ciphertext=_encrypted(subject)
        )
        == _DISCLOSURES
    )


def test_a_ciphertext_moved_to_another_record_does_not_open() -> None:
    """Whoever writes the database could put one event's reasons beside another event."""
    subject = _subject()
    with pytest.raises(VerificationError, match="DISCLOSURE_MISMATCH"):
        decrypt_disclosures(
            subject, origin=b"log.example/1", event_id=bytes(16), ciphertext=_encrypted(subject)
        )


def test_a_ciphertext_moved_to_another_subject_does_not_open() -> None:
    """Whoever writes the database could move a value from one person to another."""
    key = os.urandom(32)
    with pytest.raises(VerificationError, match="DISCLOSURE_MISMATCH"):
        decrypt_disclosures(
            _subject(key),
            origin=b"log.example/1",
            event_id=_EVENT,
            ciphertext=_encrypted(_subject(key)),
        )


def test_a_ciphertext_of_another_log_does_not_open() -> None:
    """A row copied from another log under the same key would be taken for its own."""
    subject = _subject()
    with pytest.raises(VerificationError, match="DISCLOSURE_MISMATCH"):
        decrypt_disclosures(
            subject, origin=b"log.example/2", event_id=_EVENT, ciphertext=_encrypted(subject)
        )


def test_every_changed_byte_is_noticed() -> None:
    """A changed ciphertext would open to other values."""
    subject = _subject()
    ciphertext = _encrypted(subject)
    for place in range(len(ciphertext)):
        changed = bytearray(ciphertext)
        changed[place] ^= 1
        with pytest.raises(VerificationError, match="DISCLOSURE_MISMATCH"):
            decrypt_disclosures(
                subject, origin=b"log.example/1", event_id=_EVENT, ciphertext=bytes(changed)
            )


@pytest.mark.parametrize("length", [0, 11, 12, 27])
def test_a_cut_ciphertext_is_refused(length: int) -> None:
    """A truncated row would surface as an error of the cryptography library."""
    subject = _subject()
    with pytest.raises(VerificationError, match=f"found {length} bytes"):
        decrypt_disclosures(
            subject,
            origin=b"log.example/1",
            event_id=_EVENT,
            ciphertext=_encrypted(subject)[:length],
        )
