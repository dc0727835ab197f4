"""Proofs about stored records, for whoever trusts the log's key and nothing else of us.

Reads one record, one checkpoint and a few tiles, whatever the size of the log. A proof is verified
before it is given: what the database holds may have been changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.anchors.anchor import cosigned_note
from ledger.errors import BadRequest, NotFound, VerificationError
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint, open_checkpoint
from ledger.notes.proof_file import UnverifiedProof, encode_proof
from ledger.notes.signed_note import encode_note
from ledger.notes.tile_proofs import (
    consistency_from_tiles,
    inclusion_from_tiles,
    root_from_tiles,
)
from ledger.proofs import verify_consistency, verify_inclusion
from ledger.record import leaf_hash
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.stored import StoredRecord, stored_bytes
from ledger.units import Hash32, Index


def newest_checkpoint(log: SealedLog, terms: Iterable[KeyTerm]) -> VerifiedCheckpoint | None:
    """The newest stored checkpoint, opened with these keys; `None`: the log was never sealed.

    Raises:
        VerificationError: its signature does not hold, or is of no trusted key.
        FormatError: what is stored is no checkpoint.
    """
    stored = CheckpointTable(log.engine, log.log_id).newest()
    if stored is None:
        return None
    trusted = tuple(terms)
    return open_checkpoint(stored.note, [term.key for term in trusted], terms=trusted)


@dataclass(frozen=True, slots=True)
class Proven:
    """A record with the verified proof that a checkpoint covers it."""

    leaf_hash: Hash32
    """Of the sealed bytes as they are stored."""
    checkpoint: VerifiedCheckpoint
    proof: UnverifiedProof
    """As it is given away: whoever gets it verifies it again."""


def prove(log: SealedLog, index: int, terms: Iterable[KeyTerm]) -> bytes:
    """The proof file of one record against the newest checkpoint, with what witnesses cosigned.

    Args:
        log: The log.
        index: Of the record.
        terms: The keys of the log.

    Raises:
        NotFound: there is no record, or no checkpoint that covers it yet.
        RecordsPruned: the record was pruned.
        VerificationError: record, tiles and checkpoint do not fit together.

    Source: C2SP tlog-proof.
    """
    return encode_proof(proven(log, index, terms).proof)


def proven(log: SealedLog, index: int, terms: Iterable[KeyTerm]) -> Proven:
    """The same, with what it was verified against."""
    found = covering(log, index, terms)
    leaf = leaf_hash(stored_bytes(found.record.sealed))
    checkpoint, hashes = found.checkpoint, found.hashes
    verify_inclusion(leaf, index, checkpoint.size, hashes, checkpoint.root)
    note = published_note(log, checkpoint)
    return Proven(leaf, checkpoint, UnverifiedProof(Index(index), hashes, note))


@dataclass(frozen=True, slots=True)
class Covering:
    """A record, a checkpoint over it, and what the log says leads from the one to the other.

    Nothing is known yet of whether it does: that is for whoever shows it to verify.
    """

    record: StoredRecord
    checkpoint: VerifiedCheckpoint
    hashes: tuple[Hash32, ...]
    """From the sibling of the leaf up."""


def covering(log: SealedLog, index: int, terms: Iterable[KeyTerm]) -> Covering:
    """What the log has to prove one record with, against the newest checkpoint.

    Raises:
        NotFound: there is no record, or no checkpoint that covers it yet.
        RecordsPruned: the record was pruned.
        VerificationError: the checkpoint is not signed by the log, or a tile is too short.
    """
    record = log.record_at(index)
    if record is None:
        log.pruned.require_kept(index)
        size = log.head().size
        raise NotFound(f"record: expected one of the {size} of this log, found none at {index}")
    checkpoint = newest_checkpoint(log, terms)
    if checkpoint is None or checkpoint.size <= index:
        found = "none" if checkpoint is None else f"one over {checkpoint.size} records"
        raise NotFound(
            f"record {index}: expected a checkpoint over it, found {found}; "
            "`zegel seal` makes a new one"
        )
    hashes = inclusion_from_tiles(index, checkpoint.size, TileTable(log).fetch)
    return Covering(record, checkpoint, tuple(hashes))


@dataclass(frozen=True, slots=True)
class Continued:
    """The verified proof that the tree of a size continues that of an older size."""

    old_size: int
    old_root: Hash32
    size: int
    root: Hash32
    hashes: tuple[Hash32, ...]


def continued(log: SealedLog, old_size: int, size: int) -> Continued:
    """The proof that the tree of `size` records begins with that of `old_size` records.

    Roots and hashes come from stored tiles; a client compares them with checkpoints that it has.

    Args:
        log: The log.
        old_size: From 1 on.
        size: At most that of the newest checkpoint, so that tiles are there.

    Raises:
        BadRequest: the sizes are not in that order.
        RecordsPruned: tiles that are needed were pruned.
        VerificationError: the stored tiles do not fit together (TILE_MISMATCH, FORK).

    Source: RFC 9162 §2.1.4.
    """
    if not 0 < old_size <= size:
        raise BadRequest(f"sizes: expected 1 to {size} as the older one, found {old_size}")
    fetch = TileTable(log).fetch
    old_root, root = root_from_tiles(old_size, fetch), root_from_tiles(size, fetch)
    hashes = tuple(consistency_from_tiles(old_size, size, fetch))
    verify_consistency(old_size, old_root, size, root, hashes)
    return Continued(old_size, old_root, size, root, hashes)


def published_note(log: SealedLog, checkpoint: VerifiedCheckpoint) -> bytes:
    """The bytes of a checkpoint with what witnesses said last, at the cost of these lines."""
    anchors = AnchorTable(log.engine, log.log_id).newest_cosignatures(checkpoint.size)
    return encode_note(cosigned_note(checkpoint, anchors))


def require_covered(checkpoint: VerifiedCheckpoint | None, origin: str) -> VerifiedCheckpoint:
    """The checkpoint, if there is one.

    Raises:
        BadRequest: the log was never sealed.
    """
    if checkpoint is None:
        raise BadRequest(f"{origin}: expected a checkpoint, found none; `zegel seal` makes one")
    return checkpoint


def wrong_tiles(checkpoint: VerifiedCheckpoint, found: bytes) -> VerificationError:
    """The fault that the stored tiles do not lead to the root of a checkpoint."""
    expected = checkpoint.root.hex()
    message = f"tiles: expected root {expected} at size {checkpoint.size}, found {found.hex()}"
    return VerificationError("TILE_MISMATCH", None, message)
