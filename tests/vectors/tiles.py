"""Cases about tile paths, tiles and entry bundles. Source: C2SP tlog-tiles v0.1.0."""

from collections.abc import Iterator

from ledger.notes.entry_bundles import encode_bundle
from tests.vectors.encoding import Case, case
from tests.vectors.trees import LEAVES


def tile_cases() -> Iterator[Case]:
    """Paths by id, tiles and bundles by width."""
    for level, index, width, path in (
        (0, 0, 256, "tile/0/000"),
        (0, 273, 112, "tile/0/273.p/112"),
        (1, 999, 1, "tile/1/999.p/1"),
        (2, 1000, 256, "tile/2/x001/000"),
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        (63, 0, 255, "tile/63/000.p/255"),
    ):
        parts = {"level": level, "index": index, "width": width}
        yield case("tile_path", "valid", path, path=path, **parts)
    raw = b"".join(LEAVES)
    yield case("tile", "valid", "a tile of 23 hashes", raw=raw, width=23)
    yield case("tile", "TILE_MISMATCH", "a byte too few", raw=raw[:-1], width=23)
    yield case("tile", "TILE_MISMATCH", "a hash too many", raw=raw + bytes(32), width=23)
    yield case("tile", "TILE_MISMATCH", "no bytes", raw=b"", width=1)
    entries = encode_bundle([b"", b"one", bytes(300)])
    yield case("entries", "valid", "three entries, one of them empty", raw=entries, width=3)
    for desc, changed, width in (
        ("an entry cut off", entries[:-1], 3),
        ("half a length", entries + b"\0", 3),
        ("an entry too few", entries, 4),
        ("an entry too many", entries, 2),
        ("no bytes", b"", 1),
        ("lengths with the low byte first", entries[:2] + b"\3\0" + entries[4:], 3),
    ):
        yield case("entries", "TILE_MISMATCH", desc, raw=changed, width=width)
