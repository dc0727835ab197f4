"""Keeps lines that could not be read, for the operator.

They are personal data that no erasure of the log reaches: only the owner of the home may open the
file, and whoever has mended its source deletes it (docs/how-to/import-logs.md).
"""

import os
from base64 import b64encode
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

import msgspec

if TYPE_CHECKING:
    from formats.reading import Unreadable


class Quarantine:
    """A file of NDJSON with place, reason and bytes of each line; it appears with the first one."""

    def __init__(self, path: Path, *, keep_bytes: int) -> None:
        """Continues after the first `keep_bytes` of the file; what stands behind is cut off."""
        self.path = path
        self.size = keep_bytes
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        """The quarantine, ready for lines."""
        if self.path.exists():
            self._open().truncate(self.size)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the file, if there is one."""
        if self._file is not None:
            self._file.close()

    def add(self, line: "Unreadable") -> None:
        """Keeps one line; durable after `settle`."""
        document = {
            "place": line.place,
            "reason": line.reason,
            "raw_base64": b64encode(line.raw).decode(),
        }
        self.size += self._open().write(msgspec.json.encode(document) + b"\n")

    def settle(self) -> None:
        """Returns when everything that was added is durable."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def _open(self) -> BinaryIO:
        if self._file is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            os.fchmod(descriptor, 0o600)  # whoever loosened it, or copied it here
            self._file = os.fdopen(descriptor, "r+b")
            self._file.seek(self.size)
        return self._file
