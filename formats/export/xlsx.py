"""A workbook (XLSX): a sheet with a row for each record, and one that says what it was made of.

Texts are texts: no formula, link or number comes of them, and one that begins like a formula stays
a text when somebody edits its cell. Times are told twice: `occurred` as a date of the zone of the
export, which sorts and filters, and exact in UTC. A sheet holds 1,048,575 records, a cell 32,767
characters; what is cut ends in `…`, and the sheet `about` counts it.

The same records give the same bytes, with the same versions of XlsxWriter and zlib.

Source: "Excel specifications and limits".
"""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from formats.export.columns import COLUMNS, Column
from formats.export.writing import Exported, ExportFormat, Provenance, Records, closing_facts
from formats.formula_guard import guarded
from formats.json_form import encode_json
from formats.register.workbook import shortened
from formats.visible import visible_lines

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_RECORDS: Final = 1_048_575
"""Rows of a sheet, without the one of the headings."""
_SETTINGS: Final[dict[str, Any]] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
    "use_zip64": True,
}
_OCCURRED: Final = "occurred"
_HEADINGS: Final = (COLUMNS[0].name, _OCCURRED, *(column.name for column in COLUMNS[1:]))
_WIDTHS: Final = {"index": 9, _OCCURRED: 20, "kind": 26, "system": 18, "actor": 30, "sentence": 70}
_WIDTH: Final = 24
_PIECE_BYTES: Final = 1 << 16
_EARLIEST: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""Said as the time of making where there is no record."""
_FIRST_YEAR: Final = 1901
_LAST_YEAR: Final = 9999
"""The years whose every date a workbook counts without a fault."""


def write(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """The bytes of the workbook, piece by piece once it is whole."""
    # XlsxWriter keeps the rows of a sheet in files until the end: memory stays flat, and whatever
    # happens they go with their folder, which nobody else may enter.
    with tempfile.TemporaryDirectory(prefix="zegel-xlsx-") as room:
        path = Path(room) / "book.xlsx"
        _write_book(records, provenance, path, room)
        with path.open("rb") as book:
            while piece := book.read(_PIECE_BYTES):
                yield piece


def _write_book(records: Records, provenance: Provenance, path: Path, room: str) -> None:
    book = xlsxwriter.Workbook(str(path), {**_SETTINGS, "tmpdir": room})
    sheet = _Sheet(book, provenance)
    newest = _EARLIEST
    for record in records:
        sheet.add(record)
        newest = record.recorded_at
    sheet.close()
    facts = closing_facts(provenance, records.ending) | {"cells_cut": sheet.cells_cut}
    _write_about(book, facts)
    # Of the newest record, so that the same export says the same.
    book.set_properties({"created": newest.replace(microsecond=0, tzinfo=None)})
    try:
        book.close()
    except FileCreateError as error:
        if isinstance(error.__context__, OSError):
            raise error.__context__ from None  # a disk without room is told as for every format
        raise


class _Sheet:
    """The sheet of the records, written row by row."""

    def __init__(self, book: xlsxwriter.Workbook, provenance: Provenance) -> None:
        self._sheet: Worksheet = book.add_worksheet("records")
        self._zone = ZoneInfo(provenance.zone)
        self._plain: Format = book.add_format({"valign": "top"})
        # A cell that begins with `=` becomes a formula when it is edited, unless it is marked so.
        self._quoted: Format = book.add_format({"valign": "top", "quote_prefix": True})
        self._date: Format = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm:ss"})
        self._row = 0
        self.cells_cut = 0
        bold: Format = book.add_format({"bold": True, "bottom": 1})
        self._sheet.freeze_panes(1, 1)
        for place, name in enumerate(_HEADINGS):
            self._sheet.set_column(place, place, _WIDTHS.get(name, _WIDTH))
            self._sheet.write_string(0, place, name, bold)

    def add(self, record: Exported) -> None:
        """Writes the row of one record."""
        self._row += 1
        index, *others = COLUMNS
        self._sheet.write_number(self._row, 0, index.of(record), self._plain)
        self._write_date(record.occurred_at)
        for place, column in enumerate(others, 2):
            self._write(place, column, record)

    def _write_date(self, occurred_at: datetime | None) -> None:
        if occurred_at is None:
            return
        local = occurred_at.astimezone(self._zone).replace(tzinfo=None)
        if _FIRST_YEAR <= local.year <= _LAST_YEAR:
            self._sheet.write_datetime(self._row, 1, local.replace(microsecond=0), self._date)

    def _write(self, place: int, column: Column, record: Exported) -> None:
        cell = column.of(record)
        if cell is None or cell == "":
            return
        if isinstance(cell, int):
            self._sheet.write_number(self._row, place, cell, self._plain)
            return
        told = cell.isoformat() if isinstance(cell, datetime) else visible_lines(str(cell))
        fitting = shortened(told)
        self.cells_cut += fitting != told
        form = self._plain if guarded(told) == told else self._quoted
        self._sheet.write_string(self._row, place, fitting, form)

    def close(self) -> None:
        """Ends the table: its headings filter it."""
        self._sheet.autofilter(0, 0, max(self._row, 1), len(_HEADINGS) - 1)


def _write_about(book: xlsxwriter.Workbook, facts: dict[str, Any]) -> None:
    sheet: Worksheet = book.add_worksheet("about")
    bold: Format = book.add_format({"bold": True, "valign": "top"})
    text: Format = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, _WIDTH)
    sheet.set_column(1, 1, _WIDTHS["sentence"])
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name.replace("_", " "), bold)
        told = value if isinstance(value, str) else encode_json(value)
        sheet.write_string(row, 1, shortened(visible_lines(told)), text)


EXPORT: Final = ExportFormat(
    name="xlsx",
    title="a workbook for people, with a sheet about where it is from",
    suffix=".xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write=write,
    most_records=MOST_RECORDS,
    is_text=False,
)
