"""Kept lines as a stream that a reader reads again, each in the place where it stood.

A reader counts bytes from the begin of what it reads; here such a place is turned back into the
source and the byte where the line stood, so that a fact gets the event id that it would have got
then. Lines that stood in one source, were stated alike and lie near each other in time are read
together: a reader may need one to understand the next.
"""

import io
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from cli.quarantine_files import KeptLine
from formats import FORMATS
from formats.reading import MAX_LINE_BYTES, Outcome, ReadContext, SettingMissing, Translated

if TYPE_CHECKING:
    from formats import Format

MOST_LINES: Final = 1000
MOST_BYTES: Final = 4 * 1024 * 1024
_LINE_END: Final = 2
_FAR_DAYS: Final = 182
"""A time without a year that is read so far from the fact before it is one of another year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """What the owner states now, in place of what was stated then; `None` leaves that."""

    format: str | None = None
    zone: ZoneInfo | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedContext(ReadContext):
    """The context of a source of which only some lines are read."""

    place_of: Callable[[int], int] = field(kw_only=True)
    """Where in the source stood what begins at a byte of the stream."""

    def place_id(
        self, format_name: str, occurred_at: datetime, offset: int, ordinal: int = 0
    ) -> UUID:
        """As if the whole source were read."""
        # `super()` without arguments does not work in a dataclass with slots.
        return ReadContext.place_id(self, format_name, occurred_at, self.place_of(offset), ordinal)


class Stretch:
    """Lines that are read together."""

    def __init__(self, lines: Sequence[KeptLine]) -> None:
        """Of one source and stated alike; at least one."""
        self.lines = lines
        ends = accumulate(len(line.raw_base64) + 1 for line in lines)
        self._starts = [0, *ends]

    def line_at(self, end_offset: int) -> int:
        """Which of the lines an outcome is about that ends at a byte of the stream, from 0."""
        place = bisect_right(self._starts, max(0, end_offset - 1)) - 1
        return min(place, len(self.lines) - 1)

    def place_of(self, offset: int) -> int:
        """Where in the source stood what begins at a byte of the stream."""
        number = self.line_at(offset + 1)
        return (self.lines[number].offset or 0) + offset - self._starts[number]

    def read(self, reader: "Format", context: ReadContext, restated: Restated) -> list[Outcome]:
        """The outcomes of the lines, with places and offsets of the stream.

        Args:
            reader: In which language.
            context: How event ids are derived, and the present; the rest is what was stated.
            restated: What is stated now.

        Raises:
            SettingMissing: no line can be dated by what is stated.
        """
        first = self.lines[0]
        near = first.near_at
        year = restated.year or (near.year if near is not None else first.year)
        found = self._read(reader, self._context(context, restated, year))
        if near is None or year is None or restated.year is not None:
            return found
        told = next((each for each in found if isinstance(each, Translated)), None)
        away = (told.event.occurred_at - near).days if told is not None else 0
        if abs(away) <= _FAR_DAYS:
            return found
        # The turn of a year lies between the fact before and these lines.
        other = year + 1 if away < 0 else year - 1
        try:
            return self._read(reader, self._context(context, restated, other))
        except SettingMissing:
            return found

    def _read(self, reader: "Format", context: ReadContext) -> list[Outcome]:
        stream = io.BytesIO(b"".join(line.raw_base64 + b"\n" for line in self.lines))
        return list(reader.read(stream, context))

    def _context(self, context: ReadContext, restated: Restated, year: int | None) -> ReadContext:
        first = self.lines[0]
        zone = restated.zone or (ZoneInfo(first.zone) if first.zone else context.zone)
        return PlacedContext(
            derive_id=context.derive_id,
            system=first.system,
            zone=zone,
            year=year,
            source_identity=bytes.fromhex(first.source_identity or ""),
            now=context.now,
            programs={
                program: FORMATS[name].read
                for program, name in first.programs.items()
                if name in FORMATS
            },
            systems=first.systems,
            place_of=self.place_of,
        )


def stretches(lines: Iterable[KeptLine]) -> Iterator[Stretch]:
    """The lines that can be read again, in their order, in stretches of bounded size."""
    kept: list[KeptLine] = []
    size = 0
    for line in lines:
        is_full = len(kept) >= MOST_LINES or size >= MOST_BYTES
        if kept and (is_full or not _belong_together(kept[-1], line)):
            yield Stretch(kept)
            kept, size = [], 0
        kept.append(line)
        size += len(line.raw_base64)
    if kept:
        yield Stretch(kept)


def why_not(line: KeptLine, formats: Mapping[str, "Format"]) -> str | None:
    """Why a line can never be read again in its place; `None`: it can be tried."""
    if line.is_event:
        return None
    if line.source_identity is None or line.format is None:
        return "kept by an earlier version of Zegel: import its source again"
    if line.format not in formats:
        return f"no reader of {line.format}"
    if line.offset is None:
        return "it cannot be read alone: import its source again"
    is_cut = line.offset + len(line.raw_base64) + _LINE_END < line.end_offset
    if is_cut and len(line.raw_base64) >= MAX_LINE_BYTES:
        return "only its beginning was kept"
    return None


def _belong_together(one: KeptLine, other: KeptLine) -> bool:
    return (
        _stated(one) == _stated(other)
        and one.end_offset <= (other.offset or 0)
        and b"\n" not in one.raw_base64
        and b"\n" not in other.raw_base64
    )


def _stated(line: KeptLine) -> tuple[object, ...]:
    year = line.near_at.year if line.near_at is not None else line.year
    stated = (line.source_identity, line.format, line.system, line.zone, line.programs)
    return (*stated, line.systems, year, line.collector)
