"""What every reader takes and gives: the context of a source, its lines, its outcomes.

A reader turns a stream of bytes into `Outcome`s, one after the other and in constant memory.
Nothing is dropped in silence: what became an event, what was left out on purpose and what could not
be read are three outcomes, and each says where it stands.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from ledger.errors import FormatError, MalformedEvent, ZegelError
from ledger.events import Event
from ledger.identifiers import masked
from ledger.units import Clock

MAX_LINE_BYTES: Final = 256 * 1024
"""A sealed record holds at most 65,535 bytes; a longer line than this one is no log line."""

IDENTITY_BYTES: Final = 4096
"""How much of a source is needed to tell it from another; every way to open one reads as much."""

UTF8_MARK: Final = b"\xef\xbb\xbf"
"""What some programs write before the first line."""


class SettingMissing(FormatError):
    """A setting without which no line can be dated is missing or wrong; ends the reading."""


def nobody_asks(_facts: int) -> None:
    """Nothing comes of it: most sources tell each fact with its own line."""


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What a source does not say itself and its owner therefore states."""

    derive_id: Callable[[datetime | None, bytes], UUID]
    """Gives the one event id of an instant, if it counts, and an identity within the source."""
    system: str | None
    """The system id under which facts without one are recorded."""
    zone: ZoneInfo | None
    """The zone of times written without one."""
    year: int | None
    """The year of the first time that is written without one."""
    source_identity: bytes
    """What tells this source from another: `identity_of_source` of its first bytes."""
    now: datetime
    """The present, to refuse facts of the future."""
    programs: "Mapping[str, Read]" = field(default_factory=dict)
    """How messages of these programs are read, where one log holds those of many."""
    systems: Mapping[str, str] = field(default_factory=dict)
    """The system ids of these machines, where one log holds the messages of many."""
    clock: Clock | None = None
    """Gives the present of a source that is followed for long; `now` is when that began."""
    tell_waiting: Callable[[int], None] = nobody_asks
    """Told at the end of the source how many facts still wait for lines that would come after it:
    they are no outcomes, as a source that grows tells them yet."""

    def present(self) -> datetime:
        """The present by which facts of the future are refused."""
        return self.now if self.clock is None else self.clock()

    def own_id(self, format_name: str, *parts: bytes) -> UUID:
        """The id of a fact that the source itself names, whatever else is said of it.

        Args:
            format_name: the language, so that two languages never share an identity.
            parts: the source's own id. Each is preceded by its length, so that no two lists of
                parts give the same identity.
        """
        return self._id(format_name, None, *parts)

    def _id(self, format_name: str, occurred_at: datetime | None, *parts: bytes) -> UUID:
        system = (self.system or "").encode()
        whole = (format_name.encode(), system, *parts)
        identity = b"".join(len(part).to_bytes(4, "big") + part for part in whole)
        return self.derive_id(occurred_at, identity)

    def place_id(
        self, format_name: str, occurred_at: datetime, offset: int, ordinal: int = 0
    ) -> UUID:
        """The id of a fact that brought none: known by source, byte offset and ordinal there."""
        place = (self.source_identity, offset.to_bytes(8, "big"), ordinal.to_bytes(4, "big"))
        return self._id(format_name, occurred_at, *place)


def identity_of_source(head: bytes) -> bytes:
    """SHA-256 of the first line in `head`: a log that grows keeps its identity.

    Of a longer line the first `IDENTITY_BYTES` count, however much was read ahead.
    """
    first, _, _ = head[:IDENTITY_BYTES].partition(b"\n")
    return hashlib.sha256(first.rstrip(b"\r")).digest()


@dataclass(frozen=True, slots=True)
class Numbered:
    """A source's own running number: one that is passed over was lost on the way."""

    series: str
    """What is counted, such as one connection or one journal; names nobody."""
    number: int
    part: str | None = None
    """Who wrote it within the series, where it is not certain that all of it counts together: such
    as one process of a machine."""


@dataclass(frozen=True, slots=True)
class Translated:
    """One event; `warnings` name what was odd and kept as it was, without personal data."""

    place: str
    event: Event
    end_offset: int
    warnings: tuple[str, ...] = ()
    numbered: Numbered | None = None

    def __post_init__(self) -> None:
        """Keeps citizen numbers out of the warnings, which are shown."""
        if self.warnings:
            object.__setattr__(self, "warnings", tuple(map(masked, self.warnings)))


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something understood that is no fact of ours; reasons are few, so that they count."""

    place: str
    reason: str
    count: int = 1
    end_offset: int = 0
    numbered: Numbered | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that could not be read; `raw` may name people, `reason` does not."""

    place: str
    reason: str
    raw: bytes
    end_offset: int = 0
    numbered: Numbered | None = None
    offset: int | None = None
    """Where it begins in the stream, so that it can be read again in its place."""
    is_defect: bool = False
    """Whether the reader itself failed on it: then a newer one may read it."""

    def __post_init__(self) -> None:
        """Keeps citizen numbers out of the reason, which is shown and kept."""
        object.__setattr__(self, "reason", masked(self.reason))


