"""Lines of a body that arrives piece by piece, and batches of them, in constant memory.

A batch is full after `BATCH_LINES` lines, `BATCH_BYTES` bytes, or `BATCH_S` seconds after its first
line, so that a slow stream is durable soon, too. What arrived whole before a stream breaks off is
given before its error.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Final

from formats.reading import MAX_LINE_BYTES, UTF8_MARK

BATCH_LINES: Final = 1000
BATCH_BYTES: Final = 4 * 1024 * 1024
BATCH_S: Final = 2.0

_BLANK: Final = b" \t\r"
_BLANK_LINES: Final = re.compile(rb"(?:[ \t\r]*\n)+")


@dataclass(frozen=True, slots=True)
class SentLine:
    """One line that is not blank."""

    number: int
    """From 1, blank lines counted."""
    raw: bytes
    """Without its end; of a line that is too long, its beginning."""
    is_too_long: bool = False


class LineSplitter:
    """Cuts pieces into lines; LF and CRLF both end one. It holds no more than one line."""

    def __init__(self, most_bytes: int = MAX_LINE_BYTES) -> None:
        """At the beginning of the first line.

        Args:
            most_bytes: How long a line may be; nothing is given after one that is longer.
        """
        self._most_bytes = most_bytes
        self._begun = bytearray()
        self._number = 0
        self._is_over = False

    def feed(self, piece: bytes) -> Iterator[SentLine]:
        """The lines that a piece completes."""
        start = self._past_blank(piece, 0)
        while not self._is_over and (end := piece.find(b"\n", start)) >= 0:
            yield from self._line(piece[start:end])
            start = self._past_blank(piece, end + 1)
        if not self._is_over:
            self._begun += piece[start:]
            if len(self._begun) > self._most_bytes + 1:  # a carriage return is not counted
                yield from self._line(b"")

    def _past_blank(self, piece: bytes, start: int) -> int:
        """Where the blank lines at a place end: a kilobyte of gzip may hold a million of them."""
        run = None if self._begun else _BLANK_LINES.match(piece, start)
        if run is None:
            return start
        self._number += piece.count(b"\n", start, run.end())
        return run.end()

    def end(self) -> Iterator[SentLine]:
        """What follows the last line end, as a line."""
        if not self._is_over and self._begun:
            yield from self._line(b"")

    def _line(self, rest: bytes) -> Iterator[SentLine]:
        raw = bytes(self._begun + rest) if self._begun else rest
        self._begun.clear()
        self._number += 1
        if self._number == 1:
            raw = raw.removeprefix(UTF8_MARK)
        raw = raw.removesuffix(b"\r")
        if len(raw) > self._most_bytes:
            self._is_over = True
            yield SentLine(self._number, raw[: self._most_bytes], is_too_long=True)
        elif raw.strip(_BLANK):
            yield SentLine(self._number, raw)


async def batches_of(pieces: AsyncIterator[bytes]) -> AsyncGenerator[list[SentLine]]:
    """The lines of a body in batches, none of them empty.

    Raises:
        ZegelError: as `pieces` does, after the lines that came before.
    """
    splitter, batch = LineSplitter(), _Batch()
    arriving = asyncio.ensure_future(_next(pieces))
    try:
        while True:
            await asyncio.wait({arriving}, timeout=batch.seconds_left())
            if not arriving.done():
                yield batch.taken()
                continue
            try:
                piece = arriving.result()
            except Exception:
                if batch.lines:
                    yield batch.taken()
                raise
            for line in splitter.end() if piece is None else splitter.feed(piece):
                batch.add(line)
                if batch.is_full:
                    yield batch.taken()
            if piece is None:
                break
            arriving = asyncio.ensure_future(_next(pieces))
        if batch.lines:
            yield batch.taken()
    finally:
        arriving.cancel()
        await asyncio.wait({arriving})  # whoever reads on from here has the body for itself
        if not arriving.cancelled():
            arriving.exception()


class _Batch:
    """The lines that wait to be stored."""

    def __init__(self) -> None:
        self.lines: list[SentLine] = []
        self._bytes = 0
        self._until: float | None = None

    def add(self, line: SentLine) -> None:
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + BATCH_S
        self.lines.append(line)
        self._bytes += len(line.raw)

    @property
    def is_full(self) -> bool:
        return len(self.lines) >= BATCH_LINES or self._bytes >= BATCH_BYTES

    def seconds_left(self) -> float | None:
        """Until the batch has waited long enough; `None`: it is empty."""
        if self._until is None:
            return None
        return max(0.0, self._until - asyncio.get_running_loop().time())

    def taken(self) -> list[SentLine]:
        taken = self.lines
        self.lines, self._bytes, self._until = [], 0, None
        return taken


async def _next(pieces: AsyncIterator[bytes]) -> bytes | None:
    return await anext(pieces, None)
