"""The manifest of a bundle: one form, and nothing in it leads outside the bundle."""

import msgspec
import pytest

from ledger.errors import FormatError
from ledger.verification.bundle_layout import (
    MANIFEST_FORMAT,
    FileEntry,
    Manifest,
    OpenedLine,
    decode_line,
    decode_manifest,
    encode_line,
    encode_manifest,
    is_bundle_path,
    proof_path,
    record_path,
    token_path,
)

GOOD = Manifest(
    format=MANIFEST_FORMAT,
    origin="log.example",
    size=3,
    root="0" * 64,
    question={"since": "yesterday"},
    indexes=(0, 2),
    is_mirror=False,
    files=(FileEntry("policy", 3, "0" * 64),),
)


def test_a_manifest_is_read_as_it_was_written() -> None:
    """A bundle would say something else than its maker meant."""
    assert decode_manifest(encode_manifest(GOOD)) == GOOD


def test_a_line_is_read_as_it_was_written() -> None:
    """What was opened would reach its reader changed."""
    line = OpenedLine(4, ("WyJh", "WyJi"))
    assert decode_line(encode_line(line), "line 1") == line


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "zegel/bundle/v2"},
        {"indexes": (2, 0)},
        {"indexes": (2, 2)},
        {"indexes": (-1, 0)},
        {"indexes": (10**18,)},
        {"indexes": tuple(range(50_001))},
        {"files": (FileEntry("../policy", 3, "0" * 64),)},
        {"files": (FileEntry("manifest.json", 3, "0" * 64),)},
        {"files": (FileEntry("policy", 3, "0" * 64),) * 2},
    ],
)
def test_a_manifest_of_another_form_is_refused(changes: dict[str, object]) -> None:
    """Verification would read files elsewhere, or count one record twice."""
    with pytest.raises(FormatError):
        decode_manifest(encode_manifest(msgspec.structs.replace(GOOD, **changes)))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"format":1}'])
def test_bytes_that_are_no_manifest_are_refused(raw: bytes) -> None:
    """Something damaged would end in a traceback."""
    with pytest.raises(FormatError):
        decode_manifest(raw)
    with pytest.raises(FormatError):
        decode_line(raw, "line 1")


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "A", "a\\b", "a b", "a\n", ".x"]
)
def test_paths_outside_a_bundle_are_refused(path: str) -> None:
    """A bundle could make its reader open a file of the machine."""
    assert not is_bundle_path(path)


def test_paths_of_a_bundle_are_allowed() -> None:
    """A good bundle could not be read."""
    known = [record_path(4), proof_path(4), token_path("tsa-1"), "tile/0/x001/067.p/4"]
    assert all(map(is_bundle_path, known))
