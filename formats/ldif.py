"""LDIF: entries of a directory as text, one after the other, in constant memory.

An entry is a block of lines that an empty line or the end of the stream ends. A line that begins
with a blank goes on with the line before it; one that begins with `#` is a remark. A value after
`::` is base64. A value that is fetched from elsewhere (`:<`) is refused.

Source: RFC 2849, "LDIF syntax" and its notes 2 (folding), 4 (remarks), 6 and 8 (base64).
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from formats.reading import MAX_LINE_BYTES, Line, Unreadable, defect, read_lines
from ledger.errors import FormatError

MAX_ENTRY_BYTES: Final = 8 * 1024 * 1024
"""A group of 100,000 members fits; what is longer is read past and kept as its beginning."""

SEPARATOR: Final = "-"
"""The name of the line that parts two changes of one entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One block of lines: its fields in order, its remarks, and where it stands."""

    place: str
    """How people are pointed to it: its first line."""
    raw: bytes
    offset: int
    """Of its first line in the stream."""
    end_offset: int
    """Of its last line, line end included."""
    fields: tuple[tuple[str, bytes], ...]
    """Names in small letters, without options such as `;lang-nl`; values as bytes."""
    remarks: tuple[str, ...]

    def unreadable(self, reason: str) -> Unreadable:
        """The outcome that this entry cannot be read for a reason."""
        return Unreadable(self.place, reason, self.raw, self.end_offset, offset=self.offset)

    def values(self, name: str) -> list[bytes]:
        """Every value of one name, in order."""
        return [value for each, value in self.fields if each == name]

    def text(self, name: str) -> str | None:
        """The first value of one name, or `None` when there is none.

        Raises:
            FormatError: the value is no UTF-8.
        """
        found = self.values(name)
        return utf8_text(found[0], self.place) if found else None


def utf8_text(value: bytes, place: str) -> str:
    """A value as text.

    Raises:
        FormatError: it is no UTF-8.
    """
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise FormatError(place, "a value in UTF-8", "other bytes") from error


def read_entries(
    stream: BinaryIO, *, max_bytes: int = MAX_ENTRY_BYTES
) -> Iterator[Entry | Unreadable]:
    """Every entry of a stream in order; one that cannot be read stops nothing."""
    block: list[Line] = []
    size, end_offset = 0, 0
    for line in read_lines(stream):
        if line.raw:
            size += len(line.raw) + 1
            end_offset = line.end_offset
            if size <= max_bytes or not block:
                block.append(line)
        elif block:
            yield _entry(block, size, max_bytes, end_offset)
            block, size = [], 0
    if block:
        yield _entry(block, size, max_bytes, end_offset)


def _entry(block: list[Line], size: int, max_bytes: int, end_offset: int) -> Entry | Unreadable:
    place, offset = block[0].place, block[0].offset
    raw = b"\n".join(line.raw for line in block)

    def unreadable(reason: str) -> Unreadable:
        return Unreadable(place, reason, raw[:MAX_LINE_BYTES], end_offset, offset=offset)

    if size > max_bytes:
        return unreadable(f"expected an entry of at most {max_bytes} bytes, found {size}")
    fields: list[tuple[str, bytes]] = []
    remarks: list[str] = []
    try:
        for text, line in _unfolded(block):
            if text.startswith("#"):
                remarks.append(text[1:].strip())
            else:
                fields.append(_field(text, line))
    except FormatError as error:
        where = "" if error.place == place else f"{error.place}: "
        return unreadable(f"{where}expected {error.expected}, found {error.found}")
    except Exception as error:  # noqa: BLE001 - see `defect`
        return defect(error, unreadable)
    return Entry(place, raw, offset, end_offset, tuple(fields), tuple(remarks))


def _unfolded(block: list[Line]) -> Iterator[tuple[str, Line]]:
    """The logical lines of a block, each with the line where it begins."""
    pieces: list[str] = []
    first = block[0]
    for line in block:
        if line.refusal is not None:
            raise FormatError(line.place, *_split(line.refusal))
        if line.text.startswith(" "):
            if not pieces:
                raise FormatError(line.place, "a name and a colon", "a line that goes on")
            pieces.append(line.text[1:])
            continue
        if pieces:
            yield "".join(pieces), first
        pieces, first = [line.text], line
    yield "".join(pieces), first


def _split(refusal: str) -> tuple[str, str]:
    """Expectation and finding of a line's own refusal."""
    expected, _, found = refusal.removeprefix("expected ").partition(", found ")
    return expected, found


def _field(text: str, line: Line) -> tuple[str, bytes]:
    """The name and the value of one logical line."""
    if text == SEPARATOR:
        return SEPARATOR, b""
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise FormatError(line.place, "a name and a colon", "neither")
    key = name.strip().partition(";")[0].lower()
    if value.startswith("<"):
        raise FormatError(line.place, "a value", "the address of one, which is not fetched")
    if not value.startswith(":"):
        return key, value.lstrip(" ").encode()
    try:
        return key, base64.b64decode(value[1:].strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError(line.place, "a value in base64", "other text") from error
