"""The one spelling that base64, hashes and numbers have in the texts of C2SP.

A second spelling of the same value would make two notes of one, so only the canonical form passes:
standard alphabet, padding, unused bits zero; decimal digits without a leading zero.
"""

import re
from base64 import b64decode
from binascii import b2a_base64
from typing import Final

from ledger.errors import FormatError
from ledger.units import HASH_BYTES, Hash32

MAX_NUMBER: Final = 2**63 - 1
"""The largest size, index or time: every language has a signed integer of 64 bits."""

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_SHOWN_CHARACTERS: Final = 80


def shown(text: object) -> str:
    """The beginning of something malformed, as a message can print it on any terminal."""
    return ascii(text)[:_SHOWN_CHARACTERS]


def encode_base64(raw: bytes) -> str:
    """Standard base64 with padding, on one line.

    Source: RFC 4648 §4.
    """
    return b2a_base64(raw, newline=False).decode("ascii")


def decode_base64(text: str, place: str) -> bytes:
    """The bytes that `encode_base64` spells like this.

    Raises:
        FormatError: the text is not base64, or not its canonical spelling.
    """
    try:
        raw = b64decode(text.encode("ascii"), validate=True)
    except ValueError as error:
        raise FormatError(place, "base64", shown(text)) from error
    if encode_base64(raw) != text:
        raise FormatError(place, "canonical base64", shown(text))
    return raw


def decode_hash(text: str, place: str) -> Hash32:
    """A hash of 32 bytes from its base64.

    Raises:
        FormatError: the text is not the canonical base64 of 32 bytes.
    """
    raw = decode_base64(text, place)
    if len(raw) != HASH_BYTES:
        raise FormatError(place, f"base64 of {HASH_BYTES} bytes", f"{len(raw)} bytes")
    return Hash32(raw)


def decode_decimal(text: str, place: str) -> int:
    """A number from 0 to 2^63 - 1 in decimal digits without a leading zero.

    Raises:
        FormatError: the text is anything else.
    """
    if _DECIMAL.fullmatch(text) is None or int(text) > MAX_NUMBER:
        raise FormatError(place, f"a decimal number up to {MAX_NUMBER}", shown(text))
    return int(text)
