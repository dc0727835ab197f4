"""The header as columns have it: the text of an instant, and the comparison column by column.

Invariant: the bytes are the truth; where a column differs, the column is what is wrong. The caller
has made sure that the bytes are those committed at this index.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from ledger.record import SealedRecord
from ledger.stored import RawRecord
from ledger.verification.body_copies import microseconds_of
from ledger.verification.findings import Finding, modified

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def instant_text(microseconds: int) -> str:
    """The instant as a header writes it, from the microseconds that a column holds.

    Raises:
        OverflowError: no instant has that count.
    """
    instant = _EPOCH + timedelta(microseconds=microseconds)
    return f"{instant.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def header_findings(row: RawRecord, record: SealedRecord) -> Iterator[Finding]:
    """One finding for each column that is not what the header of the sealed bytes says."""
    compared: tuple[tuple[str, object, object], ...] = (
        ("idx", record.index, row.index),
        ("stream", record.stream.bytes, row.stream),
        ("version", record.version, row.version),
        ("kind", record.kind, row.kind),
        ("recorded_at_us", microseconds_of(record.recorded_at), row.recorded_at_us),
    )
    for column, sealed, stored in compared:
        if sealed != stored:
            yield modified(row.index, f"column {column}", sealed, stored)
