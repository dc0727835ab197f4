"""Compressed files give the bytes of the plain ones, and damage says where it stands."""

import gzip
import io

import pytest

from cli.compressed import decompressed, is_decompressed
from formats.reading import IDENTITY_BYTES, identity_of_source
from ledger.errors import FormatError

CONTENT = b"".join(b"line %d of a log\n" % number for number in range(20_000))


def opened(raw: bytes) -> io.BufferedReader:
    """Bytes as a file that was opened gives them."""
    return io.BufferedReader(io.BytesIO(raw))


def test_a_plain_file_is_left_alone() -> None:
    """Every file would be read through another layer, and lose its size."""
    stream = opened(CONTENT)
    assert decompressed(stream, "a.log") is stream
    assert not is_decompressed(stream)
    assert stream.read() == CONTENT


@pytest.mark.parametrize("parts", [1, 3])
def test_a_compressed_file_gives_its_content(parts: int) -> None:
    """A rotated log could not be read, or only up to the end of its first part."""
    step = len(CONTENT) // parts + 1
    raw = b"".join(gzip.compress(CONTENT[at : at + step]) for at in range(0, len(CONTENT), step))
    stream = decompressed(opened(raw), "a.log.1.gz")
    assert is_decompressed(stream)
    assert stream.read() == CONTENT


def test_a_compressed_source_has_the_identity_of_the_plain_one() -> None:
    """A log would be told twice, once before and once after it was rotated."""
    content = b"x" * (IDENTITY_BYTES * 3)
    compressed = decompressed(opened(gzip.compress(content)), "a.gz")
    head = compressed.peek(IDENTITY_BYTES)
    assert len(head) >= IDENTITY_BYTES
    assert identity_of_source(head) == identity_of_source(content)
    assert compressed.read() == content


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda raw: raw[: len(raw) // 2], "its end too early"),
        (lambda raw: raw[:100] + b"\xff" * 100 + raw[200:], "damaged bytes"),
        (lambda raw: raw[:-8] + b"\0" * 8, "damaged bytes"),
        (lambda raw: raw + b"tail", "damaged bytes"),
    ],
    ids=["cut", "overwritten", "other sum", "followed"],
)
def test_damage_says_where_it_stands(damage: object, found: str) -> None:
    """A file that was cut off would pass for a short one."""
    raw = gzip.compress(CONTENT)
    stream = decompressed(opened(damage(raw)), "trail.json.gz")  # type: ignore[operator] # a function of bytes
    with pytest.raises(FormatError) as caught:
        stream.read()
    assert caught.value.found == found
    assert caught.value.place.startswith("trail.json.gz, after byte ")
