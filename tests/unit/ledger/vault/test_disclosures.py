"""Encrypted disclosures: each opens beside its own event and subject only."""

import os
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import VerificationError
from ledger.vault.disclosures import (
    Subject,
    decrypt_disclosures,
    encrypt_disclosures,
    record_binding,
)

_DISCLOSURES = [b"WyJhIl0", b"WyJiIl0"]
_EVENT = UUID("01a200f9-f597-7102-9e85-0db3f61caa59").bytes
_RECORD = record_binding(b"log.example/1", _EVENT)


def _subject(key: bytes | None = None) -> Subject:
    subject_id = UUID(bytes=os.urandom(16))
    return Subject(subject_id, "person", AESGCM(key or os.urandom(32)))


def _encrypted(subject: Subject) -> bytes:
    return encrypt_disclosures(subject, _RECORD, os.urandom(12), _DISCLOSURES)


def test_disclosures_come_back_in_order() -> None:
    """Values would be lost or appear under the wrong field."""
    subject = _subject()
    assert decrypt_disclosures(subject, _RECORD, _encrypted(subject)) == _DISCLOSURES


@pytest.mark.parametrize(
    "record",
    [record_binding(b"log.example/1", bytes(16)), record_binding(b"log.example/2", _EVENT)],
)
def test_a_ciphertext_moved_to_another_record_does_not_open(record: bytes) -> None:
    """Whoever writes the database could put one event's reasons beside another event."""
    subject = _subject()
    with pytest.raises(VerificationError, match="DISCLOSURE_MISMATCH"):
        decrypt_disclosures(subject, record, _encrypted(subject))


def test_a_ciphertext_moved_to_another_subject_does_not_open() -> None:
    """Whoever writes the database could move a value from one person to another."""
    key = os.urandom(32)
    with pytest.raises(VerificationError, match="DISCLOSURE_MISMATCH"):
        decrypt_disclosures(_subject(key), _RECORD, _encrypted(_subject(key)))


def test_every_changed_byte_is_noticed() -> None:
    """A changed ciphertext would open to other values."""
    subject = _subject()
    ciphertext = _encrypted(subject)
    for place in range(len(ciphertext)):
        changed = bytearray(ciphertext)
        changed[place] ^= 1
        with pytest.raises(VerificationError, match="DISCLOSURE_MISMATCH"):
            decrypt_disclosures(subject, _RECORD, bytes(changed))


@pytest.mark.parametrize("length", [0, 11, 12, 27])
def test_a_cut_ciphertext_is_refused(length: int) -> None:
    """A truncated row would surface as an error of the cryptography library."""
    subject = _subject()
    with pytest.raises(VerificationError, match=f"found {length} bytes"):
        decrypt_disclosures(subject, _RECORD, _encrypted(subject)[:length])
