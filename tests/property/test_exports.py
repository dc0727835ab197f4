"""Laws of exports: what is read back from a table is what the history shows."""

import csv
import io
import json
from datetime import datetime
from typing import Any

import msgspec
import openpyxl
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from formats import ndjson
from formats.export.columns import COLUMNS
from formats.export.writing import Exported
from formats.formula_guard import FORMULA_STARTS, unguarded
from formats.reading import Translated
from formats.register.workbook import shortened
from formats.visible import visible_lines
from ledger.own_records import OWN_KINDS, is_reserved
from tests.exported_records import chained, written, written_tree
from tests.strategies import completed_events
from tests.unit.formats.sources import outcomes

_JSON = {column.name for column in COLUMNS if column.type == "json"}


def histories(most: int = 6) -> SearchStrategy[list[Exported]]:
    """Any few records of any kinds."""
    return st.lists(completed_events(), max_size=most).map(chained)


@given(histories())
@settings(max_examples=15)
def test_ndjson_gives_back_the_documents(found: list[Exported]) -> None:
    """A script would read another history than the log shows."""
    *lines, closing = written("ndjson", found).splitlines()
    assert [json.loads(line) for line in lines] == [each.document for each in found]
    assert json.loads(closing)["export"]["records"] == len(found)


@given(histories())
@settings(max_examples=15)
def test_another_log_reads_the_same_facts_from_ndjson(found: list[Exported]) -> None:
    """A history that moves into another log would not be the same there."""
    read = outcomes(ndjson.read, written("ndjson", found), system=None)
    own = [each for each in found if each.kind in OWN_KINDS or is_reserved(each.system)]
    facts = [each.event for each in read if isinstance(each, Translated)]
    assert len(read) == len(found) + 1
    assert json.loads(msgspec.json.encode(facts)) == [
        each.document["event"] for each in found if each not in own
    ]


@given(histories())
@settings(max_examples=15)
def test_csv_gives_back_every_cell_and_runs_none(found: list[Exported]) -> None:
    """A spreadsheet would show another history, or run what a source wrote."""
    raw = written("csv", found).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(raw, newline=""), strict=True))
    assert not any(cell.startswith(FORMULA_STARTS) for row in rows for cell in row)
    headings, *told, _closing = rows
    assert len(told) == len(found)
    for row, record in zip(told, found, strict=True):
        cells = dict(zip(headings, map(unguarded, row), strict=True))
        for column in COLUMNS:
            _same(cells[column.name], column.of(record), column.name)


def _same(cell: str, value: Any, name: str) -> None:  # noqa: ANN401 - a cell of any column
    if value is None:
        assert cell == ""
    elif isinstance(value, datetime):
        assert datetime.fromisoformat(cell) == value
    elif name in _JSON:
        assert json.loads(cell) == json.loads(value)
    else:
        assert cell == visible_lines(str(value))


@given(histories())
@settings(max_examples=12)
def test_parquet_gives_back_every_value(found: list[Exported]) -> None:
    """A lake would hold another history than the log."""
    rows = pq.ParquetFile(io.BytesIO(written("parquet", found))).read().to_pylist()
    assert rows == [{column.name: column.of(each) for column in COLUMNS} for each in found]


@given(histories(3))
@settings(max_examples=8)
def test_a_workbook_gives_back_every_text(found: list[Exported]) -> None:
    """A reader of a sheet would see another history than the log shows."""
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", found)))
    _headings, *rows = book["records"].iter_rows()
    assert len(rows) == len(found)
    for row, record in zip(rows, found, strict=True):
        index, _occurred, *others = row
        assert index.value == record.index
        for cell, column in zip(others, COLUMNS[1:], strict=True):
            assert cell.data_type != "f"
            _shown(cell.value, column.of(record))


def _shown(cell: Any, value: Any) -> None:  # noqa: ANN401 - a cell of any column
    if value is None or value == "":
        assert cell is None
    elif isinstance(value, datetime):
        assert datetime.fromisoformat(cell) == value
    elif isinstance(value, int):
        assert cell == value
    else:
        assert cell == shortened(visible_lines(value))


@given(histories())
@settings(max_examples=15)
def test_a_security_lake_holds_every_event(found: list[Exported]) -> None:
    """A kind of event would end an export into a lake, or be missing there."""
    files = written_tree("ocsf-lake", found)
    tables = [pq.read_table(io.BytesIO(raw)) for path, raw in files.items() if "/" in path]
    places = [each["sequence"] for table in tables for each in table["metadata"].to_pylist()]
    assert sorted(places) == [*range(len(found)), 42]
