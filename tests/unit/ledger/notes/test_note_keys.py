"""Keys of notes: published keys and signatures, and keys and signatures that are none."""

from base64 import b64encode
from dataclasses import replace
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import BadRequest, FormatError, VerificationError
from ledger.notes.note_keys import KeyType, VerifierKey, cosigned_message
from ledger.notes.note_signing import Cosigner, NoteSigner
from ledger.notes.signed_note import UnverifiedNote, decode_note, encode_note
from tests.published_notes import (
    COSIGNED,
    COSIGNED_AT_S,
    NOTE,
    NOTE_SEED,
    NOTE_VKEY,
    WITNESS_VKEY,
)

LOG: Final = NoteSigner("log.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS: Final = Cosigner("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
TEXT: Final = "log.example\n1\nroot\n"


def test_the_published_signature_holds() -> None:
    """Notes that everybody else accepts would be refused."""
    note = decode_note(NOTE)
    key = VerifierKey.from_vkey(NOTE_VKEY)
    assert key.verify(note.text, note.signatures[0]).key == key


def test_signing_again_gives_the_published_note() -> None:
    """Notes that we sign would be refused by everybody else."""
    text = decode_note(NOTE).text
    signer = NoteSigner("PeterNeumann", Ed25519PrivateKey.from_private_bytes(NOTE_SEED))
    assert signer.key.vkey == NOTE_VKEY
    assert encode_note(UnverifiedNote(text, (signer.sign(text),))) == NOTE


def test_the_published_cosignature_holds() -> None:
    """A witness that everybody else believes would not be counted."""
    note = decode_note(COSIGNED)
    verified = VerifierKey.from_vkey(WITNESS_VKEY).verify(note.text, note.signatures[1])
    assert verified.timestamp_s == COSIGNED_AT_S


@pytest.mark.parametrize("vkey", [NOTE_VKEY, WITNESS_VKEY])
def test_a_key_is_written_as_it_was_read(vkey: str) -> None:
    """A key that is published would not be the one that was made."""
    assert VerifierKey.from_vkey(vkey).vkey == vkey


def test_one_public_key_has_another_id_for_each_use() -> None:
    """A cosignature could be passed off as the signature of a log."""
    assert LOG.key.public_key == WITNESS.key.public_key
    renamed = replace(WITNESS, name=LOG.name)
    assert len({LOG.key.key_id, renamed.key.key_id, WITNESS.key.key_id}) == 3


NAME, KEY_ID, ENCODED = NOTE_VKEY.split("+", 2)


@pytest.mark.parametrize(
    ("vkey", "message"),
    [
        ("", "parted by plus"),
        (NAME, "parted by plus"),
        (f"{NAME}+{KEY_ID}", "parted by plus"),
        (f"+{KEY_ID}+{ENCODED}", "a name"),
        (f"Peter Neumann+{KEY_ID}+{ENCODED}", "a name"),
        (f"Other+{KEY_ID}+{ENCODED}", "key id"),
        (f"{NAME}+{KEY_ID.upper()}+{ENCODED}", "key id c74f20a3"),
        (f"{NAME}+0{KEY_ID}+{ENCODED}", "key id c74f20a3"),
        (f"{NAME}+{KEY_ID[1:]}+{ENCODED}", "key id c74f20a3"),
        (f"{NAME}+\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660+{ENCODED}", "key id c74f20a3"),
        (f"{NAME}+{KEY_ID}+{ENCODED}\n", "base64"),
        (f"{NAME}+{KEY_ID}+{ENCODED[:-4]}", "32 bytes, found 29 bytes"),
        (f"{NAME}+{KEY_ID}+{ENCODED}AAAA", "32 bytes, found 35 bytes"),
        (f"{NAME}+{KEY_ID}+", "0x01 or 0x04"),
        (f"{NAME}+{KEY_ID}+{b64encode(bytes([2, *bytes(32)])).decode()}", "0x01 or 0x04"),
        (f"{NAME}+{KEY_ID}+{b64encode(bytes([6, *bytes(1312)])).decode()}", "0x01 or 0x04"),
        (f"\ud800+{KEY_ID}+{ENCODED}", "a name"),
    ],
)
def test_what_is_no_verifier_key_is_refused(vkey: str, message: str) -> None:
    """A damaged key would be trusted, under an id that is not its own."""
    with pytest.raises(FormatError, match=message):
        VerifierKey.from_vkey(vkey)


@pytest.mark.parametrize("length", [0, 1, 8, 63, 65, 72])
def test_a_signature_of_another_length_does_not_hold(length: int) -> None:
    """A cut or padded signature would end in a traceback, or pass."""
    signature = LOG.sign(TEXT)
    wrong = replace(signature, signature=(signature.signature * 2)[:length])
    with pytest.raises(VerificationError, match="expected 64 bytes") as failed:
        LOG.key.verify(TEXT, wrong)
    assert failed.value.verdict == "BAD_SIGNATURE"


def test_another_text_another_key_another_time_do_not_hold() -> None:
    """Somebody could sign for the log, or change what it signed."""
    other = NoteSigner(LOG.name, Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))
    own, stamped = LOG.sign(TEXT), WITNESS.cosign(TEXT, 5)
    later = replace(stamped, signature=(6).to_bytes(8, "big") + stamped.signature[8:])
    for key, text, line in (
        (LOG.key, TEXT + "\n", own),
        (LOG.key, TEXT, replace(other.sign(TEXT), key_id=own.key_id)),
        (LOG.key, TEXT, other.sign(TEXT)),
        (LOG.key, TEXT, replace(own, name="log2.example")),
        (LOG.key, TEXT, replace(own, key_id=bytes(4))),
        (WITNESS.key, TEXT, later),
        (WITNESS.key, TEXT + "extension\n", stamped),
        (WITNESS.key, TEXT, replace(stamped, signature=own.signature)),
    ):
        with pytest.raises(VerificationError) as failed:
            key.verify(text, line)
        assert failed.value.verdict == "BAD_SIGNATURE"


def test_a_public_key_that_is_no_point_verifies_nothing() -> None:
    """A key of 32 arbitrary bytes would end in a traceback."""
    key = VerifierKey("log.example", KeyType.ED25519, bytes([255] * 32))
    with pytest.raises(VerificationError, match="BAD_SIGNATURE"):
        key.verify(TEXT, replace(LOG.sign(TEXT), key_id=key.key_id))


@pytest.mark.parametrize("timestamp_s", [0, 1, 2**63 - 1])
def test_a_witness_signs_every_time_that_has_a_form(timestamp_s: int) -> None:
    """A cosignature would be lost by its time."""
    verified = WITNESS.key.verify(TEXT, WITNESS.cosign(TEXT, timestamp_s))
    assert verified.timestamp_s == timestamp_s


def test_times_beyond_63_bits_are_refused() -> None:
    """A time would be negative for readers in other languages."""
    with pytest.raises(BadRequest, match="timestamp"):
        WITNESS.cosign(TEXT, 2**63)
    with pytest.raises(BadRequest, match="timestamp"):
        WITNESS.cosign(TEXT, -1)
    raw = WITNESS.private_key.sign(cosigned_message(TEXT, 2**63))
    line = replace(WITNESS.cosign(TEXT, 0), signature=(2**63).to_bytes(8, "big") + raw)
    with pytest.raises(VerificationError, match="a timestamp up to"):
        WITNESS.key.verify(TEXT, line)


def test_what_a_witness_signs_is_what_the_page_says() -> None:
    """Our witness would sign something that no other verifier rebuilds."""
    assert cosigned_message("a\n", 7) == b"cosignature/v1\ntime 7\na\n"
