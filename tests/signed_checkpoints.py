"""Checkpoints for tests, signed with fixed keys."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.merkle import Frontier
from ledger.notes.checkpoint import (
    Checkpoint,
    VerifiedCheckpoint,
    encode_checkpoint,
    open_checkpoint,
)
from ledger.notes.note_keys import VerifierKey
from ledger.notes.note_signing import Cosigner, NoteSigner
from ledger.notes.signed_note import UnverifiedNote, encode_note
from ledger.units import Hash32, Size

ORIGIN = "example.nl/log"


def _key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def signer_named(origin: str = ORIGIN) -> NoteSigner:
    """The signer of a log, the same for the same name."""
    return NoteSigner(origin, _key(f"log {origin}"))


def cosigner_named(name: str) -> Cosigner:
    """A witness, the same for the same name."""
    return Cosigner(name, _key(f"witness {name}"))


def leaves(count: int, history: str = "ours") -> list[Hash32]:
    """The leaf hashes of a history; another name is another history."""
    return [Hash32(hashlib.sha256(f"{history} {n}".encode()).digest()) for n in range(count)]


def signed_checkpoint(
    size: int, history: str = "ours", origin: str = ORIGIN
) -> tuple[VerifiedCheckpoint, list[VerifierKey]]:
    """The checkpoint of a log at a size, and the keys that verify it."""
    signer = signer_named(origin)
    root = Frontier.empty().extended(leaves(size, history)).root()
    text = encode_checkpoint(Checkpoint(origin, Size(size), root))
    raw = encode_note(UnverifiedNote(text, (signer.sign(text),)))
    return open_checkpoint(raw, [signer.key]), [signer.key]
