"""Checks the part of the tree whose records were removed, by the hashes that were kept of it.

From level 1 on, the hashes of tiles stay. They must lead to each other, to the frontier that the
first kept record goes on from, and to every checkpoint whose size is a multiple of 256. Of the
other checkpoints in that part only the signature can be checked: the leaves that their roots need
are in the export.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from ledger.merkle import Frontier
from ledger.notes.tiles import TILE_BITS, TILE_WIDTH
from ledger.stored import StoredMinimum
from ledger.tile_growth import GrowingTree, TileHash
from ledger.units import HASH_BYTES, Size
from ledger.verification.checkpoint_check import CheckpointCheck
from ledger.verification.findings import Finding, modified

_PAGE: Final = 4096


def check_pruned_tree(
    check: CheckpointCheck, minimum: StoredMinimum, level_1: Iterable[tuple[int, bytes]]
) -> None:
    """Hands what the kept hashes lead to below the minimum to the check, which compares.

    Args:
        check: Begins at size 0; the walk over the kept records goes on with it.
        minimum: As stored.
        level_1: Index and hash of the stored tile hashes of level 1, from index 0 on in order.
    """
    tiles = minimum.minimum // TILE_WIDTH
    # A hash of level 1 stands for 256 leaves: over these, the tree is the same 8 levels lower.
    tree = GrowingTree(Frontier.empty())
    hashes = _dense(islice(level_1, tiles))
    while tree.size < tiles:
        next_tiles = min(-(-check.next_size // TILE_WIDTH), tiles, tree.size + _PAGE)
        page = list(islice(hashes, max(next_tiles - tree.size, 0)))
        if tree.size + len(page) < next_tiles:
            check.add(_missing(tree.size + len(page)))
            _pass_over(check, minimum.minimum)
            return
        check.see_tiles([_raised(one) for one in tree.add(page)])
        _see_checkpoints(check, tree, minimum.minimum)
    frontier = Frontier(Size(minimum.minimum), tree.frontier().hashes).to_bytes()
    if frontier != minimum.frontier:
        check.add(modified(None, "minimum.frontier", frontier, minimum.frontier))


def _see_checkpoints(check: CheckpointCheck, tree: GrowingTree, minimum: int) -> None:
    size = tree.size * TILE_WIDTH
    while check.next_size < min(size, minimum):
        check.pass_over(check.next_size)
    if check.next_size == size < minimum:
        check.see_root(size, tree.frontier().root())


def _pass_over(check: CheckpointCheck, minimum: int) -> None:
    while check.next_size < minimum:
        check.pass_over(check.next_size)


def _dense(rows: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
    """The hashes up to the first that is missing or damaged."""
    for expected, (index, found) in enumerate(rows):
        if index != expected or len(found) != HASH_BYTES:
            return
        yield found


def _raised(one: TileHash) -> TileHash:
    return one._replace(level=one.level + 1)


def _missing(index: int) -> Finding:
    first = index << TILE_BITS
    place = f"tile hash {index} of level 1"
    return Finding("TILE_MISMATCH", first, place, "a stored hash", "none", first + TILE_WIDTH - 1)
