"""The tree as it was at an earlier size: its root, and what was signed of it.

Costs what is not sealed yet, whatever the size of the log.
"""

from collections.abc import Iterable
from typing import Final

from ledger.errors import NotFound, VerificationError
from ledger.merkle import Frontier
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint, open_checkpoint
from ledger.notes.tile_proofs import frontier_from_tiles
from ledger.notes.tiles import TILE_WIDTH
from ledger.store.checkpoints import CheckpointTable
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.units import Hash32

_PAGE_LEAVES: Final = 8_192


def root_at(log: SealedLog, size: int) -> Hash32:
    """The root over the first `size` records, from stored tiles and leaf hashes; nothing verified.

    Args:
        log: The log.
        size: At most that of the log now.

    Raises:
        NotFound: the log is shorter.
        RecordsPruned: the records at that size were removed.
        VerificationError: stored hashes are not of 32 bytes, or tiles are missing.
        StoreUnavailable: the database cannot be read.
    """
    head = log.head()
    if size == head.size:
        return Frontier(head.size, head.frontier).root()
    if size > head.size:
        raise NotFound(f"size: expected at most {head.size} records, found {size}")
    checkpoint = CheckpointTable(log.engine, log.log_id).newest()
    sealed = 0 if checkpoint is None else min(checkpoint.size, size)
    # Up to here every leaf is below a stored tile, so that none of them is read.
    whole = sealed // TILE_WIDTH * TILE_WIDTH
    frontier = frontier_from_tiles(whole, TileTable(log).fetch)
    for start in range(whole, size, _PAGE_LEAVES):
        stop = min(start + _PAGE_LEAVES, size)
        leaves = log.leaf_hashes(start, stop)
        if len(leaves) < stop - start:
            log.pruned.require_kept(start)
        frontier = frontier.extended(leaves)
    return frontier.root()


def checkpoint_within(log: SealedLog, size: int, terms: Iterable[KeyTerm]) -> VerifiedCheckpoint:
    """Of the checkpoints over at most so many records, the first one made over the most of them.

    However far the log has grown since, it is the same one.

    Args:
        log: The log.
        size: Of the log.
        terms: The keys of the log.

    Raises:
        NotFound: there is none.
        VerificationError: its signature does not hold, or the log no longer leads to its root.
        FormatError: what is stored is no checkpoint.
    """
    stored = CheckpointTable(log.engine, log.log_id).within(size)
    if stored is None:
        raise NotFound(
            f"checkpoint: expected one over at most {size} records, found none; `zegel seal` makes "
            "a new one"
        )
    trusted = tuple(terms)
    checkpoint = open_checkpoint(stored.note, [term.key for term in trusted], terms=trusted)
    found = root_at(log, checkpoint.size)
    if found != checkpoint.root:
        raise VerificationError(
            "FORK",
            None,
            f"checkpoint: expected root {checkpoint.root.hex()} at size {checkpoint.size}, found "
            f"{found.hex()}",
        )
    return checkpoint
