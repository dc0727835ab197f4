"""Proofs about stored records, for whoever trusts the log's key and nothing else of us.

Reads one record, one checkpoint and a few tiles, whatever the size of the log. A proof is verified
before it is given: what the database holds may have been changed.
"""

from collections.abc import Iterable

from ledger.anchors.anchor import cosigned_note
from ledger.errors import BadRequest, VerificationError
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint, open_checkpoint
from ledger.notes.proof_file import UnverifiedProof, encode_proof
from ledger.notes.signed_note import encode_note
from ledger.notes.tile_proofs import inclusion_from_tiles
from ledger.proofs import verify_inclusion
from ledger.record import leaf_hash
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.units import Index


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


def prove(log: SealedLog, index: int, terms: Iterable[KeyTerm]) -> bytes:
    """The proof file of one record against the newest checkpoint, with what witnesses cosigned.

    Args:
        log: The log.
        index: Of the record.
        terms: The keys of the log.

    Raises:
        BadRequest: there is no record, or no checkpoint that covers it yet.
        RecordsPruned: the record was pruned.
        VerificationError: record, tiles and checkpoint do not fit together.

    Source: C2SP tlog-proof.
    """
    record = log.record_at(index)
    if record is None:
        log.pruned.require_kept(index)
        size = log.head().size
        raise BadRequest(f"record: expected one of the {size} of this log, found none at {index}")
    checkpoint = newest_checkpoint(log, terms)
    if checkpoint is None or checkpoint.size <= index:
        covered = 0 if checkpoint is None else checkpoint.size
        raise BadRequest(
            f"record {index}: expected a checkpoint over it, found one over {covered} records; "
            "`zegel seal` makes a new one"
        )
    hashes = inclusion_from_tiles(index, checkpoint.size, TileTable(log).fetch)
    verify_inclusion(leaf_hash(record.sealed), index, checkpoint.size, hashes, checkpoint.root)
    anchors = AnchorTable(log.engine, log.log_id).anchors_of(checkpoint.size)
    note = encode_note(cosigned_note(checkpoint, anchors))
    return encode_proof(UnverifiedProof(Index(index), tuple(hashes), note))


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
