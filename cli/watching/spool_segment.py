"""One file of a spool: what is in it, byte by byte, and where a crash tore it.

| Part | Bytes |
|---|---|
| head | a line that names the form, 16 random bytes that no other segment has, then an entry |
| entry | length and CRC-32 of what follows; observed at; length of the mark, the mark; the text |

The entry of the head has no text: its mark is the last one of the segments before, so that a mark
outlives the segment it came with. Numbers are big-endian; observed at is microseconds since 1970.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from ledger.errors import StoreUnavailable

MAGIC: Final = b"zegel spool 1\n"
IDENTITY_BYTES: Final = 16
SUFFIX: Final = ".spool"

_CHECKED: Final = struct.Struct(">II")
_TOLD: Final = struct.Struct(">qH")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MOST_BYTES: Final = 16 * 1024 * 1024
"""A longer entry is none: its length is what a crash left there."""


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """What came, when it was first seen, and how its source is asked for what follows it."""

    text: bytes
    observed_at: datetime
    mark: bytes
    end: int
    """Where the next entry begins in the segment, in bytes."""


@dataclass(frozen=True, slots=True)
class SegmentHead:
    """What stands before the entries of a segment."""

    identity: bytes
    """16 random bytes."""
    mark: bytes
    """The last one before this segment; empty: none."""
    end: int

    @property
    def source_identity(self) -> bytes:
        """What tells the lines of this segment from those of every other source: 32 bytes."""
        return sha256(MAGIC + self.identity).digest()


def segment_file(folder: Path, number: int) -> Path:
    """Where the segment of a number is, counted from 1."""
    return folder / f"{number:012d}{SUFFIX}"


def segment_numbers(folder: Path) -> list[int]:
    """The numbers of the segments that are there, oldest first."""
    return sorted(
        int(path.stem)
        for path in folder.glob(f"*{SUFFIX}")
        if path.stem.isascii() and path.stem.isdecimal()
    )


def encode_head(identity: bytes, mark: bytes) -> bytes:
    """The first bytes of a segment."""
    return MAGIC + identity + encode_entry(b"", _EPOCH, mark)


def encode_entry(text: bytes, observed_at: datetime, mark: bytes = b"") -> bytes:
    """One entry as it stands in a segment."""
    microseconds = (observed_at - _EPOCH) // _MICROSECOND
    told = _TOLD.pack(microseconds, len(mark)) + mark + text
    return _CHECKED.pack(len(told), zlib.crc32(told)) + told


def read_head(stream: BinaryIO, path: Path) -> SegmentHead:
    """The head of a segment; the stream stands at its first entry then.

    Raises:
        StoreUnavailable: it is no segment.
    """
    start = stream.read(len(MAGIC) + IDENTITY_BYTES)
    entry = read_entry(stream, len(start)) if start.startswith(MAGIC) else None
    if entry is None or entry.text:
        raise StoreUnavailable(f"{path}: expected a segment of a spool, found other bytes")
    return SegmentHead(start[len(MAGIC) :], entry.mark, entry.end)


def read_entry(stream: BinaryIO, position: int) -> SpoolEntry | None:
    """The whole entry that begins at a position; `None` where it was never finished."""
    start = stream.read(_CHECKED.size)
    if len(start) < _CHECKED.size:
        return None
    length, check = _CHECKED.unpack(start)
    if not _TOLD.size <= length <= _MOST_BYTES:
        return None
    told = stream.read(length)
    if len(told) < length or zlib.crc32(told) != check:
        return None
    microseconds, mark_bytes = _TOLD.unpack_from(told)
    text_at = _TOLD.size + mark_bytes
    return SpoolEntry(
        text=told[text_at:],
        observed_at=_EPOCH + microseconds * _MICROSECOND,
        mark=told[_TOLD.size : text_at],
        end=position + _CHECKED.size + length,
    )


def entries_of(stream: BinaryIO, position: int) -> Iterator[SpoolEntry]:
    """The whole entries from a position on, up to the first one that was never finished."""
    stream.seek(position, io.SEEK_SET)
    while (entry := read_entry(stream, position)) is not None:
        yield entry
        position = entry.end
