"""A workbook holds every record as texts and dates, and says where it ends."""

import errno
import io
import os
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from formats.export import export_format
from formats.export.columns import COLUMNS
from formats.register.workbook import LONGEST_TEXT
from formats.visible import visible_lines
from tests.exported_records import exported_event, provenance, written


def _book(raw: bytes) -> Any:  # noqa: ANN401 - openpyxl's workbook
    return openpyxl.load_workbook(io.BytesIO(raw))


def _about(raw: bytes) -> dict[str, str]:
    return {row[0].value: row[1].value for row in _book(raw)["about"].iter_rows()}


def test_a_row_for_each_record_and_a_sheet_about_them() -> None:
    """A reader would not see a record, or not know which log it is from."""
    found = [exported_event("file.received", index, file_id=f"F-{index}") for index in range(2)]
    raw = written("xlsx", found, more=True)
    headings, *rows = _book(raw)["records"].iter_rows(values_only=True)
    assert headings == ("index", "occurred", *(column.name for column in COLUMNS[1:]))
    assert [row[0] for row in rows] == [0, 1]
    assert f"{rows[0][1]}" == "2026-03-01 10:00:00"  # in Europe/Amsterdam
    about = _about(raw)
    assert about["ending"] == "truncated at 2 records"
    assert (about["size"], about["root"]) == ("42", bytes(range(32)).hex())
    assert about["cells cut"] == "0"


def test_a_formula_stays_a_text_when_its_cell_is_edited() -> None:
    """A user name that an intruder typed would run once somebody presses Enter in its cell."""
    raw = written("xlsx", [exported_event("access.used", resource="files", system="=1+1")])
    sheet = _book(raw)["records"]
    place = ("index", "occurred", *(column.name for column in COLUMNS[1:])).index("system") + 1
    cell = sheet.cell(2, place)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert not sheet.cell(2, place + 2).quotePrefix


def test_a_text_longer_than_a_cell_is_cut_and_counted() -> None:
    """A spreadsheet program would call the workbook damaged, or nobody would see that it is cut."""
    words = ["x" * 8_000] * 5
    event = exported_event("file.received", file_id="F-1", content=None)
    long = {**event.document, "event": {"words": words}}
    object.__setattr__(event, "document", long)
    raw = written("xlsx", [event])
    sheet = _book(raw)["records"]
    cell = max((str(each.value or "") for each in sheet[2]), key=len)
    assert len(cell) == LONGEST_TEXT
    assert cell.endswith("…")
    assert _about(raw)["cells cut"] == "1"


def test_the_bytes_do_not_depend_on_when_or_where_they_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two exports of the same records could not be compared."""
    found = [exported_event("file.received", file_id="F-1")]
    first = written("xlsx", found)
    mask = os.umask(0o027)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    try:
        assert written("xlsx", found) == first
    finally:
        os.umask(mask)
        monkeypatch.undo()
        time.tzset()


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows of an export would lie about in a folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    written("xlsx", [exported_event("file.received", file_id="F-1")])
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_is_full_at_its_own_limit() -> None:
    """A record too many would end the export with a fault, or vanish."""
    assert export_format("xlsx").most_records == 1_048_576 - 1
    assert provenance("xlsx").settings == {}


def test_a_disk_without_room_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody would get the trace of a library in place of what is wrong."""

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="No space left on device"):
        written("xlsx", [])


def test_a_cell_is_cut_where_a_spreadsheet_program_counts_to() -> None:
    """Signs beyond the first plane count twice: a program would call the workbook damaged."""
    told = exported_event("access.used", system="\U0001f600" * LONGEST_TEXT)
    raw = written("xlsx", [told])
    shown = max((str(each.value or "") for each in _book(raw)["records"][2]), key=len)
    assert len(shown.encode("utf-16-le")) // 2 <= LONGEST_TEXT
    assert shown.endswith("\U0001f600…")
    assert _about(raw)["cells cut"] == "2"  # the field itself, and the JSON of the event


@pytest.mark.parametrize("text", ["_x0041_", "\ufffe\uffff", "a\x00b", " a\n b "])
def test_no_character_makes_a_workbook_unreadable_or_another_text(text: str) -> None:
    """One log line of an intruder would hide a whole export, or read as something else."""
    raw = written("xlsx", [exported_event("access.used", system=text)])
    place = ("index", "occurred", *(column.name for column in COLUMNS[1:])).index("system") + 1
    shown = unescape(str(_book(raw)["records"].cell(2, place).value))
    assert shown == visible_lines(text)
