"""The one spelling of a JSON value: the bytes that a digest over it covers.

Members are sorted by the UTF-16 code units of their names, nothing stands between the parts, and
numbers are written as ECMAScript writes them. A whole number that no double holds is refused:
readers that take every number for a double would see another one.

Source: RFC 8785 (JSON Canonicalization Scheme).
"""

import json
from collections.abc import Collection
from decimal import Decimal
from math import isfinite
from typing import Final

import msgspec

from ledger.errors import FormatError

LARGEST_WHOLE: Final = 2**53
"""Up to here every whole number is a double."""
_WITHOUT_EXPONENT: Final = 10**21

_encode: Final = msgspec.json.Encoder(order="sorted").encode
_quoted = json.encoder.encode_basestring
"""Escapes quotes, backslashes and control characters alone. Source: RFC 8785 §3.2.2.2."""
_MOST_DIGITS: Final = 21
_FEWEST_PLACES: Final = -6


def canonical_json(value: object) -> bytes:
    """The canonical bytes of a value made of JSON's own types, UTF-8.

    Raises:
        FormatError: a number that no double holds, a text that is no Unicode, or another type.
    """
    try:
        return _encode(value) if _is_plain(value) else _text(value).encode()
    except UnicodeEncodeError as error:
        raise FormatError("value", "Unicode text", "a lone surrogate") from error


def _is_plain(value: object) -> bool:
    """Whether a fast encoder with sorted names writes the same: most values are made so."""
    if isinstance(value, str):
        return True
    if isinstance(value, dict):
        return "".join(value).isascii() and all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or (isinstance(value, int) and abs(value) <= LARGEST_WHOLE)


def _text(value: object) -> str:
    match value:
        case str():
            found = _quoted(value)
        case bool():
            found = "true" if value else "false"
        case None:
            found = "null"
        case int():
            found = _whole(value)
        case float():
            found = _number(value)
        case dict():
            members = [f"{_quoted(name)}:{_text(value[name])}" for name in _in_order(value)]
            found = f"{{{','.join(members)}}}"
        case list() | tuple():
            found = f"[{','.join([_text(each) for each in value])}]"
        case _:
            raise FormatError("value", "a JSON value", type(value).__name__)
    return found


def _in_order(names: Collection[str]) -> list[str]:
    """The names by their UTF-16 code units. Source: RFC 8785 §3.2.3."""
    if "".join(names).isascii():
        return sorted(names)
    return sorted(names, key=lambda name: name.encode("utf-16-be", "surrogatepass"))


def _whole(value: int) -> str:
    if abs(value) <= LARGEST_WHOLE:
        return str(value)
    # A large double is read from JSON as a whole number: it is written again as it was.
    if abs(value) < _WITHOUT_EXPONENT and _number(float(value)) == str(value):
        return str(value)
    raise FormatError("value", "a whole number that a double holds", "another one")


def _number(value: float) -> str:
    """As ECMAScript writes it. Source: RFC 8785 §3.2.2.3, ECMA-262 Number::toString."""
    if not isfinite(value):
        raise FormatError("value", "a finite number", str(value))
    if value == 0:
        return "0"
    # repr gives the fewest digits that read back as the same double, which is what is asked for.
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    shown, point = "".join(map(str, digits)), len(digits) + int(exponent)
    if len(shown) <= point <= _MOST_DIGITS:
        shown += "0" * (point - len(shown))
    elif 0 < point <= _MOST_DIGITS:
        shown = f"{shown[:point]}.{shown[point:]}"
    elif _FEWEST_PLACES < point <= 0:
        shown = f"0.{'0' * -point}{shown}"
    else:
        fraction = f".{shown[1:]}" if len(shown) > 1 else ""
        shown = f"{shown[0]}{fraction}e{point - 1:+d}"
    return f"-{shown}" if sign else shown
