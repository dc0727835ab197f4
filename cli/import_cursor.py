"""Remembers how far a source was read, so that the same import continues where it stopped.

Crash order of one batch: events are durable, then the unreadable lines and what is noted about the
source (`cli.sources_notes`), then the cursor. Stopped in between, the next run reads the batch
again: its events are in the log already and give their first receipts, and nothing is noted twice.
"""

import os
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from cli.source_heads import SourceHead
from ledger.errors import StoreUnavailable

FOLDER: Final = "imports"
_OWNER_ONLY: Final = 0o600


class ImportCursor(Struct, frozen=True, kw_only=True):
    """How far one source was read into one log."""

    source: str
    """The path as it was resolved."""
    source_identity: str
    """SHA-256 of the first line in hexadecimal: another file under the same name begins anew."""
    head: SourceHead | None = None
    """How it began when it was read; `None` in a cursor of an earlier version."""
    format: str
    system: str | None
    origin: str
    """The log that the events went to."""
    log_size: int
    """Its size then: a log that is shorter now is another one."""
    offset: int
    """Bytes of the source whose events are durable."""


def cursor_file(home: Path, *, source: str, format_name: str, system: str | None) -> Path:
    """Where the cursor of one source, read as one format for one system, is kept."""
    name = sha256("\0".join((source, format_name, system or "")).encode()).hexdigest()[:32]
    return home / FOLDER / f"{name}.json"


def read_cursor(path: Path) -> ImportCursor | None:
    """The cursor that is kept there; `None` when there is none, or none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ImportCursor)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def write_cursor(path: Path, cursor: ImportCursor) -> None:
    """Keeps the cursor; a reader finds the old one or the new one, never a part.

    Raises:
        StoreUnavailable: the disk cannot be written; the source is read again from there.
    """
    beside = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, _OWNER_ONLY)
            file.write(msgspec.json.format(msgspec.json.encode(cursor), indent=2) + b"\n")
        beside.replace(path)
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be written: {error.strerror}") from error
