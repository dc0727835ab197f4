"""The body of a request, decompressed, never more of it in memory than is allowed.

How large it may be as it arrives, and how long that may take, is watched before any route is asked
(`service.operations.arriving`). Here it is what comes out of the decompression that counts: a
kilobyte of gzip may hold a megabyte.

Source: RFC 9110 §8.4.1.3 (gzip coding); RFC 1952 §2.2 (several members in a row are one content).
"""

import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from ledger.errors import BadRequest, FormatError, TooLarge
from service.intake.media_type import coding_of

PIECE_BYTES: Final = 64 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The whole body, decompressed.

    Args:
        request: Whose body.
        most_bytes: How large it may be, compressed or not.

    Raises:
        TooLarge: it is larger.
        FormatError: it is no gzip, or ends too early.
        UnsupportedForm: it is compressed otherwise than by gzip.
        BadRequest: the client went away before its end.
    """
    pieces: list[bytes] = []
    found = 0
    async for piece in body_pieces(request):
        pieces.append(piece)
        found += len(piece)
        if found > most_bytes:
            raise TooLarge(
                f"body: expected at most {most_bytes} bytes after decompression, found more"
            )
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def body_pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it arrives, decompressed, in pieces that are not empty.

    Raises:
        FormatError: it is no gzip, or ends too early.
        UnsupportedForm: it is compressed otherwise than by gzip.
        BadRequest: the client went away before its end.
    """
    inflating = Inflating() if coding_of(request.headers) == "gzip" else None
    try:
        async for arrived in request.stream():
            if inflating is None:
                if arrived:
                    yield arrived
                continue
            for piece in inflating.feed(arrived):
                yield piece
    except ClientDisconnect as error:
        raise BadRequest("body: expected all of it, found the end of the connection") from error
    if inflating is not None:
        inflating.require_end()


class Inflating:
    """Decompresses gzip piece by piece; what comes out is bounded, whatever goes in."""

    def __init__(self) -> None:
        """At the beginning of a member."""
        self._member = zlib.decompressobj(_GZIP)
        self._is_inside = True

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes out next, in pieces of at most `PIECE_BYTES`, none of them empty.

        Raises:
            FormatError: it is no gzip.
        """
        while data:
            if not self._is_inside:
                self._member, self._is_inside = zlib.decompressobj(_GZIP), True
            yield from self._inflated(data)
            data = self._member.unused_data
            self._is_inside = not self._member.eof

    def require_end(self) -> None:
        """Returns only at the end of a member.

        Raises:
            FormatError: more should have come.
        """
        if self._is_inside:
            raise FormatError("body", "gzip to its end", "too few bytes")

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        while True:
            try:
                piece = self._member.decompress(data, PIECE_BYTES)
            except zlib.error as error:
                raise FormatError("body", "gzip", "other bytes") from error
            if piece:
                yield piece
            data = self._member.unconsumed_tail
            if self._member.eof or (not data and len(piece) < PIECE_BYTES):
                return
