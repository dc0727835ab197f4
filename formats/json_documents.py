"""JSON documents in a stream: one value, an array of values, or one value per line.

An array may also stand in an object of its own, as `{"Records": […]}`, where the reader knows its
name. A file of one value per line is read in constant memory. A value that spans lines, or an
array, is read whole, up to a limit, because its end is known only there.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final

import msgspec

from formats.reading import UTF8_MARK, Line, Unreadable, goes_on, read_lines
from ledger.errors import FormatError

MAX_DOCUMENT_BYTES: Final = 64 * 1024 * 1024

_SPACE: Final = b" \t\r\n"
_ARRAY: Final = re.compile(rb"[ \t\r\n]*\[")
_OBJECT: Final = re.compile(rb"[ \t\r\n]*\{")


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
        return Unreadable(self.place, reason, self.raw, self.end_offset, offset=self.offset)


def read_documents(
    stream: BinaryIO,
    noun: str,
    *,
    within: Collection[str] = (),
    max_bytes: int = MAX_DOCUMENT_BYTES,
) -> Iterator[Document | Unreadable]:
    """Every JSON value of a stream; a top-level array is split into its elements.

    Args:
        stream: the bytes; empty lines between values are passed over.
        noun: what an element is called in a place, such as `request`.
        within: names under which an object holds an array that is split likewise, such as
            `Records`; what else stands in such an object is left out.
        max_bytes: the most that is kept in memory for a value that spans lines.

    Raises:
        FormatError: such a value is larger than `max_bytes`.
    """
    lines = (line for line in read_lines(stream, max_bytes=max_bytes) if line.raw.strip(_SPACE))
    first = next(lines, None)
    if first is None:
        return
    if goes_on(stream) or _is_too_long(first, max_bytes) or _is_value(first.text):
        per_line: Iterable[Line] = itertools.chain((first,), lines)
    else:
        kept = _keep(first, lines, max_bytes)
        whole = replace(first, end_offset=kept[-1].end_offset, raw=_joined(kept))
        # An array is often laid out as one element per line: it is one value all the same.
        if _is_value(whole.raw) or not any(_is_object(line) for line in kept[1:]):
            refused = next((line for line in kept if line.refusal is not None), None)
            if refused is not None:
                yield refused.unreadable(refused.refusal or "")
                return
            yield from _documents("", whole, noun, within)
            return
        per_line = kept
    for line in per_line:
        if line.refusal is None:
            yield from _documents(line.place, replace(line, raw=line.text.encode()), noun, within)
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
        raise _no_json(error) from error


def _no_json(error: Exception) -> FormatError:
    found = "too deep a nesting" if isinstance(error, RecursionError) else "other bytes"
    position = str(error).rpartition("(byte ")[2].rstrip(")")
    where = f" at byte {int(position) + 1}" if position.isdecimal() else ""
    return FormatError("document", "JSON", f"{found}{where}")


def _is_too_long(line: Line, max_bytes: int) -> bool:
    """Whether a line is no part of a value that may be kept; a bomb may have gigabytes in one."""
    return line.refusal is not None and len(line.raw) >= max_bytes


def _is_object(line: Line) -> bool:
    return line.text.lstrip().startswith("{") and _is_value(line.text)


def _is_value(text: str | bytes) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
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
    place: str, line: Line, noun: str, within: Collection[str]
) -> Iterator[Document | Unreadable]:
    """The value of the bytes of a line, or the elements of the array that it is or holds.

    Elements become values one by one, so that an array takes little more memory than its bytes.
    """
    where = place or "document"
    try:
        array = _array_of(line.raw, within)
        if array is None:
            value = parse_json(line.raw)
            yield Document(where, line.raw, value, line.offset, line.end_offset)
            return
    except FormatError as error:
        yield _refused(where, line.raw, (line.offset, line.end_offset), error)
        return
    elements: list[msgspec.Raw] = msgspec.json.decode(array, type=list[msgspec.Raw])
    stop = line.raw.index(array)
    for number, element in enumerate(elements, start=1):
        raw = bytes(element)
        within_it = f"{place}, {noun} {number}" if place else f"{noun} {number}"
        # Only commas and blanks stand before an element, so its bytes are found where it begins.
        start = line.raw.index(raw, stop)
        stop = start + len(raw)
        end = line.end_offset if number == len(elements) else line.offset + stop
        try:
            yield Document(within_it, raw, parse_json(raw), line.offset + start, end)
        except FormatError as error:
            yield _refused(within_it, raw, (line.offset + start, end), error)


def _array_of(raw: bytes, within: Collection[str]) -> bytes | None:
    """The bytes of the array that a value is, or holds under one of the names.

    Raises:
        FormatError: the value is no JSON.
    """
    try:
        if _ARRAY.match(raw):
            msgspec.json.decode(raw, type=msgspec.Raw)
            return raw
        if not within or not _OBJECT.match(raw):
            return None
        members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _no_json(error) from error
    held = (bytes(members[name]) for name in within if name in members)
    return next((each for each in held if each.startswith(b"[")), None)


def _refused(place: str, raw: bytes, extent: tuple[int, int], error: FormatError) -> Unreadable:
    reason = f"expected {error.expected}, found {error.found}"
    offset, end_offset = extent
    return Unreadable(place, reason, raw, end_offset, offset=offset)
