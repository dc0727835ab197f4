"""The folder of an archive, on a disk or in any store that fsspec has a file system for.

A file appears whole or not at all: locally it is written under another name and renamed, in an
object store an object exists once it is complete. Nothing that stands there is ever overwritten.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import file_digest, sha256
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile
from typing import IO, Any, Final

from fsspec.core import url_to_fs

from ledger.durable_names import sync_names
from ledger.errors import BadRequest, StoreUnavailable

_BLOCK: Final = 1 << 20
_PART: Final = ".part"
_WITHOUT_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What file systems say that know one name of a file only."""
_PASSWORD: Final = re.compile(r"(?<=://)[^/:]*:.*@", re.DOTALL)
"""Up to the last `@`: a password that is not encoded may hold `/`, `@` and whatever else."""
_CHAIN: Final = "::"
"""fsspec would fetch from one store through another: which file was read is then hard to say."""


def shown_place(url: str) -> str:
    """An address as people may see it: without a password that an earlier version let in."""
    return _PASSWORD.sub("", url)


class ArchivePlace:
    """One archive folder; nothing is read or made before it is asked for."""

    def __init__(self, url: str) -> None:
        """Takes a folder: a local path, `file://…`, `s3://bucket/prefix`.

        Raises:
            BadRequest: no file system is known for it, or it holds a password.
            StoreUnavailable: it cannot be reached, and its file system connects at once.
        """
        if _PASSWORD.search(url):
            raise BadRequest(
                f"archive {shown_place(url)}: expected no password in the address, which is stored "
                "and shown, found one; it belongs where the tools of the store look for it, as it "
                "is and not encoded, such as in AWS_SECRET_ACCESS_KEY; `zegel archive place` takes "
                "the address without it"
            )
        if _CHAIN in url:
            raise BadRequest(f"archive {url}: expected one store, found several")
        try:
            self._fs, root = url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise BadRequest(f"archive {url}: expected a folder or store: {error}") from error
        except Exception as error:  # stores raise what their libraries raise
            raise StoreUnavailable(
                f"archive {url}: cannot be used: {type(error).__name__}: {error}"
            ) from error
        self.url = url
        self._root: str = root.rstrip("/")
        self.is_local: bool = "file" in _protocols(self._fs)

    @property
    def absolute(self) -> str:
        """The URL, with a local path from the root on: it means the same in every folder."""
        return self._root if self.is_local else self.url

    def read(self, path: str) -> bytes:
        """The content of a small file.

        Raises:
            StoreUnavailable: it is not there, or the store cannot be reached.
        """
        with self._reached(path):
            content: bytes = self._fs.cat_file(self._at(path))
            return content

    def size_of(self, path: str) -> int | None:
        """The length of a file in bytes; `None` where there is none.

        Raises:
            StoreUnavailable: the store cannot be reached.
        """
        with self._reached(path), suppress(FileNotFoundError):
            self._fs.invalidate_cache()
            return int(self._fs.info(self._at(path))["size"])
        return None

    def paths(self, folder: str) -> list[str]:
        """The paths of every file below a folder, sorted; none where it is missing.

        Raises:
            StoreUnavailable: the store cannot be reached.
        """
        with self._reached(folder), suppress(FileNotFoundError):
            self._fs.invalidate_cache()
            found = self._fs.find(self._at(folder))
            names = (str(one)[len(self._root) + 1 :] for one in found)
            return sorted(name for name in names if not name.endswith(_PART))
        return []

    @contextmanager
    def opened(self, path: str) -> Iterator[tuple[IO[bytes], bytes]]:
        """A file to read from at any place, and the SHA-256 of all of it.

        A remote file is fetched once, to an unnamed file on disk.

        Raises:
            StoreUnavailable: it is not there, or the store cannot be reached.
        """
        with self._handle(path) as handle:
            digest = sha256()
            with self._reached(path):
                while block := handle.read(_BLOCK):
                    digest.update(block)
            handle.seek(0)
            yield handle, digest.digest()

    def sha256_of(self, path: str) -> bytes:
        """The SHA-256 of a file."""
        with self.opened(path) as (_, digest):
            return digest

    def write(self, path: str, source: Path) -> None:
        """Puts a file there, durable on return.

        Raises:
            BadRequest: another one stands there.
            StoreUnavailable: it cannot be written.
        """
        if self.size_of(path) is not None:
            self._require_same(path, source)
            return
        with self._reached(path):
            if self.is_local:
                self._write_local(path, source)
            else:
                self._fs.put_file(str(source), self._at(path))

    def remove(self, path: str) -> None:
        """Removes a file; one that is not there is removed already.

        Raises:
            StoreUnavailable: the store cannot be reached.
        """
        with self._reached(path), suppress(FileNotFoundError):
            self._fs.rm_file(self._at(path))

    def _require_same(self, path: str, source: Path) -> None:
        """Returns only if what stands there is what would be put there."""
        if self.sha256_of(path) != _sha256_of(source):
            raise BadRequest(
                f"{self._shown(path)}: expected nothing there, found a file with other content; "
                "nothing was overwritten"
            )

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _shown(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/{path}"

    @contextmanager
    def _handle(self, path: str) -> Iterator[IO[bytes]]:
        if self.is_local:
            with ExitStack() as stack:
                with self._reached(path):
                    handle = stack.enter_context(Path(self._at(path)).open("rb"))
                yield handle
            return
        with TemporaryFile() as spooled:
            with self._reached(path), self._fs.open(self._at(path), "rb") as remote:
                while block := remote.read(_BLOCK):
                    spooled.write(block)
            spooled.seek(0)
            yield spooled

    def _write_local(self, path: str, source: Path) -> None:
        target = Path(self._at(path))
        missing = [each for each in target.parents if not each.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        # Two runs at once write under names of their own; the first that is done gives its name.
        part = target.with_name(f"{target.name}.{token_hex(8)}{_PART}")
        try:
            with source.open("rb") as read, part.open("xb") as written:
                while block := read.read(_BLOCK):
                    written.write(block)
                written.flush()
                os.fsync(written.fileno())
            try:
                _name(part, target)
            except FileExistsError:
                self._require_same(path, source)
        finally:
            part.unlink(missing_ok=True)
        target.with_name(target.name + _PART).unlink(missing_ok=True)
        for folder in (target.parent, *(each.parent for each in missing)):
            sync_names(folder)

    @contextmanager
    def _reached(self, path: str) -> Iterator[None]:
        """Tells whatever a store raises as one error; what a caller asks about passes."""
        try:
            yield
        except (StoreUnavailable, BadRequest):
            raise
        except Exception as error:  # stores raise what their libraries raise
            raise StoreUnavailable(
                f"archive {self._shown(path)}: cannot be used: {type(error).__name__}: {error}"
            ) from error


def _name(part: Path, target: Path) -> None:
    """Gives a whole file its name.

    Raises:
        FileExistsError: another one has it by now.
    """
    try:
        target.hardlink_to(part)
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS:
            raise
        if target.exists():
            raise FileExistsError(target) from error
        part.replace(target)


def _protocols(fs: Any) -> tuple[str, ...]:  # noqa: ANN401 - fsspec has no types
    found = fs.protocol
    return (found,) if isinstance(found, str) else tuple(found)


def _sha256_of(path: Path) -> bytes:
    with path.open("rb") as handle:
        return file_digest(handle, "sha256").digest()
