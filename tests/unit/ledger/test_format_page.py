"""The format page: its example and its known answers are what the code does."""

import base64
import re
from hashlib import sha256
from typing import Final

import pytest

from ledger.body import body_digests, join_body
from ledger.disclosure import decode_disclosure, disclosure_digest
from ledger.events import kind_of
from ledger.merkle import EMPTY_ROOT, Frontier, node_hash, tree_root
from ledger.record import MAX_RECORD_BYTES, NO_PREVIOUS, decode_record, encode_record, leaf_hash
from tests.house.tracked_files import PROJECT

PAGE: Final = (PROJECT / "docs" / "reference" / "format.md").read_text("utf-8")
LONGEST_PAGE: Final = 200


def _record(number: int) -> bytes:
    found = re.search(rf"```record-{number}\n(.*?)\n```", PAGE, re.DOTALL)
    assert found is not None
    return found[1].encode()


def _row(label: str) -> str:
    found = re.search(rf"^\| {re.escape(label)} \| `([^`]+)` \|$", PAGE, re.MULTILINE)
    assert found is not None, label
    return found[1]


def test_the_example_records_are_records() -> None:
    """Somebody who builds a reader by the page would refuse our records."""
    first, second = _record(0), _record(1)
    assert f"Record 0, {len(first)} bytes" in PAGE
    assert f"Record 1, {len(second)} bytes" in PAGE
    for number, sealed in enumerate((first, second)):
        record = decode_record(sealed)
        assert encode_record(record) == sealed
        assert record.index == number
        assert kind_of(join_body(record.body, {})) == record.kind


def test_the_example_follows_from_the_page_alone() -> None:
    """The hashes on the page would not be those that its rules give."""
    first, second = _record(0), _record(1)
    leaves = [sha256(b"\x00" + sealed).digest() for sealed in (first, second)]
    assert leaves[0].hex() == _row("leaf hash of record 0")
    assert leaves[1].hex() == _row("leaf hash of record 1")
    assert first.split(b"\n")[3] == base64.b64encode(bytes(32))
    assert second.split(b"\n")[3] == base64.b64encode(leaves[0])
    root = sha256(b"\x01" + leaves[0] + leaves[1]).hexdigest()
    assert root == _row("root of size 2, and its frontier")


def test_the_code_gives_the_hashes_of_the_example() -> None:
    """Our own logs would not be what the page describes."""
    first, second = _record(0), _record(1)
    leaves = [leaf_hash(first), leaf_hash(second)]
    frontier = Frontier.empty().extended(leaves)
    assert decode_record(first).previous == NO_PREVIOUS
    assert decode_record(second).previous == leaves[0]
    assert frontier.root().hex() == _row("root of size 2, and its frontier")
    assert frontier.to_bytes() == frontier.root()


@pytest.mark.parametrize("field", ["actor", "note"])
def test_the_disclosures_of_the_example_open_its_digests(field: str) -> None:
    """Somebody who holds a disclosure could not check it by the page."""
    disclosure = _row(f"disclosure of `{field}`")
    label = f"digest of `{field}`"
    assert disclosure_digest(disclosure.encode()) == _row(label)
    assert _row(label) in body_digests(decode_record(_record(0)).body)
    assert decode_disclosure(disclosure.encode())[1] == field


def test_the_digests_of_the_example_are_sorted_and_complete() -> None:
    """The order of the digests would tell which field is which, or one would have no disclosure."""
    digests = body_digests(decode_record(_record(0)).body)
    assert digests == sorted(digests)
    assert set(digests) == {_row("digest of `actor`"), _row("digest of `note`")}


def test_the_known_answers_are_ours() -> None:
    """Whoever builds by the page could not tell a mistake of theirs from one of ours."""
    assert EMPTY_ROOT.hex() == _row("root of no leaves")
    assert node_hash(b"N123", b"N456").hex() == _row("SHA-256(0x01 ‖ `N123` ‖ `N456`)")
    leaves = [leaf_hash(bytes([byte])) for byte in range(5)]
    label = "root over leaves of the single bytes 00, 01, 02, 03, 04"
    assert tree_root(leaves).hex() == _row(label)


def test_the_page_names_the_limit_and_stays_short() -> None:
    """The normative text would contradict the code, or be too long to implement from."""
    assert f"At most {MAX_RECORD_BYTES:,} bytes" in PAGE
    assert len(PAGE.splitlines()) <= LONGEST_PAGE
