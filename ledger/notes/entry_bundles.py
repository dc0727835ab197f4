"""Entry bundles: the records below one tile of level 0, each after its length.

    (length of 2 bytes, big-endian ‖ record)*

Source: C2SP tlog-tiles v0.1.0, "Log Entries".
"""

from collections.abc import Iterable, Sequence
from typing import Final

from ledger.errors import BadRequest, VerificationError
from ledger.notes.tiles import TILE_WIDTH, BundleId
from ledger.record import leaf_hash

MAX_ENTRY_BYTES: Final = 65_535
LENGTH_BYTES: Final = 2
MAX_BUNDLE_BYTES: Final = TILE_WIDTH * (LENGTH_BYTES + MAX_ENTRY_BYTES)


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """The content of a bundle from its records, exactly as stored.

    Raises:
        BadRequest: a record is longer than 65,535 bytes, or there are none or more than 256.
    """
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise BadRequest(f"entry: expected {MAX_ENTRY_BYTES} bytes, found {len(entry)}")
        parts += (len(entry).to_bytes(LENGTH_BYTES, "big"), entry)
    if not 1 <= len(parts) // 2 <= TILE_WIDTH:
        raise BadRequest(f"bundle: expected 1 to {TILE_WIDTH} entries, found {len(parts) // 2}")
    return b"".join(parts)


def decode_bundle(bundle: BundleId, raw: bytes) -> list[bytes]:
    """The records in the content of a bundle, unverified.

    Raises:
        VerificationError: there are more or fewer than the bundle is wide, or the last one is cut
            off (TILE_MISMATCH).
    """
    entries: list[bytes] = []
    at = 0
    while at < len(raw):
        start = at + LENGTH_BYTES
        stop = start + int.from_bytes(raw[at:start], "big")
        if stop > len(raw):
            raise _mismatch(bundle, len(entries), f"{stop} bytes", f"{len(raw)}")
        if len(entries) == bundle.width:
            raise _mismatch(bundle, len(entries), f"{bundle.width} entries", "more")
        entries.append(raw[start:stop])
        at = stop
    if len(entries) != bundle.width:
        raise _mismatch(bundle, len(entries), f"{bundle.width} entries", f"{len(entries)}")
    return entries


def check_bundle(bundle: BundleId, raw: bytes, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """The records of a bundle, if they have these leaf hashes: those of the tile of level 0.

    Raises:
        VerificationError: the bundle is malformed (TILE_MISMATCH), or a record hashes to
            another leaf (MODIFIED at its index).
    """
    entries = decode_bundle(bundle, raw)
    if len(leaf_hashes) != len(entries):
        found = f"{len(leaf_hashes)} leaf hashes"
        raise _mismatch(bundle, 0, f"{len(entries)} leaf hashes", found)
    for index, (entry, committed) in enumerate(
        zip(entries, leaf_hashes, strict=True), bundle.first_leaf
    ):
        if (found_hash := leaf_hash(entry)) != committed:
            message = f"entry: expected leaf hash {committed.hex()}, found {found_hash.hex()}"
            raise VerificationError("MODIFIED", index, message)
    return entries


def _mismatch(bundle: BundleId, place: int, expected: str, found: str) -> VerificationError:
    about = f"entry bundle {bundle.index}: expected {expected}, found {found}"
    return VerificationError("TILE_MISMATCH", bundle.first_leaf + place, about)
