"""The root of the tree as it was at an earlier size, at the cost of what is not sealed yet."""

from typing import Final

from ledger.errors import NotFound
from ledger.merkle import Frontier
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
