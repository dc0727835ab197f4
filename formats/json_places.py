"""JSON of one shape, refused with a JSON Pointer to what is wrong.

Source: RFC 6901 §6 (a pointer as a URI fragment).
"""

import re
from typing import Final, TypeVar

import msgspec

from formats.strict_json import strict_json
from ledger.errors import FormatError

Shape = TypeVar("Shape")

_MESSAGE: Final = re.compile(r"(?P<said>.*?)(?: - at `(?:key in )?\$?(?P<path>[^`]*)`)?", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>[^`]+)`")
_EXPECTED: Final = re.compile(r"Expected (?P<expected>.*), got (?P<found>.*)", re.DOTALL)
_STEP: Final = re.compile(r"\[(?P<index>[0-9]+)\]|\.(?P<name>[^.\[]+)")


def decode_at(body: bytes, shape: type[Shape]) -> Shape:
    """What a body says.

    Raises:
        FormatError: it is no JSON, or of another shape; the place is a pointer such as `#/a/0`.
    """
    try:
        return msgspec.convert(strict_json(body), shape)
    except msgspec.ValidationError as error:
        raise _told(str(error)) from None
    except FormatError as error:
        raise FormatError("#", error.expected, error.found) from None


def _told(message: str) -> FormatError:
    match = _MESSAGE.fullmatch(message)
    said, path = (match["said"], match["path"] or "") if match else (message, "")
    steps = [step["index"] or step["name"] for step in _STEP.finditer(path)]
    pointer = "/".join(["#", *steps])
    missing = _MISSING.fullmatch(said)
    if missing:
        return FormatError(f"{pointer}/{missing['name']}", "a value", "nothing")
    expected = _EXPECTED.fullmatch(said)
    if expected:
        return FormatError(pointer, expected["expected"], expected["found"])
    return FormatError(pointer, said.removeprefix("Expected "), "another value")
