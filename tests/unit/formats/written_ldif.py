"""LDIF as a directory writes it: long lines folded, what is no plain text in base64."""

import base64
import re
from collections.abc import Iterable
from typing import Final

_PLAIN: Final = re.compile(rb"(?![ :<])[\x01-\x09\x0b\x0c\x0e-\x7f]*(?<! )")
"""What may stand behind one colon. Source: RFC 2849, `SAFE-STRING`."""
_WIDTH: Final = 76


def ldif_entry(fields: Iterable[tuple[str, bytes]]) -> bytes:
    """One entry with the line end of its last line."""
    return b"".join(_folded(_line(name, value)) for name, value in fields)


def _line(name: str, value: bytes) -> bytes:
    if _PLAIN.fullmatch(value):
        return name.encode() + b": " + value
    return name.encode() + b":: " + base64.b64encode(value)


def _folded(line: bytes) -> bytes:
    first, rest = line[:_WIDTH], line[_WIDTH:]
    step = _WIDTH - 1
    pieces = [rest[at : at + step] for at in range(0, len(rest), step)]
    return b"\n ".join([first, *pieces]) + b"\n"
