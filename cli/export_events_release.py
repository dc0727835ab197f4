"""Lets an export go: to a file, a folder, a zip file or the standard output, after it is recorded.

Invariants: nothing is released before the digest of all its bytes is known and recorded; nothing
that exists is overwritten; a file or folder is there whole or not at all, for its owner alone.
"""

import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from cli.bundle_writing import require_free, write_bundle, write_pieces
from formats.export.writing import ExportFormat, Provenance, Records
from ledger.errors import StoreUnavailable

if TYPE_CHECKING:
    import hashlib

GZIP_SUFFIX: Final = ".gz"
SUMS: Final = "_SHA256SUMS"
"""The last file of a folder, as `sha256sum` writes it; its own digest is what is recorded."""
_GZIP: Final = 16 + zlib.MAX_WBITS
_LEVEL: Final = 6

Recorded = Callable[[str], None]
"""Records that an export is handed out, by the SHA-256 of its bytes in hexadecimal; durable."""


class Target(NamedTuple):
    """Where an export goes."""

    path: Path | None
    """`None`: the standard output."""
    is_tree: bool = False
    """Whether it is a folder of files, or the same as one zip file."""


def target_of(chosen: ExportFormat, typed: Path | None) -> Target:
    """Where an export of a format goes; nothing is there yet.

    Args:
        chosen: The format.
        typed: The path that was typed; none or `-`: the standard output.

    Raises:
        UsageError: a terminal cannot show the format, or one file not hold it.
        BadRequest: something stands there already, or the folder above it is missing.
    """
    is_output = typed is None or str(typed) == "-"
    if chosen.needs_folder and (is_output or (typed and _is_file(chosen, typed))):
        found = "the standard output" if is_output else f"a file, {typed}"
        raise click.UsageError(
            f"--to: expected a folder or FILE.zip for {chosen.name}, found {found}"
        )
    if typed is None or is_output:
        if not chosen.is_text and sys.stdout.isatty():
            raise click.UsageError(
                f"--to: expected a file for {chosen.name}, which no terminal can show, found none"
            )
        return Target(None)
    require_free(typed)
    return Target(typed, is_tree=chosen.write_tree is not None and not _is_file(chosen, typed))


def _is_file(chosen: ExportFormat, path: Path) -> bool:
    """Whether the name is that of one file of a format."""
    return path.name.endswith((chosen.suffix, f"{chosen.suffix}{GZIP_SUFFIX}"))


def release(
    chosen: ExportFormat,
    records: Records,
    provenance: Provenance,
    target: Target,
    *,
    before: Recorded,
) -> None:
    """Writes an export, has it recorded, and only then lets it go; durable on return.

    Args:
        chosen: The format.
        records: What is in it.
        provenance: Where that is from.
        target: From `target_of`.
        before: Records that it is handed out.

    Raises:
        BadRequest: something stands there by now.
        StoreUnavailable: it cannot be written.
    """
    digest = sha256()
    if target.path is None:
        _to_output(_hashed(chosen.write(records, provenance), digest), digest, before)
    elif target.is_tree and chosen.write_tree is not None:
        files = _summed(chosen.write_tree(records, provenance), digest)
        write_bundle(files, target.path, before=lambda: before(digest.hexdigest()))
    else:
        pieces = chosen.write(records, provenance)
        if target.path.name.endswith(GZIP_SUFFIX):
            pieces = _packed(pieces)
        pieces = _hashed(pieces, digest)
        write_pieces(pieces, target.path, before=lambda: before(digest.hexdigest()))


def _to_output(pieces: Iterable[bytes], digest: "hashlib._Hash", before: Recorded) -> None:
    # A file without a name, which nobody else can open and which is gone with this process.
    with tempfile.TemporaryFile() as spool:
        try:
            for piece in pieces:
                spool.write(piece)
            spool.seek(0)
        except OSError as error:
            with suppress(OSError):
                spool.close()  # what waits to be written has no room either
            raise StoreUnavailable(
                f"{tempfile.gettempdir()}: the export cannot be kept there: {error.strerror}"
            ) from error
        before(digest.hexdigest())
        sys.stdout.flush()
        shutil.copyfileobj(spool, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _hashed(pieces: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces in gzip, without a name or a time in it."""
    packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        if packed := packing.compress(piece):
            yield packed
    yield packing.flush()


def _summed(
    files: Iterable[tuple[str, bytes]], digest: "hashlib._Hash"
) -> Iterator[tuple[str, bytes]]:
    """The files, and behind them the list of their digests."""
    lines = []
    for path, raw in files:
        lines.append(f"{sha256(raw).hexdigest()}  {path}\n")
        yield path, raw
    sums = "".join(lines).encode()
    digest.update(sums)
    yield SUMS, sums
