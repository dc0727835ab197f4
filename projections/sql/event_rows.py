"""The records of a log as batches of Arrow: of each only what the question names.

What a question needs decides what is done: the columns of the stored row cost a read, those of the
sealed bytes a decoding more, tokens also the rows beside the record. Nothing is decrypted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec
import pyarrow as pa

from ledger.body import DIGESTS_KEY, read_body
from ledger.errors import MalformedRecord, VerificationError
from ledger.events import KINDS
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.store.query import RecordQuery
from ledger.stored import RawRecord, StoredRecord, stored_bytes
from ledger.units import Size
from projections.sql.arrow_columns import (
    ArrowArray,
    ArrowBatch,
    ArrowExpression,
    arrow_column,
    arrow_schema,
)
from projections.sql.catalogue import EVENTS, SqlColumn, Stage, sql_tables
from projections.sql.early_filter import decides_early, index_range, possible

BATCH_RECORDS: Final = 2_000

_COLUMNS: Final = sql_tables()[EVENTS].columns
_BODY_NAMES: Final = tuple(column.name for column in _COLUMNS if column.stage == "body")
_STORED_AS: Final = {"recorded_at": "recorded_at_us", "occurred_at": "occurred_at_us"}
_PLACES: Final = {name: place for place, name in enumerate(StoredRecord._fields)}
_ROW_PLACES: Final = tuple(
    _PLACES[_STORED_AS.get(column.name, column.name)]
    for column in _COLUMNS
    if column.stage == "row"
)
_EXPECTED: Final[Mapping[str, tuple[type, ...]]] = {
    "BIGINT": (int,),
    "VARCHAR": (str,),
    "VARCHAR[]": (list, tuple),
}
_encode = msgspec.json.Encoder().encode
_Public: Final = msgspec.defstruct("_Public", [(name, Any, None) for name in _BODY_NAMES])
_decode_public = msgspec.json.Decoder(_Public).decode

Row = Any
"""A `StoredRecord`, or a `RawRecord` where nothing is opened."""

Damage = Callable[[int], None]
"""Told the index of each record of a known kind whose bytes no longer hold its event."""


def event_batches(
    ledger: Ledger,
    size: Size,
    names: frozenset[str],
    wanted: ArrowExpression,
    damage: Damage,
) -> Iterator[ArrowBatch]:
    """Batches of the named columns, in order of index.

    Args:
        ledger: The log.
        size: Only the records below this index.
        names: Which columns.
        wanted: An expression that the rows must meet, or `None`; used where the stored row alone
            decides it, so that other records are never opened.
        damage: Told of broken records.

    Raises:
        VerificationError: a column of a stored row holds what was never written there.
        StoreUnavailable: the database cannot be read.
    """
    columns = [column for column in _COLUMNS if column.name in names]
    stages = {column.stage for column in columns}
    rows: Iterator[RawRecord] | Iterator[StoredRecord]
    start, end = index_range(wanted)
    stop = int(size) if end is None else min(int(size), end)
    if "tokens" in stages:
        rows = ledger.log.find(RecordQuery(start=start, stop=stop))
    else:
        rows = ledger.log.scan_raw(start, stop)
    narrows = decides_early(_COLUMNS, wanted)
    while page := list(islice(rows, BATCH_RECORDS)):
        try:
            kept = possible(_COLUMNS, wanted, page, _ROW_PLACES) if narrows else page
        except ValueError:
            kept = page  # named below, by the column and the record
        if kept:
            yield _batch(ledger, columns, kept, stages, damage)


def _batch(
    ledger: Ledger,
    columns: Sequence[SqlColumn],
    page: Sequence[Row],
    stages: set[Stage],
    damage: Damage,
) -> ArrowBatch:
    opened: Sequence[OpenedRecord] = ()
    public: Sequence[Any] = ()
    if "tokens" in stages:
        opened = list(ledger.open_records(page))
        for each in opened:
            if each.event is None and each.stored.kind in KINDS:
                damage(int(each.stored.index))
    elif "body" in stages:
        public = [_public(row, damage) for row in page]
    arrays = []
    for column in columns:
        if column.stage == "row":
            arrays.append(_row_column(column, page))
        elif column.name == "fields":
            arrays.append(arrow_column(column, [_fields(each) for each in opened]))
        elif opened:
            values = [getattr(each.event, column.name, None) for each in opened]
            arrays.append(_event_column(column, values))
        else:
            arrays.append(_event_column(column, [getattr(each, column.name) for each in public]))
    return pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(columns))


def _event_column(column: SqlColumn, values: list[Any]) -> ArrowArray:
    """A column of what events say; a field that means something else in some kind says nothing."""
    types = _EXPECTED[column.type]
    return arrow_column(column, [each if isinstance(each, types) else None for each in values])


def _row_column(column: SqlColumn, page: Sequence[Row]) -> ArrowArray:
    place = _PLACES[_STORED_AS.get(column.name, column.name)]
    try:
        return arrow_column(column, [row[place] for row in page])
    except ValueError as error:
        for row in page:
            _require_readable(column, row, place)
        raise VerificationError("MODIFIED", int(page[0][0]), str(error)) from error


def _require_readable(column: SqlColumn, row: Row, place: int) -> None:
    try:
        arrow_column(column, [row[place]])
    except ValueError as error:
        raise VerificationError("MODIFIED", int(row[0]), str(error)) from error


def _public(row: Row, damage: Damage) -> msgspec.Struct:
    body = stored_bytes(row[1]).partition(b"\n\n")[2]
    try:
        return _decode_public(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if row[_PLACES["kind"]] in KINDS:
            damage(int(row[0]))
        return _Public()


def _fields(opened: OpenedRecord) -> str | None:
    """The event as JSON; the bytes of an unknown kind as they are, where they are JSON."""
    if opened.event is not None:
        return _encode(opened.event).decode()
    try:
        body = read_body(stored_bytes(opened.stored.sealed).partition(b"\n\n")[2])
    except MalformedRecord:
        return None
    body.pop(DIGESTS_KEY, None)
    return _encode(body).decode()
