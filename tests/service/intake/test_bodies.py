"""Bodies are decompressed piece by piece, within limits."""

import asyncio
import gzip
import tracemalloc
import zlib

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from ledger.errors import BadRequest, FormatError, TooLarge, UnsupportedForm
from service.intake.bodies import PIECE_BYTES, Inflating, read_body

PACKED = gzip.compress(b"abc")


def request_of(*pieces: bytes, coding: str | None = None, gone: bool = False) -> Request:
    """A request whose body comes in these pieces."""
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
    ]
    messages.append(
        {"type": "http.disconnect"} if gone else {"type": "http.request", "more_body": False}
    )

    async def receive() -> Message:
        return messages.pop(0)

    headers = [] if coding is None else [(b"content-encoding", coding.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def body_of(request: Request, most_bytes: int = 1_000_000) -> bytes:
    return asyncio.run(read_body(request, most_bytes))


@given(st.binary(max_size=2000), st.integers(1, 300), st.integers(0, 2000))
def test_a_compressed_body_comes_out_as_it_went_in(content: bytes, step: int, cut: int) -> None:
    """Facts would change on their way; several members in a row are one content."""
    packed = gzip.compress(content[:cut]) + gzip.compress(content[cut:])
    pieces = [packed[at : at + step] for at in range(0, len(packed), step)]
    assert body_of(request_of(*pieces, coding="gzip")) == content


def test_a_plain_body_is_given_as_it_is() -> None:
    """A body in several pieces would lose one."""
    assert body_of(request_of(b"a", b"", b"bc")) == b"abc"
    assert body_of(request_of()) == b""


def test_what_is_too_large_after_decompression_is_refused_in_little_memory() -> None:
    """A kilobyte that holds a gigabyte would end the service."""
    inside = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    bomb = b"".join(inside.compress(bytes(1_000_000)) for _ in range(200)) + inside.flush()
    assert len(bomb) < 250_000
    tracemalloc.start()
    with pytest.raises(TooLarge, match="after decompression"):
        body_of(request_of(bomb, coding="gzip"), 500_000)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


def test_pieces_are_bounded() -> None:
    """A stream that is read piece by piece would hold one piece of any size."""
    pieces = list(Inflating().feed(gzip.compress(bytes(1_000_000))))
    assert max(map(len, pieces)) <= PIECE_BYTES
    assert sum(map(len, pieces)) == 1_000_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain",
        PACKED[:-1],
        PACKED + b"more",
        zlib.compress(b"a"),
    ],
    ids=["empty", "plain", "cut", "longer", "zlib"],
)
def test_what_is_no_whole_gzip_is_refused(body: bytes) -> None:
    """The beginning of a body would be stored as all of it."""
    with pytest.raises(FormatError, match="gzip"):
        body_of(request_of(body, coding="gzip"))


def test_a_body_in_another_coding_is_refused() -> None:
    """Compressed bytes would be read as a fact."""
    with pytest.raises(UnsupportedForm):
        body_of(request_of(b"x", coding="br"))


def test_a_client_that_went_away_sent_no_whole_body() -> None:
    """The part that arrived would be stored as all of it."""
    with pytest.raises(BadRequest, match="the end of the connection"):
        body_of(request_of(b"{}", gone=True))
