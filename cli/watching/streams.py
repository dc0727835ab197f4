"""Streams that grow: whoever reads a line waits until it is there whole.

Readers of formats take any stream of bytes and keep what they know of the lines before, so one
reader goes on over a growing file or spool without reading anything twice.
"""

import io
import os
from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from cli.watching.rotated_files import DAMAGED
from cli.watching.source_state import Part
from cli.watching.spool_segment import SpoolEntry, read_entry, read_head
from ledger.errors import StoreUnavailable

CHUNK_BYTES: Final = 256 * 1024

More = Callable[[], bool]
"""Returns when there is more to read: true; or when nothing more will come: false.

It may end the reading by an error, `Stopped`, where what is there must not count as all.
"""


class Stopped(Exception):
    """The reading ends here, in the middle of a source that goes on."""


class Damaged(Exception):
    """A file that is complete cannot be read to its end; what stood before was given."""


class GrowingFile(io.BufferedIOBase):
    """The lines of a file that grows; one that is not ended yet waits for its end."""

    goes_on: Final = True

    def __init__(self, descriptor: int, part: Part, more: More) -> None:
        """Reads from the first byte on, but nothing that `show` has not told of.

        Args:
            descriptor: An open file; it stays the caller's.
            part: When its bytes were seen.
            more: Asked when all that was shown is read.
        """
        self._descriptor, self._part, self._more = descriptor, part, more
        self._buffer = bytearray()
        self._scanned = 0
        self._ended = False
        self.shown = 0
        """Below which byte it may be read."""
        self.position = 0
        """Bytes that were taken from the file, those of a line that is not whole yet included."""

    def readable(self) -> bool:
        """Always true."""
        return True

    def show(self, size: int) -> bool:
        """Lets bytes below a size be read; tells whether that is more than before."""
        grown = size > self.shown
        self.shown = max(size, self.shown)
        return grown

    def observed_at(self, end_offset: int) -> datetime | None:
        """When the bytes before an offset were first seen."""
        return self._part.seen_at(end_offset)

    def forget(self, end_offset: int) -> None:
        """Nothing: the part itself forgets what is durable."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """The next line with its end; without one only at the end of all, or beyond the size."""
        most = CHUNK_BYTES * 1024 if size is None or size < 0 else size
        while True:
            found = self._buffer.find(b"\n", self._scanned, most)
            if found >= 0:
                return self._take(found + 1)
            self._scanned = len(self._buffer)
            if self._scanned >= most:
                return self._take(most)
            if not self._fill():
                if self._ended:
                    return self._take(len(self._buffer))
                self._ended = not self._more()

    def _fill(self) -> bool:
        wanted = min(CHUNK_BYTES, self.shown - self.position)
        chunk = os.pread(self._descriptor, wanted, self.position) if wanted > 0 else b""
        self._buffer += chunk
        self.position += len(chunk)
        return bool(chunk)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._scanned = 0
        return taken


class WholeFile(io.BufferedIOBase):
    """A file that is complete; all of it was seen when it was found."""

    def __init__(self, stream: BinaryIO, part: Part) -> None:
        """Reads what the stream gives, such as the content of a compressed file.

        Args:
            stream: It stays the caller's, who closes it.
            part: When it was seen.
        """
        self._stream, self._part = stream, part

    def readable(self) -> bool:
        """Always true."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """So many bytes, or all.

        Raises:
            Damaged: as `readline`.
        """
        return self._told(self._stream.read, size)

    def readline(self, size: int | None = -1, /) -> bytes:
        """The next line with its end, or so many bytes of it.

        Raises:
            Damaged: the file cannot be read on, or its compressed bytes are not whole.
        """
        return self._told(self._stream.readline, size)

    @staticmethod
    def _told(read: Callable[[int], bytes], size: int | None) -> bytes:
        """What was read: an error of this file is not taken for one of the disk of the home."""
        try:
            return read(-1 if size is None else size)
        except (OSError, *DAMAGED) as error:
            raise Damaged(str(error)) from error

    def observed_at(self, end_offset: int) -> datetime | None:
        """When the file was first seen."""
        return self._part.seen_at(end_offset)

    def forget(self, end_offset: int) -> None:
        """Nothing: the part itself forgets what is durable."""


class SpoolLines(io.BufferedIOBase):
    """The entries of one segment of a spool as lines; line ends inside an entry stay inside it."""

    goes_on: Final = True

    def __init__(self, path: Path, more: More) -> None:
        """Reads from the first entry on.

        Raises:
            StoreUnavailable: the file is no segment.
        """
        self._path, self._more = path, more
        self._file = path.open("rb")
        self.head = read_head(self._file, path)
        self.position = self.head.end
        """Where the next entry begins in the segment."""
        self._limit = self.head.end
        self._end_offset = 0
        self._line: bytes | None = None
        self._seen: deque[tuple[int, datetime]] = deque()

    def readable(self) -> bool:
        """Always true."""
        return True

    def close(self) -> None:
        """Closes the segment."""
        self._file.close()
        super().close()

    def show(self, limit: int) -> bool:
        """Lets entries below a byte of the segment be read; tells whether that is more."""
        grown = limit > self._limit
        self._limit = max(limit, self._limit)
        return grown

    def observed_at(self, end_offset: int) -> datetime | None:
        """When the entry came that ends at an offset."""
        return next((at for end, at in self._seen if end >= end_offset), None)

    def forget(self, end_offset: int) -> None:
        """Forgets when the entries came that end before an offset."""
        while self._seen and self._seen[0][0] < end_offset:
            self._seen.popleft()

    def readline(self, size: int | None = -1, /) -> bytes:
        """The next entry with a line end behind it; empty at the end of all."""
        if self._line is None:
            entry = self._entry()
            if entry is None:
                return b""
            self._line = entry.text + b"\n"
            self._end_offset += len(self._line)
            self._seen.append((self._end_offset, entry.observed_at))
        if size is None or size < 0 or size >= len(self._line):
            taken, self._line = self._line, None
        else:
            taken, self._line = self._line[:size], self._line[size:]
        return taken

    def _entry(self) -> SpoolEntry | None:
        while self.position >= self._limit:
            if not self._more():
                return None
        entry = read_entry(self._file, self.position)
        if entry is None:
            raise StoreUnavailable(
                f"{self._path}, byte {self.position}: expected an entry, found other bytes"
            )
        self.position = entry.end
        return entry


PartStream = GrowingFile | WholeFile | SpoolLines