Outcome = Translated | Skipped | Unreadable

Read = Callable[[BinaryIO, ReadContext], Iterator[Outcome]]
"""A reader: every part of a stream as a fact, skipped or unreadable, in the order of the stream."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, its bytes without line end, where it stands in the stream."""

    number: int
    offset: int
    end_offset: int
    raw: bytes
    text: str
    """Empty when `refusal` is not."""
    refusal: str | None
    """Why the line cannot be read, or `None`."""

    @property
    def place(self) -> str:
        """How people are pointed to this line, such as `line 12`."""
        return f"line {self.number}"

    def unreadable(self, reason: str) -> Unreadable:
        """The outcome that this line cannot be read for a reason."""
        return Unreadable(self.place, reason, self.raw, self.end_offset, offset=self.offset)

    def refused(self, error: FormatError) -> Unreadable:
        """The outcome that this line cannot be read, in the words of an error about it."""
        return self.unreadable(f"expected {error.expected}, found {error.found}")

    def skipped(self, reason: str) -> Skipped:
        """The outcome that this line is understood and no fact of ours."""
        return Skipped(self.place, reason, 1, self.end_offset)


def read_lines(stream: BinaryIO, *, max_bytes: int = MAX_LINE_BYTES) -> Iterator[Line]:
    """The lines of a stream in order, each with its byte offset; LF and CRLF both end a line.

    A line that is too long keeps its first `max_bytes` and is refused, as is one that is no UTF-8;
    the stream is read on after it. A mark of UTF-8 before the first line is left out of its text.
    """
    number, offset = 0, 0
    while piece := stream.readline(max_bytes + 2):
        number += 1
        end, refusal = offset + len(piece), None
        content = piece.removesuffix(b"\n").removesuffix(b"\r")
        if len(content) > max_bytes:
            end += _rest_of_line(stream, piece)
            content = content[:max_bytes]
            refusal = f"expected at most {max_bytes} bytes, found {end - offset}"
        text = ""
        if refusal is None:
            try:
                marked = offset == 0 and content.startswith(UTF8_MARK)
                text = content.removeprefix(UTF8_MARK if marked else b"").decode()
            except UnicodeDecodeError as error:
                refusal = f"expected UTF-8, found other bytes at byte {error.start + 1} of the line"
        yield Line(number, offset, end, content, text, refusal)
        offset = end


def goes_on(stream: BinaryIO) -> bool:
    """Whether a stream has no end yet, as it is followed: then no value in it spans lines.

    Such a stream says so by an attribute of this name.
    """
    return getattr(stream, "goes_on", False) is True


def _rest_of_line(stream: BinaryIO, piece: bytes) -> int:
    """How many bytes the over-long line has after `piece`; reads them off the stream."""
    rest = 0
    while not piece.endswith(b"\n"):
        piece = stream.readline(MAX_LINE_BYTES)
        if not piece:
            break
        rest += len(piece)
    return rest


def translate_lines(
    stream: BinaryIO, outcome_of: Callable[[Line], Outcome | tuple[Outcome, ...]]
) -> Iterator[Outcome]:
    """The outcomes of every line of a log; one that cannot be read stops nothing.

    Args:
        stream: the bytes of the log.
        outcome_of: gives the outcome, or the several outcomes, of one line that is text and not
            empty; it may raise `FormatError` or `MalformedEvent` about the line.

    Raises:
        SettingMissing: no line can be read, as `outcome_of` says.
    """
    for line in read_lines(stream):
        if line.refusal is not None:
            yield line.unreadable(line.refusal)
        elif not line.text.strip():
            yield line.skipped("an empty line")
        else:
            try:
                outcome = outcome_of(line)
            except SettingMissing:
                raise
            except FormatError as error:
                outcome = line.refused(error)
            except MalformedEvent as error:
                outcome = line.unreadable(reason_of(error))
            except Exception as error:  # noqa: BLE001 - see `defect`
                outcome = defect(error, line.unreadable)
            if isinstance(outcome, tuple):
                yield from outcome
            else:
                yield outcome


def reason_of(error: MalformedEvent) -> str:
    """Why an event is refused, without what was found: that may name people."""
    return f"{error.kind}: field {error.field}: expected {error.expected}"


def defect(error: Exception, unreadable: Callable[[str], Unreadable]) -> Unreadable:
    """The outcome that the reader itself failed on something, which costs nothing beside it.

    Strangers write what is read: one line that meets a defect must not keep the others out. The
    error may quote the line, so its class alone is told.

    Args:
        error: What nobody raises on purpose.
        unreadable: Gives the outcome for a reason.

    Raises:
        ZegelError, MemoryError: it is the error itself, and not about what was read.
    """
    if isinstance(error, (ZegelError, MemoryError)):
        raise error
    reason = f"expected a reader that can tell, found a defect of it: {type(error).__name__}"
    return replace(unreadable(reason), is_defect=True)
