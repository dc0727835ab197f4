"""Where the next page of an answer begins: opaque, signed, and good for one question only.

A cursor carries the size and root that the first page was true of, so that every page tells of the
same state of the log, however much is recorded meanwhile. It is signed together with the question
that it continues: whoever changes either is refused.
"""

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from ledger.errors import BadRequest

_FIELDS: Final = struct.Struct(">BQ32sQQq")
_VERSION: Final = 1
_TAG_BYTES: Final = 16
_LENGTH: Final = (_FIELDS.size + _TAG_BYTES + 2) // 3 * 4
NO_MOMENT: Final = -(2**63)
"""Of an answer that is about no instant of the world."""


class Cursor(NamedTuple):
    """The state that the first page was true of, and how far the pages are."""

    size: int
    root: bytes
    """32 bytes."""
    known_size: int
    """Records from this index on play no part."""
    position: int
    """The first index that was not given yet, or the last one that was; a row of a view."""
    moment_us: int = NO_MOMENT
    """The instant in the world, in microseconds since 1970."""


def asked_of(path: str, parameters: Iterable[tuple[str, str]], *, free: frozenset[str]) -> bytes:
    """What a cursor is bound to: the path and every parameter that decides what is answered.

    Args:
        path: Of the route, with the names in it.
        parameters: Of the request, in any order.
        free: Those that may differ from page to page, such as the cursor itself.
    """
    kept = sorted(pair for pair in parameters if pair[0] not in free)
    return msgspec.json.encode([path, kept])


def encode_cursor(cursor: Cursor, key: bytes, asked: bytes) -> str:
    """The text of a cursor, for a URL.

    Args:
        cursor: From where to go on.
        key: 32 bytes that only the log knows.
        asked: The question, from `asked_of`.
    """
    raw = _FIELDS.pack(_VERSION, *cursor)
    return urlsafe_b64encode(raw + _tag(raw, key, asked)).decode().rstrip("=")


def decode_cursor(text: str, key: bytes, asked: bytes) -> Cursor:
    """The cursor of a text that `encode_cursor` gave for this very question.

    Raises:
        BadRequest: it gave no such text.
    """
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    fields, tag = raw[: _FIELDS.size], raw[_FIELDS.size :]
    is_ours = len(text) <= _LENGTH and hmac.compare_digest(tag, _tag(fields, key, asked))
    # Base64 has several texts for the same bytes; only the one that was given counts.
    if not is_ours or urlsafe_b64encode(raw).decode().rstrip("=") != text:
        raise BadRequest(
            "cursor: expected the cursor of the page before, with the same question; found another"
        )
    return Cursor(*_FIELDS.unpack(fields)[1:])


def _tag(fields: bytes, key: bytes, asked: bytes) -> bytes:
    return hmac.digest(key, fields + asked, "sha256")[:_TAG_BYTES]
