"""Compares the columns of one stored record with what its sealed bytes say.

Invariant: the bytes are the truth; where a column differs, the column is what is wrong. The caller
has made sure that the bytes are those committed at this index.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from ledger.findings import Finding
from ledger.record import SealedRecord, encode_header
from ledger.stored import RawRecord

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class BodyCopies(msgspec.Struct, frozen=True, gc=False):
    """The members of an event's body that stand in columns too, and its digests.

    A body is an event's if its `kind` is the kind of the header. Whatever else the eventsourcing
    library stores has no such copies: its columns are empty.
    """

    kind: str | None = None
    event_id: UUID | None = None
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    system: str | None = None
    digests: list[str] = msgspec.field(default_factory=list, name="_sd")


_decode_copies: Final = msgspec.json.Decoder(BodyCopies).decode
_decode_kind: Final = msgspec.json.Decoder(dict[str, Any]).decode
_NO_COPIES: Final = BodyCopies()


def expected_header(origin: str, previous: bytes, row: RawRecord) -> bytes:
    """The header that a record has whose columns and whose predecessor are untouched."""
    stream = row.stream.hex()
    return encode_header(
        origin,
        row.index,
        previous,
        instant_text(row.recorded_at_us),
        f"{stream[:8]}-{stream[8:12]}-{stream[12:16]}-{stream[16:20]}-{stream[20:]}",
        row.version,
        row.kind,
    )


def instant_text(microseconds: int) -> str:
    """The instant as a header writes it, from the microseconds that a column holds.

    A count that no instant has gives a text that stands in no header.
    """
    seconds, fraction = divmod(microseconds, 1_000_000)
    return f"{_second_text(seconds)}.{fraction:06d}Z"


# Records come in batches: most share their second with the one before.
@lru_cache(maxsize=256)
def _second_text(seconds: int) -> str:
    try:
        return (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat()
    except OverflowError:
        return f"{seconds} s"


def microseconds_of(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z of an aware instant, exact."""
    return (instant - _EPOCH) // _MICROSECOND


def read_copies(kind: str, body: bytes | memoryview) -> BodyCopies | None:
    """What the body says that stands in columns too; empty for a body that is no event's.

    `None`: the body is an event's by its kind, but a member is not what every event has.
    """
    try:
        copies = _decode_copies(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None if _names_kind(kind, body) else _NO_COPIES
    return copies if copies.kind == kind else _NO_COPIES


def _names_kind(kind: str, body: bytes | memoryview) -> bool:
    try:
        return bool(_decode_kind(body).get("kind") == kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def header_findings(row: RawRecord, record: SealedRecord) -> Iterator[Finding]:
    """One finding for each column that is not what the header of the sealed bytes says."""
    compared = (
        ("column idx", record.index, row.index),
        ("column stream", record.stream.hex, row.stream.hex()),
        ("column version", record.version, row.version),
        ("column kind", record.kind, row.kind),
        ("column recorded_at_us", microseconds_of(record.recorded_at), row.recorded_at_us),
    )
    return _differences(row.index, compared)


def is_copied(row: RawRecord, copies: BodyCopies) -> bool:
    """Whether the columns are what the body says: the quick answer for every sound record."""
    event_id, occurred_at = copies.event_id, copies.occurred_at
    return (
        row.event_id == (None if event_id is None else event_id.bytes)
        and row.occurred_at_us == (None if occurred_at is None else microseconds_of(occurred_at))
        and row.system == copies.system
    )


def copy_findings(row: RawRecord, kind: str, copies: BodyCopies | None) -> Iterator[Finding]:
    """One finding for each column that is not what the body of the sealed bytes says."""
    if copies is None:
        yield Finding(
            *("MODIFIED", row.index, "event bytes"),
            *("event_id, occurred_at, system and _sd as every event has them", f"another {kind}"),
        )
        return
    occurred_at = copies.occurred_at
    compared = (
        ("column event_id", copies.event_id and copies.event_id.hex, _hex(row.event_id)),
        (
            "column occurred_at_us",
            None if occurred_at is None else microseconds_of(occurred_at),
            row.occurred_at_us,
        ),
        ("column system", copies.system, row.system),
    )
    yield from _differences(row.index, compared)


def _hex(raw: bytes | None) -> str | None:
    return None if raw is None else raw.hex()


def _differences(index: int, compared: tuple[tuple[str, object, object], ...]) -> Iterator[Finding]:
    for place, sealed, stored in compared:
        if sealed != stored:
            yield Finding("MODIFIED", index, place, _shown(sealed), _shown(stored))


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)[:200]
