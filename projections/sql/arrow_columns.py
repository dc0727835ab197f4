"""Values of ours as columns of Arrow, typed as the catalogue says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
import pyarrow as pa

from projections.sql.catalogue import SqlColumn, SqlType

ArrowArray = Any
"""A column of Arrow; pyarrow has no types."""
ArrowBatch = Any
"""Columns of the same length with their names."""
ArrowSchema = Any
"""Names and types of columns."""
ArrowExpression = Any
"""What rows must meet, as pyarrow writes it; `None`: nothing."""

_encode = msgspec.json.Encoder().encode
_INSTANT: Final = pa.timestamp("us", tz="UTC")

_ARROW: Final[Mapping[SqlType, Any]] = {
    "BIGINT": pa.int64(),
    "BIGINT[]": pa.list_(pa.int64()),
    "BLOB": pa.binary(),
    "BOOLEAN": pa.bool_(),
    "INTERVAL": pa.duration("us"),
    "JSON": pa.json_(),
    "TIMESTAMP WITH TIME ZONE": _INSTANT,
    "UUID": pa.uuid(),
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
}


def arrow_schema(columns: Iterable[SqlColumn]) -> ArrowSchema:
    """The schema of a table."""
    return pa.schema([pa.field(column.name, _ARROW[column.type]) for column in columns])


def arrow_column(column: SqlColumn, values: Sequence[Any]) -> ArrowArray:
    """The values of one column; `None` where there is none.

    Raises:
        ValueError: a value is not of the column's type.
    """
    convert = _CONVERTED.get(column.type)
    if convert is not None:
        values = [None if value is None else convert(value) for value in values]
    try:
        return pa.array(values, _ARROW[column.type])
    except (pa.ArrowException, TypeError, OverflowError) as error:
        expected = f"{column.name}: expected {column.type}"
        raise ValueError(f"{expected}, found what is none ({error})") from error


def text_of(value: object) -> str:
    """A text as it is, anything else as JSON."""
    return value if isinstance(value, str) else _encode(value).decode()


def _texts(value: Iterable[object]) -> list[str]:
    return [text_of(each) for each in value]


def _id_bytes(value: object) -> object:
    """The 16 bytes of an id that one driver gives as such and the other as a `UUID`."""
    return value.bytes if isinstance(value, UUID) else value


def _instant(value: object) -> object:
    """An instant; the store gives microseconds since 1970, which Arrow takes as they are."""
    if isinstance(value, datetime | int):
        return value
    raise ValueError(f"expected an instant, found {type(value).__name__}")


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    raise ValueError(f"expected a duration, found {type(value).__name__}")


_CONVERTED: Final[Mapping[SqlType, Callable[[Any], Any]]] = {
    "VARCHAR": text_of,
    "VARCHAR[]": _texts,
    "UUID": _id_bytes,
    "TIMESTAMP WITH TIME ZONE": _instant,
    "INTERVAL": _duration,
}
