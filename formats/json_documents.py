"""JSON documents in a stream: one value, an array of values, or one value per line.

A file of one value per line is read in constant memory. A value that spans lines, or an array, is
read whole, up to a limit, because its end is known only there.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import msgspec

from formats.reading import UTF8_MARK, Line, Unreadable, read_lines
from ledger.errors import FormatError

MAX_DOCUMENT_BYTES: Final = 64 * 1024 * 1024

_SPACE: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON value of the stream, its bytes, and where it stands."""

    place: str
    raw: bytes
    value: Any
    offset: int
    end_offset: int
    """Grows from value to value, so that whoever stops after one can go on with the next."""

    def unreadable(self, reason: str) -> Unreadable:
        """The outcome that this value is no fact that can be read."""
        return Unreadable(self.place, reason, self.raw, self.end_offset)


def read_documents(
    stream: BinaryIO, noun: str, *, max_bytes: int = MAX_DOCUMENT_BYTES
) -> Iterator[Document | Unreadable]:
    """Every JSON value of a stream; a top-level array is split into its elements.

    Args:
        stream: the bytes; empty lines between values are passed over.
        noun: what an element is called in a place, such as `request`.
        max_bytes: the most that is kept in memory for a value that spans lines.

    Raises:
        FormatError: such a value is larger than `max_bytes`.
    """
    lines = (line for line in read_lines(stream, max_bytes=max_bytes) if line.raw.strip(_SPACE))
    first = next(lines, None)
    if first is None:
        return
    if _is_value(first):
        per_line: Iterable[Line] = itertools.chain((first,), lines)
    else:
        kept = _keep(first, lines, max_bytes)
        if not any(line.text.lstrip().startswith("{") and _is_value(line) for line in kept[1:]):
            refused = next((line for line in kept if line.refusal is not None), None)
            if refused is not None:
                yield refused.unreadable(refused.refusal or "")
                return
            yield from _documents("", _joined(kept), first.offset, kept[-1].end_offset, noun)
            return
        per_line = kept
    for line in per_line:
        if line.refusal is None:
            raw = line.text.encode()
            yield from _documents(line.place, raw, line.offset, line.end_offset, noun)
        else:
            yield line.unreadable(line.refusal)


def parse_json(raw: bytes) -> Any:  # noqa: ANN401 - JSON may hold any value
    """The value of JSON bytes as builtins.

    Raises:
        FormatError: the bytes are no JSON, or nested too deeply to read.
    """
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        found = "too deep a nesting" if isinstance(error, RecursionError) else "other bytes"
        position = str(error).rpartition("(byte ")[2].rstrip(")")
        where = f" at byte {int(position) + 1}" if position.isdecimal() else ""
        raise FormatError("document", "JSON", f"{found}{where}") from error


def _is_value(line: Line) -> bool:
    try:
        msgspec.json.decode(line.text, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _keep(first: Line, rest: Iterator[Line], max_bytes: int) -> list[Line]:
    kept = [first]
    for line in rest:
        kept.append(line)
        if line.end_offset - first.offset > max_bytes:
            raise FormatError(line.place, f"a document of at most {max_bytes} bytes", "more")
    return kept


def _joined(lines: list[Line]) -> bytes:
    """The bytes of all lines, each at its offset; line ends and empty lines become blanks."""
    start = lines[0].offset
    whole = bytearray(b" " * (lines[-1].end_offset - start))
    for line in lines:
        whole[line.offset - start : line.offset - start + len(line.raw)] = line.raw
    if whole.startswith(UTF8_MARK):
        whole[: len(UTF8_MARK)] = b" " * len(UTF8_MARK)
    return bytes(whole)


def _documents(
    place: str, raw: bytes, offset: int, end_offset: int, noun: str
) -> Iterator[Document | Unreadable]:
    """The value of these bytes, or its elements when it is an array."""
    try:
        value = parse_json(raw)
    except FormatError as error:
        reason = f"expected {error.expected}, found {error.found}"
        yield Unreadable(place or "document", reason, raw, end_offset)
        return
    if not isinstance(value, list):
        yield Document(place or "document", raw, value, offset, end_offset)
        return
    elements = msgspec.json.decode(raw, type=list[msgspec.Raw])
    stop = 0
    for number, (element, bare) in enumerate(zip(value, elements, strict=True), start=1):
        within = f"{place}, {noun} {number}" if place else f"{noun} {number}"
        # Only commas and blanks stand before an element, so its bytes are found where it begins.
        start = raw.index(bytes(bare), stop)
        stop = start + len(bytes(bare))
        end = end_offset if number == len(value) else offset + stop
        yield Document(within, bytes(bare), element, offset + start, end)
