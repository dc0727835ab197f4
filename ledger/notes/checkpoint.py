"""Checkpoints: origin, size and root of a tree as the text of a signed note.

    <origin>
    <size>
    <root, base64>

Invariants:

- `VerifiedCheckpoint` is made by `open_checkpoint` alone, which takes keys from its caller;
- a log signs under its origin: a signature by a key of another name says nothing about the log;
- extension lines are kept when they are read and never written.

Source: C2SP tlog-checkpoint v1.0.0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, InitVar, dataclass
from typing import Final

from ledger.errors import BadRequest, FormatError, VerificationError
from ledger.merkle import EMPTY_ROOT
from ledger.notes.note_keys import KeyType, VerifiedSignature, VerifierKey
from ledger.notes.signed_note import UnverifiedNote, decode_note, encode_note, is_key_name
from ledger.notes.spelling import MAX_NUMBER, decode_decimal, decode_hash, encode_base64, shown
from ledger.notes.verified_note import verify_signatures
from ledger.proofs import verify_consistency
from ledger.units import HASH_BYTES, Hash32, Size

_OPENED: Final = object()
_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says, whoever says it."""

    origin: str
    size: Size
    root: Hash32
    extension_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """The sizes that a key of a log may sign, both ends included; after a rotation it has an end.

    At the boundary of a rotation old and new key both sign.
    """

    key: VerifierKey
    first_size: int = 0
    last_size: int | None = None

    def covers(self, size: int) -> bool:
        """Whether the key may sign a tree of this size."""
        return self.first_size <= size and (self.last_size is None or size <= self.last_size)


@dataclass(frozen=True, slots=True)
class VerifiedCheckpoint:
    """A tree head that the log has signed; `open_checkpoint` makes it.

    Raises:
        TypeError: it was made elsewhere.
    """

    origin: str
    size: Size
    root: Hash32
    note: UnverifiedNote
    """The note as it came, with lines of unknown keys; `encode_note` gives its bytes again."""
    log_signatures: tuple[VerifiedSignature, ...]
    """At least one, by keys that have the origin as their name."""
    cosignatures: tuple[VerifiedSignature, ...]
    """Those of known witnesses, each with its time."""
    _: KW_ONLY
    opened: InitVar[object]

    def __post_init__(self, opened: object) -> None:
        if opened is not _OPENED:
            raise TypeError("only open_checkpoint makes a VerifiedCheckpoint")

    @property
    def raw(self) -> bytes:
        """The bytes of the note."""
        return encode_note(self.note)


def encode_checkpoint(checkpoint: Checkpoint) -> str:
    """The text of a checkpoint, ready to be signed.

    Raises:
        BadRequest: the origin is no key name, the size is out of range, the root is not of 32
            bytes or not that of the empty tree at size 0, or there are extension lines.
    """
    origin, size, root = checkpoint.origin, checkpoint.size, checkpoint.root
    if not is_key_name(origin):
        raise BadRequest(f"origin: expected no spaces and plus signs, found {shown(origin)}")
    if not 0 <= size <= MAX_NUMBER:
        raise BadRequest(f"size: expected 0 to {MAX_NUMBER}, found {size}")
    if len(root) != HASH_BYTES or (size == 0 and root != EMPTY_ROOT):
        raise BadRequest(f"root: expected that of a tree of size {size}, found {root.hex()}")
    if checkpoint.extension_lines:
        raise BadRequest("extension lines: expected none, because no monitor can check them")
    return f"{origin}\n{size}\n{encode_base64(root)}\n"


def decode_checkpoint(text: str) -> Checkpoint:
    """What the text of a checkpoint says.

    Raises:
        FormatError: a line is missing, empty or malformed, or the root at size 0 is not that of
            the empty tree.
    """
    *lines, rest = text.split("\n")
    if rest or len(lines) < _LINES or not all(lines):
        found = f"{len(lines)} lines, {lines.count('')} of them empty"
        raise FormatError("checkpoint", f"at least {_LINES} lines, none of them empty", found)
    origin, size_text, root_text, *extension_lines = lines
    size = Size(decode_decimal(size_text, "checkpoint, line 2"))
    root = decode_hash(root_text, "checkpoint, line 3")
    if size == 0 and root != EMPTY_ROOT:
        raise FormatError("checkpoint, line 3", "the root of the empty tree", shown(root_text))
    return Checkpoint(origin, size, root, tuple(extension_lines))


def open_checkpoint(
    raw: bytes,
    log_keys: Iterable[VerifierKey],
    witness_keys: Iterable[VerifierKey] = (),
    terms: Iterable[KeyTerm] = (),
) -> VerifiedCheckpoint:
    """The checkpoint in the bytes of a note, if the log that it names has signed it.

    Args:
        raw: The note, from anywhere.
        log_keys: The keys that are trusted to sign for logs, each for the origin that is its name.
        witness_keys: Witnesses whose cosignatures are to be verified.
        terms: Limits of keys among `log_keys`; a key without one may sign every size.

    Raises:
        FormatError: the bytes are no note, or its text no checkpoint.
        VerificationError: a known key's signature fails (BAD_SIGNATURE), or no key signed that may
            sign this size for this origin (UNKNOWN_KEY).
    """
    note = decode_note(raw)
    said = decode_checkpoint(note.text)
    logs = frozenset(log_keys)
    verified = verify_signatures(note, (*logs, *witness_keys))
    limits = {term.key: term for term in terms}
    own = tuple(
        one
        for one in verified
        if one.key in logs
        and one.key.name == said.origin
        and (one.key not in limits or limits[one.key].covers(said.size))
    )
    if not own:
        raise VerificationError(
            "UNKNOWN_KEY",
            None,
            f"checkpoint: expected a signature of {shown(said.origin)} by a key that may sign size "
            f"{said.size}, found {', '.join(one.key.vkey for one in verified)}",
        )
    return VerifiedCheckpoint(
        said.origin,
        said.size,
        said.root,
        note,
        own,
        tuple(one for one in verified if one.key.key_type is KeyType.COSIGNATURE),
        opened=_OPENED,
    )


def verify_extension(
    older: VerifiedCheckpoint, newer: VerifiedCheckpoint, proof: Sequence[bytes]
) -> None:
    """Returns only if the newer checkpoint continues the history of the older one.

    From size 0 everything continues, and the proof is empty.

    Raises:
        VerificationError: the newer one is smaller (ROLLED_BACK), or the proof does not show it
            or the logs differ (FORK).
    """
    if older.origin != newer.origin:
        raise VerificationError(
            "FORK", None, f"checkpoint: expected origin {older.origin}, found {newer.origin}"
        )
    if newer.size < older.size:
        raise VerificationError(
            "ROLLED_BACK",
            None,
            f"checkpoint: expected at least size {older.size}, found {newer.size}",
        )
    if older.size == 0:
        if proof:
            message = f"consistency proof: expected no hashes from size 0, found {len(proof)}"
            raise VerificationError("FORK", None, message)
        return
    verify_consistency(older.size, older.root, newer.size, newer.root, proof)
