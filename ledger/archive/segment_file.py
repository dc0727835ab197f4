"""The records of a segment as one Parquet file: ten columns, the same bytes for the same records.

Row groups of 8,192 records, zstd, dictionaries where few values recur, statistics of the columns
that only grow; no schema of any library, no time of making. The file names the version of its
writer: another version of pyarrow may write other bytes of the same content.

Source: docs/reference/archive.md; Apache Parquet format 2.6.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from ledger.archive.layout import ROW_GROUP_RECORDS
from ledger.errors import VerificationError
from ledger.stored import RawRecord

_ID: Final = pa.binary(16)
_SCHEMA: Final = pa.schema(
    [
        pa.field("idx", pa.int64(), nullable=False),
        pa.field("sealed", pa.binary(), nullable=False),
        pa.field("leaf_hash", pa.binary(32), nullable=False),
        pa.field("stream", _ID, nullable=False),
        pa.field("version", pa.int64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("event_id", _ID),
        pa.field("recorded_at_us", pa.int64(), nullable=False),
        pa.field("occurred_at_us", pa.int64()),
        pa.field("system", pa.string()),
    ]
)
COLUMNS: Final = tuple(_SCHEMA.names)
_SETTINGS: Final[dict[str, Any]] = {
    "version": "2.6",
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": ["kind", "system", "stream", "recorded_at_us"],
    "write_statistics": ["idx", "recorded_at_us", "occurred_at_us"],
    "data_page_version": "1.0",
    "store_schema": False,
}


class SegmentWriter:
    """Writes one file, row group by row group."""

    def __init__(self, path: Path) -> None:
        """Makes the file anew."""
        self._writer = pq.ParquetWriter(str(path), _SCHEMA, **_SETTINGS)

    def __enter__(self) -> Self:
        """The writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Completes the file."""
        self._writer.close()

    def passing(self, rows: Iterable[RawRecord]) -> Iterator[RawRecord]:
        """The same rows, each written before the first one after its row group is given on."""
        remaining = iter(rows)
        while group := list(islice(remaining, ROW_GROUP_RECORDS)):
            columns = zip(*group, strict=True)
            arrays = [
                pa.array(one, field.type) for one, field in zip(columns, _SCHEMA, strict=True)
            ]
            table = pa.Table.from_arrays(arrays, schema=_SCHEMA)
            self._writer.write_table(table, row_group_size=ROW_GROUP_RECORDS)
            yield from group


class SegmentReader:
    """The records of one file, read by row groups; nothing about them is verified."""

    def __init__(self, handle: IO[bytes], place: str) -> None:
        """Takes an open file.

        Args:
            handle: The file, which stays open for as long as this is used.
            place: What it is called in messages.

        Raises:
            VerificationError: it is no Parquet file, or one of other columns (MODIFIED).
        """
        self._place = place
        try:
            self._file = pq.ParquetFile(handle)
            found = self._file.schema_arrow
        except (pa.ArrowException, OSError) as error:
            raise self._broken(str(error)) from error
        if found.names != _SCHEMA.names or found.types != _SCHEMA.types:
            raise self._broken(f"columns {', '.join(map(str, found))}"[:200])

    @property
    def records(self) -> int:
        """How many records it holds."""
        return int(self._file.metadata.num_rows)

    def rows(self, start: int = 0) -> Iterator[RawRecord]:
        """The records from a place in the file on, 0-based, in order.

        Raises:
            VerificationError: a part of the file cannot be read (MODIFIED).
        """
        first = 0
        for group in range(self._file.num_row_groups):
            stop = first + self._file.metadata.row_group(group).num_rows
            if start < stop:
                columns = self._group(group, COLUMNS)
                rows = map(RawRecord._make, zip(*columns, strict=True))
                yield from islice(rows, max(start - first, 0), None)
            first = stop

    @staticmethod
    def place_of(number: int) -> tuple[int, int]:
        """The row group of a record and its place there, both 0-based, from its place in all."""
        return divmod(number, ROW_GROUP_RECORDS)

    def sealed(self, group: int) -> list[bytes]:
        """The sealed bytes of a row group.

        Raises:
            VerificationError: it cannot be read, or is not there (MODIFIED).
        """
        (column,) = self._group(group, ("sealed",))
        return column

    def _group(self, group: int, names: tuple[str, ...]) -> list[list[Any]]:
        try:
            table = self._file.read_row_group(group, columns=list(names), use_threads=False)
            return [table.column(name).to_pylist() for name in names]
        except (pa.ArrowException, OSError, IndexError, UnicodeError) as error:
            raise self._broken(str(error)) from error

    def _broken(self, found: str) -> VerificationError:
        message = f"{self._place}: expected a segment in Parquet, found {' '.join(found.split())}"
        return VerificationError("MODIFIED", None, message[:400])
