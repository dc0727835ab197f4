"""Parquet: the records as typed columns, in one file or in the folders of a data lake.

One file has the records in the order of their index. A lake has a folder for each day on which
something occurred, with the records of a file in the order in which they occurred, and their lowest
and highest index in its name. A part of a day is written when many records wait, so memory stays
flat and a day may have several files. A record that is shown raw lies under the day of its
recording.

What an export says of itself stands under `zegel` in the metadata of every file. The same records
give the same bytes, with the same version of pyarrow.

Source: Apache Parquet format 2.6.
"""

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from formats.export.columns import COLUMNS, ColumnType
from formats.export.lake import (
    LAKE_SETTINGS,
    METADATA_KEY,
    PARQUET_SETTINGS,
    ending_file,
    lake_day,
    lake_path,
    part_facts,
)
from formats.export.writing import Exported, ExportFormat, Provenance, Records, closing_facts
from formats.json_form import encode_json

ROW_GROUP_RECORDS: Final = 8_192
MOST_WAITING: Final = 16_384
"""So many records wait for their day to be complete."""

_TYPES: Final[dict[ColumnType, Any]] = {
    "whole": pa.int64(),
    "instant": pa.timestamp("us", tz="UTC"),
    "text": pa.string(),
    "json": pa.string(),
}
_SCHEMA: Final = pa.schema([pa.field(column.name, _TYPES[column.type]) for column in COLUMNS])
_SETTINGS: Final[dict[str, Any]] = {
    **PARQUET_SETTINGS,
    "use_dictionary": ["kind", "system", "actor"],
    "write_statistics": ["index", "occurred_at", "recorded_at", "kind", "system"],
}


class _Row(NamedTuple):
    """The cells of a record that waits for its file: a third of what all of it would take."""

    at: datetime
    """When it occurred; when it was recorded, where it is shown raw."""
    record_index: int
    cells: tuple[Any, ...]
    """By `COLUMNS`."""


def write(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """The bytes of one file, row group by row group, in the order of the index."""
    pieces = _Pieces()
    remaining = iter(records)
    with pq.ParquetWriter(pieces, _SCHEMA, **_SETTINGS) as writer:
        while group := list(map(_row, islice(remaining, ROW_GROUP_RECORDS))):
            writer.write_table(_table(group), row_group_size=ROW_GROUP_RECORDS)
            yield pieces.taken()
        facts = closing_facts(provenance, records.ending)
        writer.add_key_value_metadata({METADATA_KEY: encode_json(facts)})
    yield pieces.taken()


def write_tree(records: Records, provenance: Provenance) -> Iterator[tuple[str, bytes]]:
    """Path and content of the files of a lake, and of the file that says how it ended."""
    waiting: defaultdict[str, list[_Row]] = defaultdict(list)
    count = 0
    for row in map(_row, records):
        waiting[lake_day(row.at)].append(row)
        count += 1
        if count >= MOST_WAITING:
            fullest = max(waiting, key=lambda day: (len(waiting[day]), day))
            part = waiting.pop(fullest)
            count -= len(part)
            yield _file(fullest, part, provenance)
    for day in sorted(waiting):
        yield _file(day, waiting[day], provenance)
    yield ending_file(records, provenance)


def _file(day: str, part: Sequence[_Row], provenance: Provenance) -> tuple[str, bytes]:
    chosen = provenance.settings
    path = lake_path(chosen, chosen["source"], day, part[0].record_index, part[-1].record_index)
    memory = io.BytesIO()
    with pq.ParquetWriter(memory, _SCHEMA, **_SETTINGS) as writer:
        ordered = sorted(part, key=itemgetter(0, 1))
        for start in range(0, len(ordered), ROW_GROUP_RECORDS):
            group = ordered[start : start + ROW_GROUP_RECORDS]
            writer.write_table(_table(group), row_group_size=ROW_GROUP_RECORDS)
        writer.add_key_value_metadata({METADATA_KEY: part_facts(provenance, len(part))})
    return path, memory.getvalue()


def _row(record: Exported) -> _Row:
    cells = tuple(column.of(record) for column in COLUMNS)
    return _Row(record.occurred_at or record.recorded_at, record.index, cells)


def _table(group: Sequence[_Row]) -> Any:  # noqa: ANN401 - pyarrow has no types
    columns = zip(*(row.cells for row in group), strict=True)
    arrays = [pa.array(cells, field.type) for cells, field in zip(columns, _SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=_SCHEMA)


class _Pieces(io.RawIOBase):
    """What was written since it was last taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        """What was written, which is forgotten."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


EXPORT: Final = ExportFormat(
    name="parquet",
    title="columns for a data lake: one file, or folders by day",
    suffix=".parquet",
    media_type="application/vnd.apache.parquet",
    write=write,
    write_tree=write_tree,
    is_text=False,
    settings=LAKE_SETTINGS,
)
