"""Paths of tiles and entry bundles below the prefix of a log, written and read.

    tile/0/x001/x234/067          level 0, index 1234067, full
    tile/1/001.p/17               level 1, index 1, the first 17 hashes
    tile/entries/x001/x234/067    the records of the first

Paths are inverse to ids: each tile has one path, and every other spelling is refused.

Source: C2SP tlog-tiles v0.1.0, "Merkle Tree".
"""

import re
from typing import Final

from ledger.errors import FormatError
from ledger.notes.spelling import shown
from ledger.notes.tiles import MAX_TILE_INDEX, TILE_WIDTH, BundleId, TileId

CHECKPOINT_PATH: Final = "checkpoint"

_PATH: Final = re.compile(
    r"tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])"
    r"/(?P<groups>(?:x[0-9]{3}/)*)(?P<last>[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
_GROUP: Final = 1000
_LONGEST_PATH: Final = 64


def encode_path(what: TileId | BundleId) -> str:
    """The path of a tile or bundle, without a slash at its front."""
    level = "entries" if isinstance(what, BundleId) else str(what.level)
    rest, last = divmod(what.index, _GROUP)
    groups = f"{last:03}"
    while rest:
        rest, group = divmod(rest, _GROUP)
        groups = f"x{group:03}/{groups}"
    partial = "" if what.width == TILE_WIDTH else f".p/{what.width}"
    return f"tile/{level}/{groups}{partial}"


def decode_path(path: str) -> TileId | BundleId:
    """The tile or bundle that has this path.

    Raises:
        FormatError: no tile and no bundle has it.
    """
    found = _PATH.fullmatch(path) if len(path) <= _LONGEST_PATH else None
    if found is None:
        raise _no_path(path)
    index = int(found["groups"].replace("x", "").replace("/", "") + found["last"])
    width = int(found["width"] or TILE_WIDTH)
    if found["groups"].startswith("x000") or index > MAX_TILE_INDEX:
        raise _no_path(path)
    if width > TILE_WIDTH or (found["width"] and width == TILE_WIDTH):
        raise _no_path(path)
    if found["level"] == "entries":
        return BundleId(index, width)
    return TileId(int(found["level"]), index, width)


def _no_path(path: str) -> FormatError:
    return FormatError("path", "tile/<level>/<index>[.p/<width>]", shown(path))
