"""Opens the files of one import and finds their languages, all of them before any is recorded.

A mistyped name at the end of a long list is told while nothing has happened yet. What can be opened
a second time is closed in between, so that the number of files has no limit; standard input and
pipes stay open, as what was looked at comes only once.
"""

import io
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from cli.compressed import decompressed
from ledger.errors import BadRequest, FormatError
from ledger.identifiers import masked

if TYPE_CHECKING:
    from formats import Format

HEAD_BYTES: Final = 65_536
STANDARD_INPUT: Final = "-"
FAIL2BAN_ROWS: Final = "fail2ban-database"


@dataclass(frozen=True, slots=True)
class Recognised:
    """One file, and the language that it is read in."""

    file: str
    reader: "Format | None"
    """`None`: it holds nothing, so that there is nothing to be said in a language."""
    kept: io.BufferedReader | None
    """Its bytes, where they come only once."""

    @contextmanager
    def opened(self) -> Iterator[io.BufferedReader]:
        """Its bytes from the first one on, decompressed where gzip compressed them.

        Raises:
            BadRequest: it cannot be opened any more.
        """
        if self.kept is not None:
            yield self.kept
            return
        with _opened(self.file) as stream:
            yield _readable(stream, self.file)


@contextmanager
def recognised_files(
    files: Sequence[str], format_name: str | None
) -> Iterator[tuple[Recognised, ...]]:
    """Every file with its language, in their order.

    Args:
        files: Paths; `-` is standard input.
        format_name: The language of all of them, if it is stated.

    Raises:
        BadRequest: files cannot be opened or recognised; names them all.
    """
    with ExitStack() as stack:
        found: list[Recognised] = []
        refused: dict[str, list[str]] = {}
        kept: dict[str, io.BufferedReader] = {}
        for file in files:
            try:
                found.append(_recognised(file, format_name, stack, kept))
            except FormatError as error:
                said = f"expected {error.expected}, found {error.found}"
                refused.setdefault(said, []).append(error.place)
            except BadRequest as error:
                refused.setdefault(str(error), [])
        if refused:
            told = (f"{', '.join(at)}: {said}" if at else said for said, at in refused.items())
            raise BadRequest(f"{'; '.join(told)}; nothing was recorded")
        yield tuple(found)


def head_of_stream(stream: io.BufferedReader) -> bytes:
    """The first bytes of a stream, which stay in it."""
    return stream.peek(HEAD_BYTES)[:HEAD_BYTES]


def _recognised(
    file: str, format_name: str | None, stack: ExitStack, kept: dict[str, io.BufferedReader]
) -> Recognised:
    """A file with its language; what comes only once is kept open until the stack is closed."""
    if file in kept:
        return _known(file, kept[file], format_name, kept[file])
    with ExitStack() as for_now:
        try:
            plain = for_now.enter_context(_opened(file))
            stream = _readable(plain, file)
            comes_once = file == STANDARD_INPUT or not _is_regular(plain)
            known = _known(file, stream, format_name, stream if comes_once else None)
        except OSError as error:
            raise _unreadable(file, error) from error
        if comes_once:
            kept[file] = stream
            stack.push(for_now.pop_all())
        return known


def _known(
    file: str, stream: io.BufferedReader, format_name: str | None, kept: io.BufferedReader | None
) -> Recognised:
    from cli.empty_sources import is_empty  # noqa: PLC0415 - start time: see cli/app.py
    from cli.fail2ban_rows import Fail2banRows  # noqa: PLC0415 - likewise
    from formats import FORMATS, detect  # noqa: PLC0415 - likewise

    if format_name or isinstance(stream, Fail2banRows):
        return Recognised(file, FORMATS[format_name or FAIL2BAN_ROWS], kept)
    reader = detect(head_of_stream(stream), Path(file).name)
    if reader is None and not is_empty(stream):
        raise FormatError(file, f"one of {', '.join(FORMATS)} (--from names it)", "none of them")
    return Recognised(file, reader, kept)


@contextmanager
def _opened(file: str) -> Iterator[io.BufferedReader]:
    """The bytes of a file as they lie there, or of standard input, which stays open."""
    if file == STANDARD_INPUT:
        yield cast("io.BufferedReader", sys.stdin.buffer)
        return
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(Path(file).open("rb"))
        except OSError as error:
            raise _unreadable(file, error) from error
        yield stream


def _readable(stream: io.BufferedReader, file: str) -> io.BufferedReader:
    """The rows of a database, or the bytes of a file, decompressed where gzip compressed them."""
    from cli.fail2ban_rows import is_database, open_rows  # noqa: PLC0415 - start time: see cli/app.py

    if file == STANDARD_INPUT:
        return decompressed(stream, "standard input")
    return open_rows(Path(file)) if is_database(stream) else decompressed(stream, masked(file))


def _is_regular(stream: io.BufferedReader) -> bool:
    return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)


def _unreadable(file: str, error: OSError) -> BadRequest:
    return BadRequest(f"{file}: expected a file that can be read, found: {error.strerror}")
