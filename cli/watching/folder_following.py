"""Takes in the files of a drop folder: each one whole, once, when nobody writes into it now."""

import io
import os
import stat
import time
from pathlib import Path
from typing import Final

from cli.compressed import decompressed
from cli.source_heads import begins_as
from cli.watching.first_year import first_year
from cli.watching.hearing import Hearing
from cli.watching.part_reading import PartReading
from cli.watching.source_state import Part
from cli.watching.streams import Damaged, WholeFile
from formats.reading import IDENTITY_BYTES, identity_of_source
from ledger.errors import FormatError
from ledger.identifiers import masked

SETTLED_NS: Final = 2_000_000_000
"""A file that changed less than this ago may still be written; one that was renamed in is whole."""

_WHOLE: Final = 2**62
_OURS: Final = os.access in os.supports_effective_ids


class FolderFollowing:
    """The folder of one source."""

    def __init__(self, hearing: Hearing) -> None:
        """Looks at nothing yet."""
        self._hearing, place = hearing, hearing.source.place
        self._folder, self._pattern = Path(place).parent, Path(place).name
        self._is_told_away = False
        self._refused: dict[str, tuple[int, int, int]] = {}
        """Size and times of files that could not be read; they are tried again when these change,
        the last of which tells of rights too."""
        self._unsettled: dict[str, tuple[tuple[int, int], float]] = {}
        """Size and time of files that may still be written, and since when they are like that."""

    def run(self) -> None:
        """Reads until it is time to end.

        Raises:
            Stopped: it is time to end; what was read is durable.
            StoreUnavailable: likewise, and the log is away.
        """
        hearing = self._hearing
        while True:
            looked_at = hearing.clock()
            paths = self._paths() if self._is_there() else None
            if paths is not None:
                hearing.state.forget([_remembered(path) for path in paths])
                waiting = [path for path in paths if not self._take(path)]
                self._unsettled = {
                    name: self._unsettled[name]
                    for name in map(_remembered, waiting)
                    if name in self._unsettled
                }
                if waiting and hearing.once and not hearing.is_stopping:
                    hearing.pause(SETTLED_NS / 1e9)
                    continue
            hearing.wait(None if paths is None else looked_at, hearing.pause)

    def _is_there(self) -> bool:
        """Whether there is a folder whose files may be read; says once that there is none."""
        found: str | None = None
        try:
            os.scandir(self._folder).close()
            if not os.access(self._folder, os.X_OK, effective_ids=_OURS):
                found = "one whose files may not be opened"
        except (FileNotFoundError, NotADirectoryError):
            found = "none yet"
        except OSError as error:
            found = f"none: {error.strerror}"
        if found is not None and not self._is_told_away:
            self._hearing.tell(f"{self._folder}: expected a folder, found {found}")
        self._is_told_away = found is not None
        return found is None

    def _paths(self) -> list[Path]:
        """What matches the pattern; as in a shell, a name that begins with a dot does not."""
        pattern = self._pattern
        found = [path for path in self._folder.glob(pattern) if path.is_file()]
        return sorted(p for p in found if pattern.startswith(".") or not p.name.startswith("."))

    def _is_settled(self, name: str, version: tuple[int, int]) -> bool:
        """Whether nobody writes into a file now: by its time, or as it stays as it is.

        Its time may lie ahead of us for long, where a clock went back or is that of another one.
        """
        if time.time_ns() - version[1] >= SETTLED_NS:
            return True
        known, since_s = self._unsettled.get(name, (None, 0.0))
        if known != version:
            self._unsettled[name] = (version, time.monotonic())
            return False
        return time.monotonic() - since_s >= SETTLED_NS / 1e9

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
        if self._refused.get(name) == (*version, standing.st_ctime_ns):
            return True
        if stat.S_ISLNK(standing.st_mode):
            self._refuse(path, standing, "expected a file of this folder, found a link")
            return True
        if not self._is_settled(name, version):
            return False
        self._read(path, known, standing)
        return True

    def _read(self, path: Path, known: Part | None, standing: os.stat_result) -> None:
        hearing, name = self._hearing, masked(_remembered(path))
        try:
            with _opened(path) as raw:
                content = decompressed(raw, name)
                head = content.peek(IDENTITY_BYTES)[:IDENTITY_BYTES]
                part = self._part(path, known, head)
                part.see(_WHOLE, hearing.clock())
                part.modified_ns = standing.st_mtime_ns
                hearing.keep()
                PartReading(hearing, WholeFile(content, part), part).run()
        except (FormatError, OSError, Damaged) as error:
            said = error.strerror if isinstance(error, OSError) else error
            self._refuse(path, standing, str(said))
            return
        part.finish(standing.st_size)
        hearing.keep()

    def _refuse(self, path: Path, standing: os.stat_result, said: str) -> None:
        name = _remembered(path)
        self._hearing.tell(f"{masked(name)}: not taken in until it changes: {said}")
        self._refused[name] = (standing.st_size, standing.st_mtime_ns, standing.st_ctime_ns)

    def _part(self, path: Path, known: Part | None, head: bytes) -> Part:
        hearing, identity = self._hearing, identity_of_source(head).hex()
        if known is not None and known.identity == identity and _only_grew(path, known, head):
            known.is_finished = False
            known.note_head(head)
            return known
        if known is not None:  # another file came under that name, or it was written anew
            hearing.state.parts.remove(known)
        year = hearing.source.year or first_year(head, hearing.zone, hearing.clock())
        is_again = known is not None
        part = Part(identity=identity, name=_remembered(path), year=year, is_again=is_again)
        part.note_head(head)
        return hearing.state.add(part)


def _only_grew(path: Path, known: Part, head: bytes) -> bool:
    """Whether a file holds what was read of it then, and perhaps more behind."""
    is_shorter = known.is_finished and path.lstat().st_size < known.size
    return not is_shorter and begins_as(head, known.head)


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
