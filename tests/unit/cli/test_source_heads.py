"""A source that only grew is told from one that was written anew under the same name."""

import pytest

from cli.source_heads import SourceHead, begins_as, head_of
from formats.reading import IDENTITY_BYTES


@pytest.mark.parametrize("read", [1, 7, 40, IDENTITY_BYTES, 2 * IDENTITY_BYTES])
def test_what_grew_begins_as_it_did(read: int) -> None:
    """Each import of a log that grows would read all of it again."""
    whole = bytes(range(256)) * 64
    kept = head_of(whole[: max(read, 100)], until=read)
    assert kept.size == min(read, IDENTITY_BYTES)
    assert begins_as(whole, kept)
    assert not begins_as(b"x" + whole[1:], kept)
    assert not begins_as(whole[: kept.size - 1], kept)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'[\n {"id": 1}\n]', False),
        (b"\xef\xbb\xbf[ {\r\n", False),
        (b"\n", False),
        (b"Jun  4 03:12:07 web sshd[811]: x\n", True),
        (b'{"id": 1}\n', True),
    ],
)
def test_of_an_earlier_version_the_first_line_counts_if_it_says_anything(
    content: bytes, *, expected: bool
) -> None:
    """Every log would be read again, or a document be gone on with in its middle."""
    assert begins_as(content, None) is expected


def test_nothing_read_says_nothing() -> None:
    """A file that was empty then would count as another one now."""
    assert begins_as(b"[\n", head_of(b""))
    assert head_of(b"") == SourceHead(0, head_of(b"x", until=0).sha256)
