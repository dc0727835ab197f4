"""Proof files: what they say is compared with what the verifier knows."""

from dataclasses import replace
from hashlib import sha256
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import FormatError, VerificationError
from ledger.merkle import tree_root
from ledger.notes.checkpoint import Checkpoint, VerifiedCheckpoint, encode_checkpoint
from ledger.notes.note_signing import NoteSigner
from ledger.notes.policy import Policy, PolicyLog
from ledger.notes.proof_file import (
    HEADER,
    MAX_EXTRA_BYTES,
    MAX_PROOF_FILE_BYTES,
    UnverifiedProof,
    decode_proof,
    encode_proof,
    verify_proof,
)
from ledger.notes.signed_note import UnverifiedNote, encode_note
from ledger.proofs import MAX_PROOF_HASHES, build_inclusion
from ledger.units import Hash32, Index, Size

LEAVES: Final = [Hash32(sha256(bytes([n])).digest()) for n in range(9)]
LOG: Final = NoteSigner("log.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
POLICY: Final = Policy((PolicyLog(LOG.key),))
HASH_LINE: Final = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


def _checkpoint(leaves: list[Hash32]) -> bytes:
    said = Checkpoint(LOG.name, Size(len(leaves)), tree_root(leaves))
    text = encode_checkpoint(said)
    return encode_note(UnverifiedNote(text, (LOG.sign(text),)))


PROOF: Final = UnverifiedProof(Index(5), tuple(build_inclusion(LEAVES, 5)), _checkpoint(LEAVES))


def _verified(
    proof: UnverifiedProof, leaf: bytes = LEAVES[5], index: int = 5
) -> VerifiedCheckpoint:
    return verify_proof(proof, leaf, index, POLICY.open_checkpoint)


@pytest.mark.parametrize("extra", [None, b"", b"anything", bytes(MAX_EXTRA_BYTES)])
def test_a_proof_is_read_as_it_was_written(extra: bytes | None) -> None:
    """A proof that was given away would prove nothing, or something else."""
    proof = replace(PROOF, extra=extra)
    raw = encode_proof(proof)
    assert decode_proof(raw) == proof
    assert raw.startswith(HEADER.encode() + b"\n")
    assert raw.endswith(b"\n\n" + PROOF.checkpoint)


def test_a_log_of_one_record_has_a_proof_without_hashes() -> None:
    """The first record of a log could not be proven."""
    proof = UnverifiedProof(Index(0), (), _checkpoint(LEAVES[:1]))
    raw = encode_proof(proof)
    assert raw.startswith(f"{HEADER}\nindex 0\n\n".encode())
    assert _verified(decode_proof(raw), LEAVES[0], 0).size == 1


def test_a_true_proof_holds() -> None:
    """An auditor would refuse a record that is in the log."""
    assert _verified(PROOF).root == tree_root(LEAVES)


@pytest.mark.parametrize(
    ("proof", "leaf", "index", "verdict"),
    [
        (PROOF, LEAVES[6], 5, "MODIFIED"),
        (PROOF, LEAVES[6], 6, "MODIFIED"),
        (replace(PROOF, index=Index(6)), LEAVES[5], 5, "MODIFIED"),
        (replace(PROOF, index=Index(6)), LEAVES[5], 6, "MODIFIED"),
        (replace(PROOF, index=Index(9)), LEAVES[5], 9, "MODIFIED"),
        (replace(PROOF, hashes=PROOF.hashes[1:]), LEAVES[5], 5, "MODIFIED"),
        (replace(PROOF, checkpoint=_checkpoint(LEAVES[1:])), LEAVES[5], 5, "MODIFIED"),
        (replace(PROOF, checkpoint=PROOF.checkpoint[:-9] + b"AAAAAAA=\n"), LEAVES[5], 5, ""),
    ],
)
def test_a_false_proof_does_not_hold(
    proof: UnverifiedProof, leaf: bytes, index: int, verdict: str
) -> None:
    """A proof of one record would pass for another, at another place, or without a signature."""
    with pytest.raises(VerificationError) as failed:
        _verified(proof, leaf, index)
    assert failed.value.verdict == (verdict or "BAD_SIGNATURE")


def test_a_proof_needs_a_log_of_the_policy() -> None:
    """A log that the verifier does not know could vouch for its own records."""
    with pytest.raises(VerificationError) as failed:
        verify_proof(PROOF, LEAVES[5], 5, Policy().open_checkpoint)
    assert failed.value.verdict == "UNKNOWN_KEY"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        f"{HEADER}\n",
        f"{HEADER}\n\n",
        f"{HEADER}\nindex 1\n",
        "index 1\n\n",
        f"{HEADER}2\nindex 1\n\n",
        f" {HEADER}\nindex 1\n\n",
        f"{HEADER}\r\nindex 1\n\n",
        f"{HEADER}\nextra !\nindex 1\n\n",
        f"{HEADER}\nextra AAB=\nindex 1\n\n",
        f"{HEADER}\nextra AA==\nextra AA==\nindex 1\n\n",
        f"{HEADER}\nindex 1\nextra AA==\n\n",
        f"{HEADER}\nextra AA==\n\n",
        f"{HEADER}\nindex\n\n",
        f"{HEADER}\nindex \n\n",
        f"{HEADER}\nindex one\n\n",
        f"{HEADER}\nindex -1\n\n",
        f"{HEADER}\nindex 01\n\n",
        f"{HEADER}\nindex  1\n\n",
        f"{HEADER}\nindex {2**63}\n\n",
        f"{HEADER}\nindex 1\n!{HASH_LINE[1:]}\n\n",
        f"{HEADER}\nindex 1\n{HASH_LINE[:-4]}\n\n",
        f"{HEADER}\nindex 1\n{HASH_LINE[:-2]}B=\n\n",
        f"{HEADER}\nindex 1\n{HASH_LINE} \n\n",
        f"{HEADER}\nindex 1\nhash {HASH_LINE}\n\n",
        f"{HEADER}\nindex 1\n" + f"{HASH_LINE}\n" * (MAX_PROOF_HASHES + 1) + "\n",
        f"{HEADER}\nindex 1\né\n\n",
        f"{HEADER}\nextra {'A' * 4 * (MAX_EXTRA_BYTES // 3 + 2)}\nindex 1\n\n",
        f"{HEADER}\nindex 1\n\n" + "a" * MAX_PROOF_FILE_BYTES,
    ],
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    """Something malformed would be read as a proof."""
    with pytest.raises(FormatError):
        decode_proof(text.encode())


@pytest.mark.parametrize("checkpoint", [b"", b"\n", b"no note\n", b"\xff"])
def test_a_proof_without_a_checkpoint_is_refused(checkpoint: bytes) -> None:
    """A proof against nothing would pass, or end in a traceback."""
    with pytest.raises(FormatError):
        _verified(decode_proof(encode_proof(replace(PROOF, checkpoint=checkpoint))))


@pytest.mark.parametrize(
    "proof",
    [
        replace(PROOF, index=Index(-1)),
        replace(PROOF, index=Index(2**63)),
        replace(PROOF, hashes=(Hash32(b"short"),)),
        replace(PROOF, hashes=(LEAVES[0],) * (MAX_PROOF_HASHES + 1)),
        replace(PROOF, extra=bytes(MAX_EXTRA_BYTES + 1)),
        replace(PROOF, checkpoint=bytes(MAX_PROOF_FILE_BYTES)),
    ],
    ids=["negative", "large", "short hash", "many hashes", "long extra", "long checkpoint"],
)
def test_what_could_not_be_read_again_is_not_written(proof: UnverifiedProof) -> None:
    """We would give somebody a proof that no verifier reads."""
    with pytest.raises(FormatError):
        encode_proof(proof)
