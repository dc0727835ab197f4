"""Entry bundles: records in, the same records out, and nothing else."""

from typing import Final

import pytest

from ledger.errors import BadRequest, VerificationError
from ledger.notes.entry_bundles import (
    MAX_BUNDLE_BYTES,
    MAX_ENTRY_BYTES,
    check_bundle,
    decode_bundle,
    encode_bundle,
)
from ledger.notes.tiles import BundleId
from ledger.record import MAX_RECORD_BYTES, leaf_hash

ENTRIES: Final = [b"one", b"", b"three"]
RAW: Final = b"\x00\x03one\x00\x00\x00\x05three"
BUNDLE: Final = BundleId(2, 3)


def test_a_bundle_is_lengths_and_records() -> None:
    """Nobody else could read our records from a mirror."""
    assert encode_bundle(ENTRIES) == RAW
    assert decode_bundle(BUNDLE, RAW) == ENTRIES


def test_the_longest_records_fit() -> None:
    """A record could be sealed that no bundle can hold."""
    assert MAX_RECORD_BYTES == MAX_ENTRY_BYTES
    longest = bytes(MAX_ENTRY_BYTES)
    raw = encode_bundle([longest] * 256)
    assert len(raw) == MAX_BUNDLE_BYTES
    assert decode_bundle(BundleId(0), raw) == [longest] * 256


@pytest.mark.parametrize(
    "entries", [[], [b""] * 257, [bytes(MAX_ENTRY_BYTES + 1)]], ids=["none", "257", "long"]
)
def test_what_does_not_fit_is_not_written(entries: list[bytes]) -> None:
    """A bundle would be written that reads as other records."""
    with pytest.raises(BadRequest):
        encode_bundle(entries)


@pytest.mark.parametrize(
    ("raw", "index"),
    [
        (b"", 512),
        (RAW[:-1], 514),
        (RAW[:6], 513),
        (RAW[:7], 514),
        (RAW[:8], 514),
        (RAW + b"\x00\x00", 515),
        (RAW + b"\x00", 515),
        (b"\x00\x03one", 513),
        (b"\xff\xffone", 512),
    ],
)
def test_a_malformed_bundle_is_refused(raw: bytes, index: int) -> None:
    """A cut bundle would be read as fewer records, or a longer one as these."""
    with pytest.raises(VerificationError) as failed:
        decode_bundle(BUNDLE, raw)
    assert (failed.value.verdict, failed.value.index) == ("TILE_MISMATCH", index)


def test_a_changed_record_is_found_at_its_index() -> None:
    """A forged record in a mirror would pass for the one that was sealed."""
    hashes = [leaf_hash(entry) for entry in ENTRIES]
    assert check_bundle(BUNDLE, RAW, hashes) == ENTRIES
    with pytest.raises(VerificationError) as failed:
        check_bundle(BUNDLE, RAW.replace(b"three", b"thre3"), hashes)
    assert (failed.value.verdict, failed.value.index) == ("MODIFIED", 514)
    with pytest.raises(VerificationError, match="2 leaf hashes") as failed:
        check_bundle(BUNDLE, RAW, hashes[:2])
    assert failed.value.verdict == "TILE_MISMATCH"
