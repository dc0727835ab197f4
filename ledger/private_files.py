"""Files that only their owner may read: written all or nothing, refused when others can read them.

What others than this program make, such as a database, is made empty first, closed to all others.

Invariants: a file is never half there (written beside its place, synced, then moved into it), and
what is written is durable on return, its name in the folder included.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ledger.durable_names import sync_names
from ledger.errors import StoreUnavailable

_OWNER_ONLY: Final = 0o600
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def write_new_file(path: Path, content: bytes) -> None:
    """Writes a file that only its owner may read, all or nothing and durable on return.

    Raises:
        FileExistsError: something stands at that path; it was not touched.
        OSError: the file cannot be written; nothing is left of it.
    """
    with _beside(path, content) as beside:
        os.link(beside, path)  # unlike a rename, it never replaces what stands there


def replace_file(path: Path, content: bytes) -> None:
    """Puts a file in the place of another, or of none; a crash leaves the old or the new one.

    Raises:
        OSError: the file cannot be written; what stood there still does.
    """
    with _beside(path, content) as beside:
        beside.replace(path)


def make_private_file(path: Path) -> None:
    """Makes an empty file that only its owner may read; one that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY))


def close_to_others(path: Path) -> None:
    """Takes the right to read a file from all but its owner, where nobody can be using it.

    That is so inside a folder that is closed to them: a file in an open folder may be shared on
    purpose. A file that is missing, of another account or on a read-only disk stays as it is.
    """
    with contextlib.suppress(OSError):
        is_open_folder = path.parent.stat().st_mode & _OTHERS
        standing = path.lstat()
        is_ours = stat.S_ISREG(standing.st_mode) and standing.st_uid == os.geteuid()
        if is_ours and not is_open_folder and standing.st_mode & _OTHERS:
            path.chmod(stat.S_IMODE(standing.st_mode) & ~_OTHERS)


def read_private_file(path: Path, what: str) -> bytes:
    """The content of a file that nobody but its owner can read.

    Args:
        path: Where it is.
        what: What it is, for the message: `key file`.

    Raises:
        StoreUnavailable: it cannot be read, or others than its owner can.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read()
    except OSError as error:
        raise StoreUnavailable(f"{what} {path} cannot be read: {error.strerror}") from error
    if mode & ~stat.S_IRWXU:
        raise StoreUnavailable(
            f"{what} {path}: expected access for its owner only (mode 0600), found mode "
            f"{mode:04o}; find out who may have read it, then run: chmod 600 {path}"
        )
    return content


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """A durable file beside the place where it is to go; the folder is synced at the end."""
    beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield beside
    finally:
        beside.unlink(missing_ok=True)
    sync_names(path.parent)
