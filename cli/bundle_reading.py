"""Reads the files of a bundle from a folder or a zip file, whatever they contain.

Invariants: nothing outside the folder is read, no file beyond a size is loaded, and what cannot be
read is broken evidence, never a traceback.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from ledger.errors import BadRequest, VerificationError
from ledger.verification.bundle_layout import is_bundle_path

MAX_FILE_BYTES: Final = 1_073_741_824
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
"""What a damaged, encrypted or foreign zip member ends with."""


class BundleFiles(Protocol):
    """Where the files of a bundle come from."""

    paths: frozenset[str]
    """Of every file that is there."""

    def read(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            KeyError: there is none.
            VerificationError: it cannot be read (MODIFIED).
        """


@contextmanager
def open_bundle(path: Path) -> Iterator[BundleFiles]:
    """The files of a bundle, a folder or a zip file.

    Raises:
        BadRequest: there is neither at that path.
    """
    if path.is_dir():
        yield _Folder(path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield _Archive(archive)
    except FileNotFoundError as error:
        raise BadRequest(f"{path}: expected a bundle, found nothing") from error
    except zipfile.BadZipFile as error:
        raise BadRequest(f"{path}: expected a folder or a zip file, found another file") from error


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        found = (path for path in self._folder.rglob("*") if not path.is_dir() or path.is_symlink())
        self.paths = frozenset(path.relative_to(self._folder).as_posix() for path in found)

    def read(self, path: str) -> bytes:
        """The content of a file inside the folder."""
        if path not in self.paths or not is_bundle_path(path):
            raise KeyError(path)
        place = (self._folder / path).resolve()
        # A link could lead to a file of this machine.
        if not place.is_relative_to(self._folder) or not place.is_file():
            raise _unreadable(path, "another thing than a file")
        if place.stat().st_size > MAX_FILE_BYTES:
            raise _unreadable(path, f"{place.stat().st_size} bytes")
        return place.read_bytes()


class _Archive:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        members = [member for member in archive.infolist() if not member.is_dir()]
        self._members = {member.filename: member for member in members}
        self._is_double = len(self._members) < len(members)
        self.paths = frozenset(self._members)

    def read(self, path: str) -> bytes:
        """The content of a member."""
        if self._is_double:  # two programs could then read two bundles from one file
            raise _unreadable(path, "a zip file in which one name stands twice")
        member = self._members[path]
        if member.file_size > MAX_FILE_BYTES:
            raise _unreadable(path, f"{member.file_size} bytes")
        try:
            with self._archive.open(member) as file:
                raw = file.read(MAX_FILE_BYTES + 1)
        except _DAMAGE as error:
            raise _unreadable(path, str(error)[:200]) from error
        if len(raw) > MAX_FILE_BYTES:
            raise _unreadable(path, f"more than {MAX_FILE_BYTES} bytes")
        return raw


def _unreadable(path: str, found: str) -> VerificationError:
    return VerificationError("MODIFIED", None, f"{path}: expected a readable file, found {found}")
