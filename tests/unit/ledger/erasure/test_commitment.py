"""What a confirmed erasure commits to, byte for byte."""

from hashlib import sha256

from ledger.erasure.commitment import commitment_of, encode_tombstone
from ledger.stored import StoredTombstone

FIRST = StoredTombstone(0x0102030405, 0, "note,subjects/0", b"\xaa" * 32 + b"\xbb" * 32, 9)
SECOND = FIRST._replace(part=1, fields="actor", digests=b"\xcc" * 32)
THIRD = FIRST._replace(index=0x0102030406)


def test_the_bytes_of_a_tombstone_are_those_of_the_format() -> None:
    """Another implementation could not verify an erasure."""
    assert encode_tombstone(FIRST) == (
        bytes.fromhex("0000000102030405 00000000 0000000f")
        + b"note,subjects/0"
        + bytes.fromhex("00000040")
        + b"\xaa" * 32
        + b"\xbb" * 32
    )


def test_a_commitment_is_over_all_tombstones_in_order() -> None:
    """A tombstone could be added, removed or moved without anybody noticing."""
    expected = b"zegel/erased/v1\n" + b"".join(map(encode_tombstone, (FIRST, SECOND, THIRD)))
    found = commitment_of([FIRST, SECOND, THIRD])
    assert found.hex() == sha256(expected).hexdigest()
    assert (found.tombstones, found.records) == (3, 2)
    assert commitment_of([SECOND, FIRST, THIRD]).hex() != found.hex()


def test_an_erasure_of_nothing_commits_to_nothing() -> None:
    """Somebody of whom nothing was stored could not be erased."""
    found = commitment_of([])
    assert found.hex() == sha256(b"zegel/erased/v1\n").hexdigest()
    assert (found.tombstones, found.records) == (0, 0)
