"""Takes in the files of a drop folder: each one whole, once, when nobody writes into it now."""

import io
import os
import stat
import time
from pathlib import Path
from typing import Final

from cli.compressed import decompressed
from cli.watching.first_year import first_year
from cli.watching.hearing import Hearing
from cli.watching.part_reading import PartReading
from cli.watching.source_state import Part
from cli.watching.streams import WholeFile
from formats.reading import IDENTITY_BYTES, identity_of_source
from ledger.errors import FormatError
from ledger.identifiers import masked

SETTLED_NS: Final = 2_000_000_000
"""A file that changed less than this ago may still be written; one that was renamed in is whole."""

_WHOLE: Final = 2**62


class FolderFollowing:
    """The folder of one source."""

    def __init__(self, hearing: Hearing) -> None:
        """Looks at nothing yet."""
        self._hearing, place = hearing, hearing.source.place
        self._folder, self._pattern = Path(place).parent, Path(place).name
        self._is_told_away = False
        self._refused: dict[str, tuple[int, int]] = {}
        """Size and time of files that could not be read; they are tried again when they change."""

    def run(self) -> None:
        """Reads until it is time to end.

        Raises:
            Stopped: it is time to end; what was read is durable.
            StoreUnavailable: likewise, and the log is away.
        """
        hearing = self._hearing
        while True:
            looked_at = hearing.clock()
            paths = self._paths()
            hearing.state.forget([_remembered(path) for path in paths])
            waiting = [path for path in paths if not self._take(path)]
            if waiting and hearing.once:
                hearing.pause(SETTLED_NS / 1e9)
                continue
            hearing.wait(looked_at if self._is_there() else None, hearing.pause)

    def _is_there(self) -> bool:
        """Whether there is a folder; says once that there is none."""
        is_there = self._folder.is_dir()
        if not is_there and not self._is_told_away:
            self._hearing.tell(f"{self._folder}: expected a folder, found none yet")
        self._is_told_away = not is_there
        return is_there

    def _paths(self) -> list[Path]:
        """What matches the pattern; as in a shell, a name that begins with a dot does not."""
        pattern = self._pattern
        found = [path for path in self._folder.glob(pattern) if path.is_file()]
        return sorted(p for p in found if pattern.startswith(".") or not p.name.startswith("."))

    def _take(self, path: Path) -> bool:
        """Reads a file if it is new and settled; whether nothing of it waits."""
        try:
            standing = path.lstat()
        except FileNotFoundError:
            return True
        version, name = (standing.st_size, standing.st_mtime_ns), _remembered(path)
        known = next((part for part in self._hearing.state.parts if part.name == name), None)
        if known is not None and known.is_finished and _version(known) == version:
            return True
        if self._refused.get(name) == version:
            return True
        if stat.S_ISLNK(standing.st_mode):
            self._refuse(path, version, "expected a file of this folder, found a link")
            return True
        if time.time_ns() - standing.st_mtime_ns < SETTLED_NS:
            return False
        self._read(path, known, version)
        return True

    def _read(self, path: Path, known: Part | None, version: tuple[int, int]) -> None:
        hearing, name = self._hearing, masked(_remembered(path))
        try:
            with _opened(path) as raw:
                content = decompressed(raw, name)
                head = content.peek(IDENTITY_BYTES)[:IDENTITY_BYTES]
                part = self._part(path, known, head)
                part.see(_WHOLE, hearing.clock())
                part.modified_ns = version[1]
                hearing.keep()
                PartReading(hearing, WholeFile(content, part), part).run()
        except (FormatError, OSError) as error:
            said = error.strerror if isinstance(error, OSError) else error
            self._refuse(path, version, str(said))
            return
        part.finish(version[0])
        hearing.keep()

    def _refuse(self, path: Path, version: tuple[int, int], said: str) -> None:
        name = _remembered(path)
        self._hearing.tell(f"{masked(name)}: not taken in until it changes: {said}")
        self._refused[name] = version

    def _part(self, path: Path, known: Part | None, head: bytes) -> Part:
        hearing, identity = self._hearing, identity_of_source(head).hex()
        if known is not None and known.identity == identity:
            known.is_finished = False
            return known
        if known is not None:  # another file came under that name
            hearing.state.parts.remove(known)
        year = hearing.source.year or first_year(head, hearing.zone, hearing.clock())
        return hearing.state.add(Part(identity=identity, name=_remembered(path), year=year))


def _opened(path: Path) -> io.BufferedReader:
    """The file itself: who may write into the folder chooses nothing else that we may read."""
    # Without waiting for a writer, should the name be that of a pipe by now.
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _remembered(path: Path) -> str:
    """The name of a file as text; bytes that are no UTF-8 are written as escapes."""
    return path.name.encode(errors="backslashreplace").decode()


def _version(part: Part) -> tuple[int, int]:
    """Size and time of a file when it was read to its end."""
    return part.size, part.modified_ns
