"""The page of evidence: its example is what the code writes, and verifies as it says."""

import re
from typing import Final

import pytest

from ledger.errors import VerificationError
from ledger.notes.checkpoint import decode_checkpoint, encode_checkpoint
from ledger.notes.note_keys import KeyType
from ledger.notes.policy_file import MAX_POLICY_BYTES, decode_policy, encode_policy
from ledger.notes.proof_file import HEADER, PROOF_SUFFIX, decode_proof, encode_proof, verify_proof
from ledger.notes.signed_note import MAX_NOTE_BYTES, MAX_SIGNATURES, decode_note, encode_note
from ledger.notes.tile_paths import encode_path
from ledger.notes.tiles import TileId
from ledger.record import leaf_hash
from tests.house.tracked_files import PROJECT

REFERENCE: Final = PROJECT / "docs" / "reference"
PAGE: Final = (REFERENCE / "evidence.md").read_text("utf-8")
LONGEST_PAGE: Final = 150


def _block(name: str, page: str = PAGE) -> bytes:
    found = re.search(rf"```{name}\n(.*?)\n```", page, re.DOTALL)
    assert found is not None, name
    return found[1].encode()


CHECKPOINT: Final = _block("checkpoint") + b"\n"
PROOF: Final = _block("proof") + b"\n"
POLICY: Final = _block("policy") + b"\n"
RECORD: Final = _block("record-1", (REFERENCE / "format.md").read_text("utf-8"))


def test_the_example_is_written_as_it_is_read() -> None:
    """Somebody who builds a reader by the page would refuse what we write."""
    note = decode_note(CHECKPOINT)
    assert encode_note(note) == CHECKPOINT
    assert encode_checkpoint(decode_checkpoint(note.text)) == note.text
    assert encode_proof(decode_proof(PROOF)) == PROOF
    assert encode_policy(decode_policy(POLICY)) == POLICY


def test_the_example_verifies() -> None:
    """Somebody who builds a verifier by the page would believe that theirs is wrong."""
    policy = decode_policy(POLICY)
    assert policy.open_checkpoint(CHECKPOINT).cosignatures[0].timestamp_s == 1_795_339_860
    checkpoint = verify_proof(
        decode_proof(PROOF), leaf_hash(RECORD), 1, open_note=policy.open_checkpoint
    )
    assert (checkpoint.origin, checkpoint.size) == ("log.example/zegel", 2)
    assert checkpoint.raw == CHECKPOINT
    with pytest.raises(VerificationError, match="MODIFIED"):
        verify_proof(decode_proof(PROOF), leaf_hash(RECORD + b" "), 1, policy.open_checkpoint)


def test_the_page_says_what_the_code_does() -> None:
    """A limit or a word on the page would be another one than in the code."""
    stated = [
        f"At most {MAX_SIGNATURES} signatures and {MAX_NOTE_BYTES:,} bytes",
        f"{MAX_POLICY_BYTES:,} bytes",
        f"1234067 is `{encode_path(TileId(0, 1_234_067)).removeprefix('tile/0/')}`",
        f"`{HEADER}`",
        f"`{PROOF_SUFFIX}`",
        *(f"| 0x{key_type:02x} |" for key_type in KeyType),
    ]
    assert [one for one in stated if one not in PAGE.replace("\n", " ")] == []


def test_the_page_stays_short() -> None:
    """Nobody would read it to its end."""
    assert len(PAGE.splitlines()) <= LONGEST_PAGE
