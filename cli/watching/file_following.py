"""Follows one log file as it grows, and through its rotations, without loss and without doubles.

What was renamed or copied aside is read to its end before the new file is begun. A program that was
not told of a rotation goes on writing into the file that was renamed: it is kept open for a while
and looked at again.
"""

import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cli.watching.first_year import first_year
from cli.watching.hearing import Hearing
from cli.watching.part_matching import has_more, parts_of_files
from cli.watching.part_reading import PartReading
from cli.watching.rotated_files import FoundFile, files_aside, found_file
from cli.watching.source_state import Part
from cli.watching.streams import Damaged, GrowingFile, WholeFile
from formats.reading import IDENTITY_BYTES, identity_of_source

GRACE_S: Final = 1.0
"""How long a file that was renamed must have been quiet before the new one is begun."""

LEFT_OPEN_S: Final = 3600.0
_END_OF_ALL: Final = 2**62
"""Beyond the end of a compressed file, whose content has a size that nobody knows."""


class _CutOff(Exception):
    """The file that is read was cut off at its beginning: what it held was copied aside."""


@dataclass(slots=True)
class _Open:
    """A file that is read, and held open so that renaming or removing it loses nothing."""

    descriptor: int
    part: Part
    stream: GrowingFile
    reading: PartReading
    modified_ns: int = 0
    quiet_from_s: float = 0.0


