"""The sealed record: a short text header, an empty line, the event bytes verbatim.

    zegel/record/v1
    <origin>
    <index>
    <leaf hash of index - 1, base64; 32 zero bytes at index 0>
    <recorded_at, UTC, microseconds>
    <stream id> <stream version>
    <kind>
    <empty line>
    <event bytes>

Invariants:

- encode and decode are inverses byte for byte, in both directions: no two spellings of one record;
- a record is never re-encoded, verification hashes it as stored;
- it is at most 65,535 bytes, so that it fits an entry of C2SP tlog-tiles.

Normative text: `docs/reference/format.md`.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from binascii import b2a_base64
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final, NewType
from uuid import UUID

from ledger.errors import MalformedRecord, RecordingRefused
from ledger.units import HASH_BYTES, Hash32, Index

FORMAT_LINE: Final = "zegel/record/v1"
MAX_RECORD_BYTES: Final = 65_535
NO_PREVIOUS: Final = Hash32(bytes(HASH_BYTES))

UnverifiedRecord = NewType("UnverifiedRecord", bytes)
"""Bytes that claim to be a sealed record."""

_HEADER_LINES: Final = 7
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_NUMBER_LIMIT: Final = 10**18
# No plus sign: the origin is also the key name of a signed note, which has none.
_ORIGIN: Final = re.compile(r"[\x21-\x2a\x2c-\x7e]{1,255}")
_KIND: Final = re.compile(r"[\x21-\x7e]{1,255}")
_UTC_SUFFIX: Final = "+00:00"


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """What a well-formed sealed record says, not yet compared with the rest of the log."""

    origin: str
    index: Index
    previous: Hash32
    recorded_at: datetime
    stream: UUID
    version: int
    kind: str
    body: bytes


def leaf_hash(sealed: bytes) -> Hash32:
    """The Merkle leaf hash of one sealed record, which commits to every record before it.

    Args:
        sealed: The exact stored bytes, never re-encoded.

    Source: RFC 6962 §2.1; docs/reference/format.md §3.
    """
    return Hash32(sha256(b"\x00" + sealed).digest())


def format_recorded_at(recorded_at: datetime) -> str:
    """The instant as a header writes it: `2026-11-22T09:30:00.000000Z`.

    Raises:
        RecordingRefused: the instant is not in UTC.
    """
    text = recorded_at.isoformat(timespec="microseconds")
    if not text.endswith(_UTC_SUFFIX):
        raise RecordingRefused(f"recorded_at: expected an instant in UTC, found {text}")
    return f"{text.removesuffix(_UTC_SUFFIX)}Z"


def encode_record(record: SealedRecord) -> bytes:
    """The sealed bytes of a record.

    Raises:
        RecordingRefused: a part has no form in the header, or the record is longer than 65,535
            bytes.
    """
    for part, number in (("index", record.index), ("stream version", record.version)):
        if not 0 <= number < _NUMBER_LIMIT:
            raise RecordingRefused(f"{part}: expected 0 to {_NUMBER_LIMIT - 1}, found {number}")
    if len(record.previous) != HASH_BYTES:
        raise RecordingRefused(
            f"previous: expected {HASH_BYTES} bytes, found {len(record.previous)}"
        )
    return seal(
        record.origin,
        record.index,
        record.previous,
        format_recorded_at(record.recorded_at),
        str(record.stream),
        record.version,
        record.kind,
        record.body,
    )


def seal(  # noqa: PLR0917 - the hot path of every append; positional calls are measurably cheaper
    origin: str,
    index: int,
    previous: bytes,
    recorded_at_text: str,
    stream_text: str,
    version: int,
    kind: str,
    body: bytes,
) -> bytes:
    """The sealed bytes from parts that are already text where the header wants text.

    Args:
        origin: 1 to 255 visible ASCII characters other than a plus sign.
        index: From 0; the caller holds the head and knows it is dense.
        previous: The leaf hash of index - 1, 32 bytes; `NO_PREVIOUS` at index 0.
        recorded_at_text: As `format_recorded_at` gives it.
        stream_text: A UUID in lower case with dashes.
        version: From 0.
        kind: 1 to 255 visible ASCII characters.
        body: The event bytes, any.

    Raises:
        RecordingRefused: origin or kind cannot stand in a header, or the record would be longer
            than 65,535 bytes.
    """
    if not (_is_origin(origin) and _is_kind(kind)):
        raise RecordingRefused(
            f"origin and kind: expected {_ORIGIN.pattern} and {_KIND.pattern}, "
            f"found {origin[:80]!r} and {kind[:80]!r}"
        )
    header = encode_header(origin, index, previous, recorded_at_text, stream_text, version, kind)
    sealed = header + body
    if len(sealed) > MAX_RECORD_BYTES:
        raise RecordingRefused(
            f"{kind}: expected a record of at most {MAX_RECORD_BYTES} bytes, found {len(sealed)}"
        )
    return sealed


def encode_header(  # noqa: PLR0917 - called once per record by append and by verification
    origin: str,
    index: int,
    previous: bytes,
    recorded_at_text: str,
    stream_text: str,
    version: int,
    kind: str,
) -> bytes:
    """The header with its empty line, unchecked: what `seal` writes and verification expects."""
    previous_line = b2a_base64(previous).decode("ascii")
    return (
        f"{FORMAT_LINE}\n{origin}\n{index}\n{previous_line}"
        f"{recorded_at_text}\n{stream_text} {version}\n{kind}\n\n"
    ).encode()


def decode_record(unverified: UnverifiedRecord | bytes) -> SealedRecord:
    """What the sealed bytes say.

    Raises:
        MalformedRecord: a header line is missing or not in the one form that the encoder writes.
    """
    if len(unverified) > MAX_RECORD_BYTES:
        raise MalformedRecord(f"expected at most {MAX_RECORD_BYTES} bytes, found {len(unverified)}")
    header, separator, body = bytes(unverified).partition(b"\n\n")
    if not separator:
        raise MalformedRecord("expected an empty line after the header, found none")
    try:
        lines = header.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedRecord("expected an ASCII header, found other bytes") from error
    if len(lines) != _HEADER_LINES:
        raise MalformedRecord(f"expected {_HEADER_LINES} header lines, found {len(lines)}")
    format_line, origin, index, previous, recorded_at, stream_line, kind = lines
    if format_line != FORMAT_LINE:
        raise MalformedRecord(f"expected format {FORMAT_LINE}, found {format_line[:40]!r}")
    stream, _, version = stream_line.partition(" ")
    return SealedRecord(
        origin=_matching(_ORIGIN, "origin", origin),
        index=Index(int(_matching(_NUMBER, "index", index))),
        previous=_hash(previous),
        recorded_at=_instant(recorded_at),
        stream=_uuid(stream),
        version=int(_matching(_NUMBER, "stream version", version)),
        kind=_matching(_KIND, "kind", kind),
        body=body,
    )


@lru_cache(maxsize=64)
def _is_origin(text: str) -> bool:
    return _ORIGIN.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _is_kind(text: str) -> bool:
    return _KIND.fullmatch(text) is not None


def _matching(pattern: re.Pattern[str], part: str, text: str) -> str:
    if pattern.fullmatch(text) is None:
        raise MalformedRecord(f"{part}: expected {pattern.pattern}, found {text[:80]!r}")
    return text


def _hash(text: str) -> Hash32:
    try:
        raw = b64decode(text, validate=True)
    except Base64Error as error:
        raise MalformedRecord(f"previous: expected base64, found {text[:80]!r}") from error
    # A second spelling of the same hash would be a second record with the same meaning.
    if len(raw) != HASH_BYTES or b2a_base64(raw, newline=False) != text.encode("ascii"):
        raise MalformedRecord(
            f"previous: expected {HASH_BYTES} bytes in canonical base64, found {text[:80]!r}"
        )
    return Hash32(raw)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        # `fromisoformat` reads many spellings; only the one that the encoder writes may pass.
        if found.tzinfo is UTC and format_recorded_at(found) == text:
            return found
    except ValueError as error:
        raise MalformedRecord(f"recorded_at: expected an instant, found {text[:80]!r}") from error
    raise MalformedRecord(f"recorded_at: expected YYYY-MM-DDTHH:MM:SS.ffffffZ, found {text[:80]!r}")


def _uuid(text: str) -> UUID:
    try:
        found = UUID(text)
    except ValueError as error:
        raise MalformedRecord(f"stream: expected a UUID, found {text[:80]!r}") from error
    if str(found) != text:
        raise MalformedRecord(
            f"stream: expected a lower-case UUID with dashes, found {text[:80]!r}"
        )
    return found
