"""Files of other systems as their bytes, whether they lie there plain or compressed by gzip.

Log rotation and delivery services compress; the first two bytes tell, never the name. Whoever reads
gets the same bytes either way, so places and event ids are those of the plain file.
"""

import gzip
import io
import zlib
from typing import BinaryIO, Final, cast

from ledger.errors import FormatError

GZIP_MARK: Final = b"\x1f\x8b"
"""Source: RFC 1952 §2.3.1 (ID1 and ID2)."""

_BUFFER_BYTES: Final = 65_536


def is_compressed(stream: io.BufferedReader) -> bool:
    """Whether what comes next in the stream is compressed by gzip."""
    return stream.peek(len(GZIP_MARK)).startswith(GZIP_MARK)


def is_decompressed(stream: io.BufferedReader) -> bool:
    """Whether a stream gives other bytes than the file holds, so that nobody knows how many."""
    return isinstance(stream.raw, _Decompressed)


def decompressed(stream: io.BufferedReader, name: str) -> io.BufferedReader:
    """The bytes of a stream, decompressed while they are read where gzip compressed them.

    Args:
        stream: Stands at its first byte; whoever opened it closes it.
        name: What the source is called in an error.

    Raises:
        FormatError: on reading, where the compressed bytes are damaged or end too early.
    """
    if not is_compressed(stream):
        return stream
    return io.BufferedReader(_Decompressed(stream, name), _BUFFER_BYTES)


class _Decompressed(io.RawIOBase):
    """Reads through gzip, and says of damaged bytes where they stand."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._inner = gzip.GzipFile(fileobj=stream, mode="rb")
        self._name = name
        self._done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        whole = memoryview(cast("bytearray", buffer))
        try:
            piece = self._inner.read(len(whole))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            early = isinstance(error, EOFError)
            place = f"{self._name}, after byte {self._done} of its content"
            found = "its end too early" if early else "damaged bytes"
            raise FormatError(place, "a whole gzip file", found) from error
        whole[: len(piece)] = piece
        self._done += len(piece)
        return len(piece)
