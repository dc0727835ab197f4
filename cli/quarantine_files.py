"""Keeps lines that could not be read, for the operator: one file of NDJSON for each source.

They are personal data that no erasure of the log reaches: only the owner of the home may open the
files, and they go when they can be read (`zegel quarantine replay`) or are given up
(`zegel quarantine drop`). Each line carries all that is needed to read it again in its place.

Invariants: what `append` kept is durable on return; whoever reads gets each line once, although a
run that was interrupted keeps it again; a file is never half rewritten, and nobody appends to one
that is being rewritten; a link is never followed, whoever put it there.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

from ledger.errors import FormatError, StoreUnavailable

MOST_BYTES: Final = 256 * 1024 * 1024
"""Of one file; what comes beyond it is counted in the log and not kept."""

SUFFIX: Final = ".ndjson"
_OWNER_ONLY: Final = 0o600
_ITSELF: Final = os.O_NOFOLLOW | os.O_NONBLOCK
"""The file itself, without waiting for a writer, should the name be that of a link or a pipe."""

_EXPECTED: Final = "a file of lines that Zegel kept"
_TAIL_BYTES: Final = 64 * 1024
_encode: Final = msgspec.json.Encoder().encode


class KeptLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line, and what its source said and its owner stated when it was read.

    Lines that a program before this one kept have place, reason and bytes alone.
    """

    place: str
    reason: str
    raw_base64: bytes
    """As it stood in the source; where `is_event`, as the language of Zegel says it."""
    is_event: bool = False
    """Whether the line was read, and what it told may not be recorded."""
    source: str | None = None
    """The resolved path, or `-`; without citizen numbers."""
    source_identity: str | None = None
    """In hexadecimal; see `ReadContext.source_identity`."""
    format: str | None = None
    parser: str | None = None
    collector: str | None = None
    system: str | None = None
    zone: str | None = None
    year: int | None = None
    programs: dict[str, str] = {}
    """Which language the messages of each program are read in."""
    systems: dict[str, str] = {}
    """The system ids of machines, where the source has the messages of many."""
    near_at: datetime | None = None
    """When the fact before it happened: tells the year of a time that is written without one."""
    offset: int | None = None
    """Where it began in the source; `None` where it is no part of it that can be read alone."""
    end_offset: int = 0
    observed_at: datetime | None = None
    kept_at: datetime | None = None

    @property
    def key(self) -> bytes:
        """What makes it this line and no other, 32 bytes."""
        place = f"{self.source_identity}\0{self.place}\0{self.end_offset}\0{self.is_event}\0"
        return sha256(place.encode() + self.raw_base64).digest()


Rewrite = Callable[[KeptLine], KeptLine | None]
"""What becomes of a line: as it is, as another, or gone."""


class QuarantineFile:
    """The kept lines of one source."""

    def __init__(self, path: Path) -> None:
        """Touches nothing: a file appears with its first line."""
        self.path = path

    @property
    def name(self) -> str:
        """How the file is named at the command line."""
        return self.path.name.removesuffix(SUFFIX)

    def append(self, lines: Sequence[KeptLine], *, most_bytes: int = MOST_BYTES) -> int:
        """Keeps lines; durable on return.

        Args:
            lines: In the order of the source.
            most_bytes: Of the file.

        Returns:
            How many of them were kept: those for which there was room.

        Raises:
            StoreUnavailable: the file cannot be written.
        """
        if not lines:
            return 0
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._alone():
                return self._append(lines, most_bytes)
        except OSError as error:
            raise StoreUnavailable(f"{self.path} cannot be written: {error.strerror}") from error

    def read(self) -> Iterator[KeptLine]:
        """Every kept line once, in the order in which they were kept first.

        Raises:
            FormatError: the file was changed by hand, and a line of it is none of ours.
            StoreUnavailable: it cannot be read.
        """
        seen: set[bytes] = set()
        for number, raw in enumerate(self._raw_lines(), start=1):
            line = self._decoded(raw, number)
            if line.key not in seen:
                seen.add(line.key)
                yield line

    def rewrite(self, fate: Rewrite) -> None:
        """Changes or removes lines, all or nothing; durable on return. An empty file goes.

        Args:
            fate: Asked about each line that is there now; must answer by its key alone, as more may
                have been kept since the file was read.

        Raises:
            FormatError: the file was changed by hand; nothing was done.
            StoreUnavailable: it cannot be read or written; nothing was done.
        """
        try:
            with self._alone():
                self._rewrite(fate)
        except OSError as error:
            raise StoreUnavailable(f"{self.path} cannot be written: {error.strerror}") from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else appends or rewrites meanwhile, in any process."""
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
            os.fsync(folder)
        finally:
            os.close(folder)

    def _append(self, lines: Sequence[KeptLine], most_bytes: int) -> int:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | _ITSELF, _OWNER_ONLY)
        with os.fdopen(descriptor, "r+b") as file:
            os.fchmod(descriptor, _OWNER_ONLY)  # whoever loosened it, or copied it here
            size = _cut_to_whole_lines(file)
            kept = 0
            for line in lines:
                encoded = _encode(line) + b"\n"
                if size + len(encoded) > most_bytes:
                    break
                size += file.write(encoded)
                kept += 1
            file.flush()
            os.fsync(descriptor)
        return kept

    def _rewrite(self, fate: Rewrite) -> None:
        beside = self.path.with_suffix(".new")
        beside.unlink(missing_ok=True)  # what was left when a program died here
        left = 0
        try:
            with os.fdopen(
                os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb"
            ) as file:
                for line in self.read():
                    kept = fate(line)
                    if kept is not None:
                        file.write(_encode(kept) + b"\n")
                        left += 1
                file.flush()
                os.fsync(file.fileno())
            if left:
                beside.replace(self.path)
            else:
                self.path.unlink(missing_ok=True)
        finally:
            beside.unlink(missing_ok=True)

    def _raw_lines(self) -> Iterator[bytes]:
        try:
            with os.fdopen(os.open(self.path, os.O_RDONLY | _ITSELF), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise FormatError(str(self.path), _EXPECTED, "something else")
                for raw in file:
                    if raw.endswith(b"\n"):  # one without was never acknowledged
                        yield raw
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.EISDIR}:
                found = "a link" if error.errno == errno.ELOOP else "a folder"
                raise FormatError(str(self.path), _EXPECTED, found) from error
            raise StoreUnavailable(f"{self.path} cannot be read: {error.strerror}") from error

    def _decoded(self, raw: bytes, number: int) -> KeptLine:
        try:
            return msgspec.json.decode(raw, type=KeptLine)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            place = f"{self.path}, line {number}"
            raise FormatError(place, "a line that Zegel kept", "another") from error


def _cut_to_whole_lines(file: BinaryIO) -> int:
    """The size of a file after what a crash left half written at its end was cut off."""
    end = file.seek(0, os.SEEK_END)
    whole = end
    while whole:
        begin = max(0, whole - _TAIL_BYTES)
        file.seek(begin)
        found = file.read(whole - begin).rfind(b"\n")
        if found >= 0:
            whole = begin + found + 1
            break
        whole = begin
    if whole < end:
        file.truncate(whole)
    file.seek(whole)
    return whole


def quarantine_files(folder: Path) -> list[QuarantineFile]:
    """The files of a quarantine folder, in the order of their names."""
    return [QuarantineFile(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
