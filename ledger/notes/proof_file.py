"""Proof files: that one record is in a log, complete enough to be checked offline.

    c2sp.org/tlog-proof@v1
    extra <base64>                optional, not authenticated
    index <n>
    <hash, base64>                none or more, from the sibling of the leaf up
    <empty line>
    <checkpoint, verbatim>

A verifier computes the leaf hash from the record, knows the index from it, and takes keys from its
own policy. The index in the file is compared, never trusted.

Source: C2SP tlog-proof, main branch of 2026-07 (no tag).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.signed_note import MAX_NOTE_BYTES
from ledger.notes.spelling import (
    MAX_NUMBER,
    decode_base64,
    decode_decimal,
    decode_hash,
    encode_base64,
    shown,
)
from ledger.proofs import MAX_PROOF_HASHES, verify_inclusion
from ledger.units import HASH_BYTES, Hash32, Index

PROOF_SUFFIX: Final = ".tlog-proof"
HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_EXTRA_BYTES: Final = 65_536
MAX_PROOF_FILE_BYTES: Final = MAX_NOTE_BYTES + 131_072

_EXTRA: Final = "extra "
_INDEX: Final = "index "


@dataclass(frozen=True, slots=True)
class UnverifiedProof:
    """What a proof file says."""

    index: Index
    hashes: tuple[Hash32, ...]
    checkpoint: bytes
    """The note, verbatim."""
    extra: bytes | None = None
    """Anything; nobody has signed it."""


def encode_proof(proof: UnverifiedProof) -> bytes:
    """The bytes of a proof file.

    Raises:
        FormatError: a part has no form in the file or is beyond a limit.
    """
    if not 0 <= proof.index <= MAX_NUMBER:
        raise FormatError("proof, index", f"0 to {MAX_NUMBER}", str(proof.index))
    if any(len(one) != HASH_BYTES for one in proof.hashes):
        raise FormatError("proof", f"hashes of {HASH_BYTES} bytes", "another length")
    _require_counts(len(proof.hashes), proof.extra)
    extra = [] if proof.extra is None else [f"{_EXTRA}{encode_base64(proof.extra)}"]
    lines = [HEADER, *extra, f"{_INDEX}{proof.index}", *map(encode_base64, proof.hashes), "", ""]
    raw = "\n".join(lines).encode() + proof.checkpoint
    _require_length(raw)
    return raw


def decode_proof(raw: bytes) -> UnverifiedProof:
    """What the bytes of a proof file say; the checkpoint in it is not read.

    Raises:
        FormatError: they are not a proof file, or beyond one of the limits.
    """
    _require_length(raw)
    head, separator, checkpoint = raw.partition(b"\n\n")
    if not separator:
        raise FormatError("proof", "an empty line above the checkpoint", "none")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise FormatError("proof", "ASCII above the checkpoint", "other bytes") from error
    if lines.pop(0) != HEADER:
        raise FormatError("proof, line 1", HEADER, shown(head))
    extra = None
    if lines and lines[0].startswith(_EXTRA):
        extra = decode_base64(lines.pop(0).removeprefix(_EXTRA), "proof, extra")
    if not lines or not lines[0].startswith(_INDEX):
        raise FormatError("proof", "a line `index <n>`", shown(lines[0] if lines else "nothing"))
    index = decode_decimal(lines.pop(0).removeprefix(_INDEX), "proof, index")
    _require_counts(len(lines), extra)
    hashes = tuple(decode_hash(line, f"proof, hash {n}") for n, line in enumerate(lines, 1))
    return UnverifiedProof(Index(index), hashes, checkpoint, extra)


def verify_proof(
    proof: UnverifiedProof,
    leaf_hash: bytes,
    index: int,
    open_note: Callable[[bytes], VerifiedCheckpoint],
) -> VerifiedCheckpoint:
    """The checkpoint of a log that holds the record, if the proof shows that.

    Args:
        proof: From anywhere.
        leaf_hash: Computed from the record that is in question.
        index: Where that record says it stands.
        open_note: Opens the checkpoint with the keys and the policy of the caller.

    Raises:
        FormatError: the checkpoint in the proof is malformed.
        VerificationError: it is not signed as the caller wants (BAD_SIGNATURE, UNKNOWN_KEY), or
            the record is not at this index of its tree (MODIFIED).
    """
    checkpoint = open_note(proof.checkpoint)
    if proof.index != index:
        message = f"proof: expected one for index {index}, found one for {proof.index}"
        raise VerificationError("MODIFIED", index, message)
    verify_inclusion(leaf_hash, index, checkpoint.size, proof.hashes, checkpoint.root)
    return checkpoint


def _require_counts(hashes: int, extra: bytes | None) -> None:
    if hashes > MAX_PROOF_HASHES:
        raise FormatError("proof", f"at most {MAX_PROOF_HASHES} hashes", str(hashes))
    if extra is not None and len(extra) > MAX_EXTRA_BYTES:
        raise FormatError("proof, extra", f"at most {MAX_EXTRA_BYTES} bytes", str(len(extra)))


def _require_length(raw: bytes) -> None:
    if len(raw) > MAX_PROOF_FILE_BYTES:
        raise FormatError("proof", f"at most {MAX_PROOF_FILE_BYTES} bytes", str(len(raw)))
