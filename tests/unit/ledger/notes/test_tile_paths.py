"""Paths of tiles: one for each, and none for anything else."""

import pytest

from ledger.errors import FormatError
from ledger.notes.tile_paths import decode_path, encode_path
from ledger.notes.tiles import MAX_TILE_INDEX, BundleId, TileId


@pytest.mark.parametrize(
    ("what", "path"),
    [
        (TileId(0, 1_234_067), "tile/0/x001/x234/067"),
        (TileId(0, 0), "tile/0/000"),
        (TileId(1, 1, 17), "tile/1/001.p/17"),
        (TileId(63, 999, 255), "tile/63/999.p/255"),
        (TileId(0, 1000, 1), "tile/0/x001/000.p/1"),
        (BundleId(273, 112), "tile/entries/273.p/112"),
        (BundleId(1_000_000), "tile/entries/x001/x000/000"),
        (TileId(0, MAX_TILE_INDEX), "tile/0/x036/x028/x797/x018/x963/967"),
    ],
)
def test_a_tile_has_the_path_that_others_ask_for(what: TileId | BundleId, path: str) -> None:
    """Somebody who mirrors the log would ask for a file that is not there."""
    assert encode_path(what) == path
    assert decode_path(path) == what


@pytest.mark.parametrize(
    "path",
    [
        *("", "tile", "tile/0", "tile/0/", "checkpoint", "/tile/0/000", "tile/0/000/"),
        *("tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1234067", "tile/0/001/234"),
        *("tile/0/x000/001", "tile/0/x000/x001/001", "tile/0/x01/001", "tile/0/x001"),
        *("tile/00/000", "tile/64/000", "tile/-1/000", "tile/entry/000", "tile/8/0/000"),
        *("tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/257", "tile/0/000.p/01"),
        *("tile/0/000.p/", "tile/0/000.p", "tile/0/000.p/1/", "tile/0/000.p/1000"),
        *(
            "tile/0/../000",
            "tile/0/000\n",
            "tile/0/\u0660\u0660\u0660",
            "tile/0/000.p/1\n",
            "TILE/0/000",
        ),
        "tile/0/x036/x028/x797/x018/x963/968",
        "tile/0/" + "x001/" * 200 + "001",
    ],
)
def test_every_other_path_is_refused(path: str) -> None:
    """A file would be read under two names, or one outside the folder."""
    with pytest.raises(FormatError, match="expected tile"):
        decode_path(path)
