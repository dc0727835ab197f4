"""CSV holds every record, runs nothing and says where it ends."""

import csv
import io
import json

from formats.export.columns import CLOSING_KIND, COLUMNS
from formats.formula_guard import FORMULA_STARTS
from tests.exported_records import exported_event, written


def _rows(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))


def test_a_row_for_each_record_and_a_closing_one() -> None:
    """A spreadsheet would not say whether it shows everything."""
    found = [exported_event("file.received", index, file_id=f"F-{index}") for index in range(2)]
    raw = written("csv", found, more=True)
    assert raw.startswith(b"\xef\xbb\xbfindex,")
    *rows, closing = _rows(raw)
    assert [row["index"] for row in rows] == ["0", "1"]
    assert json.loads(rows[1]["event"]) == found[1].document["event"]
    assert rows[0]["occurred_at"] == "2026-03-01T09:00:00.000000Z"
    assert (closing["index"], closing["kind"]) == ("", CLOSING_KIND)
    assert closing["sentence"] == "truncated at 2 records"
    assert json.loads(closing["event"])["size"] == 42
    assert set(closing) == {column.name for column in COLUMNS}


def test_no_cell_is_a_formula() -> None:
    """A user name that an intruder typed would run in somebody's spreadsheet."""
    hostile = "=cmd|' /C calc'!A0"
    raw = written(
        "csv", [exported_event("access.used", resource=hostile, actor=f"person:{hostile}")]
    )
    cells = [cell for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"))) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA_STARTS)] == []
    assert hostile in json.loads(_rows(raw)[0]["event"])["resource"]


def test_no_part_of_a_line_is_a_formula_where_semicolons_part_it() -> None:
    """Excel in Dutch parts a file at semicolons: what follows one would run."""
    hostile = "x;=cmd|' /C calc'!A0;\n@SUM(1)"
    found = exported_event("access.used", resource=hostile, actor=f"person:{hostile}", note=hostile)
    raw = written("csv", [found]).decode("utf-8-sig")
    parts = [part.strip() for line in raw.splitlines() for part in line.split(";")]
    assert [part for part in parts if part.startswith(FORMULA_STARTS)] == []
    assert json.loads(_rows(raw.encode())[0]["event"]) == found.document["event"]