def why_away(path: Path) -> str | None:
    """What is found in place of a file that can be read; `None` where there is one."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "none yet"
    except OSError as error:
        return str(error.strerror)
    if stat.S_ISDIR(mode):
        return "a folder"
    return None if os.access(path, os.R_OK) else "one that this account may not read"


class FileFollowing:
    """The file of one source."""

    def __init__(self, hearing: Hearing) -> None:
        """Opens nothing yet."""
        self.name = hearing.source.name
        self._hearing = hearing
        self._path = Path(hearing.source.place)
        self._left: list[tuple[int, Part, float]] = []
        self._is_told_away = False

    def run(self) -> None:
        """Reads until it is time to end.

        Raises:
            Stopped: it is time to end; what was read is durable.
            StoreUnavailable: likewise, and the log is away.
            FormatError: the source cannot be read in its format.
        """
        try:
            while True:
                following = self._next()
                if following is None:
                    self._tell_away()
                    self._read_left()
                    self._hearing.wait(self._covered_until(), self._hearing.pause)
                elif following[0].is_packed:
                    self._read_packed(*following)
                else:
                    self._is_told_away = False
                    self._read_plain(*following)
        finally:
            for descriptor, _, _ in self._left:
                os.close(descriptor)

    def _next(self) -> tuple[FoundFile, Part] | None:
        """What is to be read next: something that was put aside, else the log itself."""
        state = self._hearing.state
        aside, present = files_aside(self._path), self._present()
        files = aside if present is None else [*aside, present]
        held = parts_of_files(files, state.parts)
        read_until_ns = max((part.modified_ns for part in state.parts), default=state.began_ns)
        for file in aside:
            part = held.get(file.path)
            is_new = part is None and file.modified_ns >= read_until_ns
            if is_new or (part is not None and has_more(file, part)):
                return file, part or self._new_part(file)
        if present is None:
            return None
        if present.path not in held:
            self._tell_lost([part for part in state.parts if part not in held.values()])
        return present, held.get(present.path) or self._new_part(present)

    def _present(self) -> FoundFile | None:
        try:
            return found_file(self._path, whole_line=True)
        except OSError:
            return None

    def _covered_until(self) -> datetime | None:
        """The present, if there is a file though nothing can be read of it yet."""
        return self._hearing.clock() if why_away(self._path) is None else None

    def _tell_away(self) -> None:
        """Says once that the log cannot be read; an empty one only waits for its first line."""
        found = why_away(self._path)
        if self._is_told_away or found is None:
            return
        self._is_told_away = True
        self._hearing.tell(f"{self._path}: expected a file that can be read, found {found}")

    def _tell_lost(self, gone: list[Part]) -> None:
        """Says what was not read to its end and is not found beside the log either."""
        for part in gone:
            if not part.is_finished:
                part.finish(part.offset)
                self._hearing.tell(
                    f"{self._path}: another file came in its place, and the one before is not "
                    f"beside it; what followed byte {part.offset} of it, if anything, is not read"
                )

    def _new_part(self, file: FoundFile) -> Part:
        part = Part(identity=file.identity, year=self._year(file))
        part.note_head(file.head)
        self._hearing.state.forget_oldest()
        return self._hearing.state.add(part)

    def _year(self, found: FoundFile) -> int:
        hearing = self._hearing
        if hearing.source.year is not None:
            return hearing.source.year
        return first_year(found.head, hearing.zone, hearing.clock())

    def _read_packed(self, found: FoundFile, part: Part) -> None:
        """Reads a compressed file; nothing more comes into it."""
        hearing = self._hearing
        _name(part, found)
        part.see(_END_OF_ALL, hearing.clock())
        hearing.keep()
        try:
            opened = found.unpacked()
        except OSError:
            return  # it went a moment ago: look again
        with opened as content:
            reading = PartReading(hearing, WholeFile(content, part), part)
            try:
                reading.run()
            except Damaged as error:
                reading.flush()  # what stood before the damage
                hearing.tell(f"{found.path}: expected a whole compressed file, found: {error}")
        part.finish(found.size)
        hearing.keep()

    def _read_plain(self, found: FoundFile, part: Part) -> None:
        """Reads a file to its end: that of now if it was put aside, else when it is replaced."""
        descriptor = os.open(found.path, os.O_RDONLY)
        is_left_open = False
        try:
            standing = os.fstat(descriptor)
            if (standing.st_dev, standing.st_ino) != (found.device, found.inode):
                return  # it was replaced a moment ago: look again
            _name(part, found)
            part.is_finished = False
            at_end = self._show if found.path != self._path else self._at_end
            self._opened(descriptor, part, at_end).reading.run()
            part.finish(os.fstat(descriptor).st_size)
            self._hearing.keep()
            self._left.append((descriptor, part, time.monotonic()))
            is_left_open = True
        except _CutOff:
            self._hearing.keep()
        finally:
            if not is_left_open:
                os.close(descriptor)

    def _opened(self, descriptor: int, part: Part, at_end: Callable[[_Open], bool]) -> _Open:
        stream = GrowingFile(descriptor, part, lambda: at_end(file))
        file = _Open(descriptor, part, stream, PartReading(self._hearing, stream, part))
        return file

    def _at_end(self, file: _Open) -> bool:
        """Whether more was written; waits for it until the file was replaced."""
        hearing = self._hearing
        while not self._show(file):
            looked_at = hearing.clock()
            file.reading.flush()
            hearing.standing.behind_bytes = max(0, file.stream.shown - file.part.offset)
            if self._is_replaced(file) and (
                hearing.once or time.monotonic() - file.quiet_from_s >= GRACE_S
            ):
                return self._show(file)
            self._read_left()
            hearing.wait(looked_at, hearing.pause)
        return True

    def _show(self, file: _Open) -> bool:
        """Lets the reader have what was written since, after it was noted when it was seen.

        Raises:
            _CutOff: the file was cut off, or cut off and written anew.
        """
        hearing, part = self._hearing, file.part
        standing = os.fstat(file.descriptor)
        if standing.st_size < file.stream.position:
            raise _CutOff
        if standing.st_mtime_ns == file.modified_ns and standing.st_size == file.stream.shown:
            return False
        head = os.pread(file.descriptor, IDENTITY_BYTES, 0)
        if identity_of_source(head).hex() != part.identity or not part.begins(head):
            raise _CutOff
        part.note_head(head)
        file.modified_ns = part.modified_ns = standing.st_mtime_ns
        file.quiet_from_s = time.monotonic()
        if standing.st_size <= file.stream.shown:
            return False
        if standing.st_size > part.offset:
            part.see(standing.st_size, hearing.clock())
            hearing.keep()
        return file.stream.show(standing.st_size)

    def _is_replaced(self, file: _Open) -> bool:
        """Whether another file has the name of the log by now."""
        try:
            standing = self._path.stat()
        except OSError:
            return False
        return (standing.st_dev, standing.st_ino) != (file.part.device, file.part.inode)

    def _read_left(self) -> None:
        """Reads what was written into files that were put aside, since they were."""
        for each in list(self._left):
            descriptor, part, left_at_s = each
            if os.fstat(descriptor).st_size > part.size:
                self._left.remove(each)
                self._read_again(descriptor, part)
                self._left.append((descriptor, part, left_at_s))
            elif time.monotonic() - left_at_s > LEFT_OPEN_S:
                self._left.remove(each)
                os.close(descriptor)

    def _read_again(self, descriptor: int, part: Part) -> None:
        part.is_finished = False
        try:
            self._opened(descriptor, part, self._show).reading.run()
        except _CutOff:
            self._hearing.tell(f"{part.name}: cut off after it was put aside")
        part.finish(os.fstat(descriptor).st_size)
        self._hearing.keep()


def _name(part: Part, found: FoundFile) -> None:
    """Remembers where a part is by now."""
    part.name, part.device, part.inode = found.path.name, found.device, found.inode
    part.modified_ns = found.modified_ns
