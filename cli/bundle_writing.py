"""Writes the files of a bundle as a folder or as one zip file.

Invariants: nothing that exists is overwritten; under the name that was asked for there is a whole
bundle or nothing; the same files give the same zip file, whatever the time and the machine's
settings (with the same version of zlib); only its owner can read it, as fields may be opened in it.
"""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ledger.durable_names import sync_names
from ledger.errors import BadRequest, StoreUnavailable

File = tuple[str, bytes]

ZIP_SUFFIX: Final = ".zip"
_PART: Final = ".part"
"""Behind the name of a file of a folder that is not whole yet: a lake may be read meanwhile, and a
run may be killed; DuckDB looks into hidden folders too."""
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip file can hold."""
_PLAIN_FILE: Final = 0o100644 << 16
_UNIX: Final = 3


def require_free(target: Path) -> None:
    """Returns only if something can be written there.

    Raises:
        BadRequest: something stands there already, or the folder above it is missing.
    """
    if target.exists() or target.is_symlink():
        raise BadRequest(f"{target}: expected nothing there, found something; nothing was changed")
    if not target.absolute().parent.is_dir():
        raise BadRequest(f"{target.absolute().parent}: expected a folder, found none")


def write_bundle(files: Iterable[File], target: Path, *, before: Callable[[], None]) -> None:
    """Writes a bundle, durable on return: a zip file if the name ends in `.zip`, else a folder.

    Args:
        files: Path and content of each file.
        target: Where nothing is yet.
        before: Called when all is written, just before it gets its name; if it raises, nothing
            is kept.

    Raises:
        BadRequest: something stands there already, or the folder above it is missing.
        StoreUnavailable: it cannot be written.
    """
    require_free(target)
    try:
        with _room_beside(target) as room:
            whole = room / "bundle"
            is_zip = target.name.endswith(ZIP_SUFFIX)
            if is_zip:
                _write_archive(files, whole)
            else:
                _write_folder(files, whole)
            before()
            require_free(target)
            if not is_zip:
                _name_files(whole)
            whole.rename(target)
            sync_names(target.absolute().parent)
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written: {error.strerror}") from error


def write_file(raw: bytes, target: Path, *, before: Callable[[], None]) -> None:
    """Writes one file for its owner alone, durable on return; else as `write_bundle`.

    Raises:
        BadRequest: something stands there already, or the folder above it is missing.
        StoreUnavailable: it cannot be written.
    """
    write_pieces((raw,), target, before=before)


def write_pieces(pieces: Iterable[bytes], target: Path, *, before: Callable[[], None]) -> None:
    """As `write_file`, piece by piece, so that a file may be larger than memory.

    Raises:
        BadRequest: something stands there already, or the folder above it is missing.
        StoreUnavailable: it cannot be written.
    """
    require_free(target)
    try:
        with _room_beside(target) as room:
            whole = room / "file"
            with whole.open("xb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            whole.chmod(0o600)
            before()
            require_free(target)
            whole.rename(target)
        sync_names(target.absolute().parent)
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written: {error.strerror}") from error


@contextmanager
def _room_beside(target: Path) -> Iterator[Path]:
    room = Path(tempfile.mkdtemp(prefix=".zegel-bundle-", dir=target.absolute().parent))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _write_archive(files: Iterable[File], path: Path) -> None:
    with path.open("xb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name, raw in files:
                member = zipfile.ZipInfo(name, _EARLIEST)
                member.compress_type = zipfile.ZIP_DEFLATED
                member.create_system = _UNIX
                member.external_attr = _PLAIN_FILE
                archive.writestr(member, raw)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)


def _write_folder(files: Iterable[File], folder: Path) -> None:
    folder.mkdir(mode=0o700)
    for name, raw in files:
        path = folder / f"{name}{_PART}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())


def _name_files(folder: Path) -> None:
    """Gives the files of a folder their names: what reads folders by names saw none before."""
    paths = list(folder.rglob("*"))
    for path in paths:
        if path.is_file():
            path.rename(path.with_name(path.name.removesuffix(_PART)))
    for each in (folder, *(path for path in paths if path.is_dir())):
        sync_names(each)
