"""Which signatures count: known ones that hold, by name and id together."""

from dataclasses import replace
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import BadRequest, VerificationError
from ledger.notes.note_keys import VerifierKey
from ledger.notes.note_signing import NoteSigner
from ledger.notes.signed_note import NoteSignature, UnverifiedNote, decode_note
from ledger.notes.verified_note import verify_signatures
from tests.published_notes import COSIGNED, NOTE, NOTE_VKEY, WITNESS_VKEY

TEXT: Final = "a\n"


def _signer(name: str, seed: int) -> NoteSigner:
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)))


ONE: Final = _signer("one.example", 1)
OTHER: Final = _signer("other.example", 2)
BAD: Final = replace(ONE.sign(TEXT), signature=bytes(64))


def test_published_notes_are_verified_by_their_keys_alone() -> None:
    """A note would be believed on the word of a key that nobody configured."""
    keys = [VerifierKey.from_vkey(vkey) for vkey in (NOTE_VKEY, WITNESS_VKEY)]
    assert [one.key for one in verify_signatures(decode_note(NOTE), keys)] == keys[:1]
    assert [one.key for one in verify_signatures(decode_note(COSIGNED), keys)] == keys[1:]


@pytest.mark.parametrize("keys", [(), (OTHER.key,), (_signer("one.example", 3).key,)])
def test_a_note_that_no_known_key_signed_is_rejected(keys: tuple[VerifierKey, ...]) -> None:
    """Anybody could sign in the name of a log."""
    with pytest.raises(VerificationError) as failed:
        verify_signatures(UnverifiedNote(TEXT, (ONE.sign(TEXT),)), keys)
    assert failed.value.verdict == "UNKNOWN_KEY"


@pytest.mark.parametrize(
    "stranger",
    [
        replace(BAD, name="else.example"),
        replace(BAD, key_id=bytes(4)),
        replace(BAD, name=OTHER.name),
    ],
)
def test_a_line_that_matches_by_half_is_ignored(stranger: NoteSignature) -> None:
    """Anybody could have a good note rejected, by adding a line of a key that nobody knows."""
    note = UnverifiedNote(TEXT, (stranger, ONE.sign(TEXT)))
    verified = verify_signatures(note, (ONE.key, OTHER.key))
    assert [one.key for one in verified] == [ONE.key]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_line_of_a_known_key_rejects_the_note(place: int) -> None:
    """A note would be believed although one of its signers contradicts it."""
    lines = [OTHER.sign(TEXT), ONE.sign(TEXT)]
    lines.insert(place, BAD)
    with pytest.raises(VerificationError) as failed:
        verify_signatures(UnverifiedNote(TEXT, tuple(lines)), (ONE.key, OTHER.key))
    assert failed.value.verdict == "BAD_SIGNATURE"


def test_two_keys_of_one_name_and_id_are_refused() -> None:
    """Which key a signature is checked with would depend on the order of a list."""
    twin = _signer("one.example", 1).key
    assert verify_signatures(UnverifiedNote(TEXT, (ONE.sign(TEXT),)), (ONE.key, twin))
    stranger = _signer("one.example", 3).key
    object.__setattr__(stranger, "key_id", ONE.key.key_id)  # as a collision of 32 bits would
    with pytest.raises(BadRequest, match="found two"):
        verify_signatures(UnverifiedNote(TEXT, (ONE.sign(TEXT),)), (ONE.key, stranger))
