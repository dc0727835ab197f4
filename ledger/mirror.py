"""A log as files that every tlog-tiles client can read: checkpoint, tiles, entry bundles.

Pure paths and bytes come out, in an order in which a reader never meets a checkpoint whose tiles
are not there yet; memory is one bundle. Of a log that was pruned, entry bundles and tiles of level
0 below the minimum index are left out; every tile above those is there.

Source: C2SP tlog-tiles v0.1.0; "Pruning" as of its main branch.
"""

from collections.abc import Iterable, Iterator

from ledger.errors import VerificationError
from ledger.notes.checkpoint import KeyTerm
from ledger.notes.entry_bundles import check_bundle, encode_bundle
from ledger.notes.tile_paths import CHECKPOINT_PATH, encode_path
from ledger.notes.tile_proofs import root_from_tiles
from ledger.notes.tiles import TileId, bundles_of, decode_tile, is_pruned, tiles_of
from ledger.proving import newest_checkpoint, published_note, require_covered, wrong_tiles
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable


def mirror_files(log: SealedLog, terms: Iterable[KeyTerm]) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file of a mirror at the newest checkpoint; the checkpoint is last.

    Raises:
        BadRequest: the log was never sealed.
        VerificationError: records, tiles and checkpoint do not fit together (MODIFIED at its index,
            MISSING, TILE_MISMATCH).
    """
    checkpoint = require_covered(newest_checkpoint(log, terms), log.origin)
    tiles = TileTable(log)
    minimum = log.beginning().frontier.size
    found = root_from_tiles(checkpoint.size, tiles.fetch)
    if found != checkpoint.root:
        raise wrong_tiles(checkpoint, found)
    for tile in tiles_of(checkpoint.size):
        if is_pruned(tile, minimum):
            continue
        content = tiles.fetch(tile)
        decode_tile(tile, content)  # refuses one that is too short
        yield encode_path(tile), content
    for bundle in bundles_of(checkpoint.size, minimum):
        stop = bundle.first_leaf + bundle.width
        entries = [row.sealed for row in log.scan_raw(bundle.first_leaf, stop)]
        if len(entries) != bundle.width:
            message = f"expected records up to index {stop - 1}, found {len(entries)} of them"
            raise VerificationError("MISSING", bundle.first_leaf, message)
        raw = encode_bundle(entries)
        leaves = TileId(0, bundle.index, bundle.width)
        check_bundle(bundle, raw, decode_tile(leaves, tiles.fetch(leaves)))
        yield encode_path(bundle), raw
    yield CHECKPOINT_PATH, published_note(log, checkpoint)
