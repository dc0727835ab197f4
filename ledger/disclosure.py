"""Salted field digests: what the sealed bytes say about a personal field, and what opens it.

A disclosure is `base64url(UTF-8 of the JSON array [salt, name, value])` without padding; the digest
over that very text stands in the sealed record. Whoever holds the disclosure can prove the field;
without it the digest says nothing.

Invariants: `decode_disclosure` of `encode_disclosure` gives name and value back; digests are over
the text as it stands, which is never written again from its parts.

Source: RFC 9901 §4.2 (disclosures and their digests); RFC 4648 §5 (base64url).
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

from ledger.errors import VerificationError

SALT_BYTES: Final = 16
_SALT_GROUPS: Final = 18
_SALT_TEXT: Final = 22
_DIGEST_GROUPS: Final = 33
_DIGEST_TEXT: Final = 43
_URL_ALPHABET: Final = bytes.maketrans(b"+/", b"-_")
_STANDARD_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")
_ENOUGH_PADDING: Final = b"=="
_encode = msgspec.json.Encoder().encode
_lines = msgspec.json.Encoder().encode_lines
_decode = msgspec.json.Decoder(tuple[str, str, Any]).decode


def encode_disclosure(salt: bytes, name: str, value: object) -> bytes:
    """The disclosure of one field, ASCII.

    Args:
        salt: 16 unpredictable bytes, never used twice.
        name: The field, with the place in a tuple after a slash: `actor`, `subjects/0`.
        value: The JSON value of the field.
    """
    return base64url(_encode((base64url(salt).decode("ascii"), name, value)))


def disclosure_digest(disclosure: bytes) -> str:
    """The digest of a disclosure as it stands in a sealed record: 43 characters of base64url."""
    return base64url(sha256(disclosure).digest()).decode("ascii")


def encode_disclosures(values: Sequence[tuple[str, str, Any]]) -> list[bytes]:
    """As `encode_disclosure` for each of many, whose salts are texts of `salt_texts` already."""
    lines = _lines(values).splitlines()  # one JSON text each, which holds no line feed
    encoded = b"~".join([b2a_base64(line, newline=False) for line in lines])
    # Each step goes once over all of them: no character of base64url is one that it changes.
    return encoded.replace(b"=", b"").translate(_URL_ALPHABET).split(b"~") if lines else []


def salt_texts(block: bytes) -> list[str]:
    """The texts of 16-byte salts that stand one after the other, in order."""
    padded = bytearray(len(block) // SALT_BYTES * _SALT_GROUPS)
    for place in range(SALT_BYTES):
        padded[place::_SALT_GROUPS] = block[place::SALT_BYTES]
    return _texts_of(padded, _SALT_GROUPS, _SALT_TEXT)


def digest_texts(digests: Sequence[bytes]) -> list[str]:
    """The texts of SHA-256 digests, as `disclosure_digest` gives each, in order."""
    return _texts_of(b"\x00".join([*digests, b""]), _DIGEST_GROUPS, _DIGEST_TEXT)


def _texts_of(padded: bytes | bytearray, width: int, length: int) -> list[str]:
    """The texts of values that were padded to whole groups of three bytes, encoded by one call.

    No character of one text then holds bits of the next, and the bits that are added are zero, as
    those are that end an encoding without padding.
    """
    whole = base64url(padded).decode("ascii")
    step = width * 4 // 3
    return [whole[at : at + length] for at in range(0, len(whole), step)]


def decode_disclosure(disclosure: bytes) -> tuple[str, str, Any]:
    """The salt text, field name and value of a disclosure.

    Raises:
        VerificationError: the bytes are no disclosure (DISCLOSURE_MISMATCH).
    """
    try:
        raw = a2b_base64(disclosure.translate(_STANDARD_ALPHABET) + _ENOUGH_PADDING)
        if base64url(raw) == disclosure:
            return _decode(raw)
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise _no_disclosure(disclosure) from error
    # Other base64 spellings decode as well, and would give one value several digests.
    raise _no_disclosure(disclosure)


def base64url(raw: bytes | bytearray) -> bytes:
    """The text of some bytes without padding, as disclosures and digests are written."""
    # Spelled out because `base64` does the same more slowly, and every personal field passes here.
    return b2a_base64(raw, newline=False).rstrip(b"=").translate(_URL_ALPHABET)


def _no_disclosure(found: bytes) -> VerificationError:
    return VerificationError(
        "DISCLOSURE_MISMATCH", None, f"expected a disclosure of RFC 9901, found {found[:40]!r}"
    )
