"""Finds the files that a log was rotated into: beside it, by what they begin with.

A rotation renames the log (`auth.log.1`) and makes a new one, or copies it and cuts it off; later
it compresses what it put aside. All of that keeps the first line, which tells whose content it is.
"""

import bz2
import errno
import gzip
import lzma
import os
import re
import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from formats.reading import IDENTITY_BYTES, identity_of_source

_ASIDE: Final = re.compile(r"(?:[.-][0-9][0-9T:._-]*|[.]old)?(?P<packed>[.](?:gz|bz2|xz))?")
"""What rotation puts behind the name: `.1`, `-20261122`, `.2.gz`."""

_OPENERS: Final[dict[str, Callable[[Path], object]]] = {
    ".gz": gzip.GzipFile,
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}


DAMAGED: Final = (EOFError, lzma.LZMAError, zlib.error)
"""What unpacking raises beside `OSError` where the bytes are not those of a whole file."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file with something in it that can be told from others."""

    path: Path
    identity: str
    """In hexadecimal; see `formats.reading.identity_of_source`."""
    device: int
    inode: int
    size: int
    """As it lies there, compressed or not."""
    modified_ns: int
    is_packed: bool
    """Compressed, and so complete."""
    head: bytes = b""
    """Its first bytes, unpacked."""

    def unpacked(self) -> BinaryIO:
        """The content of a compressed file; whoever opens it closes it."""
        return _unpacked(self.path)


def found_file(path: Path, *, whole_line: bool) -> FoundFile | None:
    """A file as it is now; `None` where there is none, or nothing yet that tells it from others.

    Args:
        path: Of the file.
        whole_line: Whether its first line must be there whole, as more may come.

    Raises:
        OSError: it cannot be read, or is a pipe or device, which may never answer.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            raise OSError(errno.EINVAL, "expected a regular file, found another")
        with path.open("rb") as file:
            standing = os.fstat(file.fileno())
            is_packed = path.suffix in _OPENERS
            if is_packed:
                with _unpacked(path) as content:
                    head = content.read(IDENTITY_BYTES)
            else:
                head = file.read(IDENTITY_BYTES)
    except (FileNotFoundError, IsADirectoryError, *DAMAGED):
        return None
    is_whole = b"\n" in head or len(head) == IDENTITY_BYTES
    if not head or (whole_line and not is_whole):
        return None
    return FoundFile(
        path=path,
        identity=identity_of_source(head).hex(),
        device=standing.st_dev,
        inode=standing.st_ino,
        size=standing.st_size,
        modified_ns=standing.st_mtime_ns,
        is_packed=is_packed,
        head=head,
    )


def _unpacked(path: Path) -> BinaryIO:
    return cast("BinaryIO", _OPENERS[path.suffix](path))


def files_aside(path: Path) -> list[FoundFile]:
    """The files that a log was rotated into, as far as they can be read; the oldest first."""
    found = []
    for beside in _beside(path):
        if _ASIDE.fullmatch(beside.name.removeprefix(path.name)) is None:
            continue
        try:
            each = found_file(beside, whole_line=False)
        except OSError:  # such as one that only root may read: whoever follows the log says so
            continue
        if each is not None:
            found.append(each)
    return sorted(found, key=lambda each: (each.modified_ns, each.path.name))


def _beside(path: Path) -> list[Path]:
    try:
        every = list(path.parent.iterdir())
    except OSError:  # the folder is not there either: whoever follows the log says so
        return []
    return [each for each in every if each.name != path.name and each.name.startswith(path.name)]
