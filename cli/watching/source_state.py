"""What a watched source remembers between two runs: which parts it has, how far each was read.

A part is one file of a log that is rotated, one segment of a spool, one file of a folder. Crash
order: when bytes were first seen is durable before their facts are recorded, facts are durable
before the offset moves beyond them. Stopped in between, the next run reads the same again and
records nothing twice.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from cli.source_heads import SourceHead, begins_as, head_of
from formats.reading import IDENTITY_BYTES
from ledger.errors import StoreUnavailable
from ledger.private_files import replace_file

FILE_NAME: Final = "state.json"
MOST_PARTS: Final = 16
"""Of a log that is rotated: more files are seldom kept beside it."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Sighting(Struct, array_like=True):
    """Bytes below an offset were there, and were first seen at an instant."""

    until: int
    at_us: int
    """Microseconds since 1970."""

    @property
    def at(self) -> datetime:
        """The instant."""
        return _EPOCH + self.at_us * _MICROSECOND


class Part(Struct, kw_only=True, omit_defaults=True):
    """One part of a source, and how far it was read."""

    identity: str
    """In hexadecimal; see `formats.reading.identity_of_source`."""
    head: SourceHead | None = None
    """How it began when it was read; `None` in a spool, or of an earlier version."""
    is_again: bool = False
    """Whether it was written anew under a name that was read before."""
    name: str = ""
    device: int = 0
    inode: int = 0
    modified_ns: int = 0
    year: int | None = None
    """Of its first time, if times are written without one."""
    offset: int = 0
    """Bytes whose facts are durable."""
    sightings: list[Sighting] = []
    """Of the bytes behind the offset, in order."""
    is_finished: bool = False
    """It was read to its end, and nothing more is expected in it."""
    size: int = 0
    """Of it then."""

    @property
    def modified_at(self) -> datetime | None:
        """When it was last written, as its file system says; `None` for what is no file."""
        modified_us = self.modified_ns // 1000
        return _EPOCH + modified_us * _MICROSECOND if self.modified_ns else None

    def begins(self, content: bytes) -> bool:
        """Whether a file with these first bytes begins as it did when it was read."""
        return self.head is None or begins_as(content, self.head)

    def note_head(self, content: bytes) -> None:
        """Remembers how it begins: more of it while it is short."""
        if self.head is None or self.head.size < min(len(content), IDENTITY_BYTES):
            self.head = head_of(content)

    def see(self, until: int, at: datetime) -> None:
        """Notes that bytes below an offset are there now."""
        if self.sightings and self.sightings[-1].until >= until:
            return
        self.sightings.append(Sighting(until, (at - _EPOCH) // _MICROSECOND))

    def seen_at(self, end_offset: int) -> datetime | None:
        """When the bytes before an offset were first seen all of them."""
        return next((each.at for each in self.sightings if each.until >= end_offset), None)

    def finish(self, size: int) -> None:
        """Notes that it was read to its end, all of it durable."""
        self.is_finished, self.size, self.sightings = True, size, []

    def settle(self, offset: int) -> None:
        """Notes that the facts before an offset are durable."""
        self.offset = max(self.offset, offset)
        self.sightings = [each for each in self.sightings if each.until > self.offset]


class SourceState(Struct, kw_only=True, omit_defaults=True):
    """All parts of one source, in the order in which they were read."""

    format: str
    system: str
    origin: str
    """The log that the facts went to."""
    log_size: int
    """Its size then: a log that is shorter now is another one."""
    began_ns: int
    """When it was first followed, nanoseconds since 1970."""
    parts: list[Part] = []
    quarantine_bytes: int = 0

    def add(self, part: Part) -> Part:
        """One more part."""
        self.parts.append(part)
        return part

    def forget_oldest(self) -> None:
        """Leaves out the oldest finished parts beyond `MOST_PARTS`."""
        surplus = max(0, len(self.parts) - MOST_PARTS)
        oldest = [part for part in self.parts if part.is_finished][:surplus]
        self.parts = [part for part in self.parts if not any(part is each for each in oldest)]

    def forget(self, kept: Sequence[str]) -> None:
        """Leaves out the finished parts whose names are not among those that are kept."""
        names = set(kept)
        self.parts = [part for part in self.parts if part.name in names or not part.is_finished]


class StateFile:
    """Where the state of one source is kept."""

    def __init__(self, folder: Path) -> None:
        """Of a source with a folder of its own in the home, which must exist."""
        self.path = folder / FILE_NAME

    def read(self) -> SourceState | None:
        """The state that is kept; `None` when there is none.

        Raises:
            StoreUnavailable: what is kept cannot be read: to begin anew might tell facts twice.
        """
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=SourceState)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StoreUnavailable(
                f"{self.path}: expected what zegel watch remembers of a source, found: {error}"
            ) from error

    def write(self, state: SourceState) -> None:
        """Keeps the state; durable on return, and a crash leaves the old one or the new one.

        Raises:
            StoreUnavailable: the disk cannot be written.
        """
        try:
            replace_file(self.path, msgspec.json.format(msgspec.json.encode(state), indent=1))
        except OSError as error:
            raise StoreUnavailable(f"{self.path} cannot be written: {error.strerror}") from error
