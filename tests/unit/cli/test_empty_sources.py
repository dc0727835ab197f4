"""A source with nothing in it is told from one that nobody understands."""

import io

import pytest

from cli.empty_sources import is_empty


@pytest.mark.parametrize("content", [b"", b"\n \t\r\n", b"[]", b" [ ]\n", b" " * 200_000])
def test_nothing_is_nothing(content: bytes) -> None:
    """A quiet day would stop an import of many files."""
    assert is_empty(io.BufferedReader(io.BytesIO(content)))


@pytest.mark.parametrize("content", [b"x", b"[[]]", b"[1]", b"]", b" " * 200_000 + b"x", b"[] []"])
def test_something_is_not_nothing(content: bytes) -> None:
    """A source that nobody can read would pass for one without events."""
    assert not is_empty(io.BufferedReader(io.BytesIO(content)))
