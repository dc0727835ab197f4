"""Tables as one workbook (XLSX): a sheet each, typed dates, the headings frozen.

Texts are written as texts, never as formulas, links or numbers. The same tables with the same
moment give the same bytes.
"""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from formats.register.cells import Cell
from formats.register.tables import Table

LONGEST_TEXT: Final = 32_767
"""Characters of one cell, as UTF-16 counts them. Source: "Excel specifications and limits"."""
_UNITS: Final = 2
"""Of one character, at most."""
_UNIT_BYTES: Final = 2
_CUT: Final = "…"
_WIDEST: Final = 60
_NARROWEST: Final = 10
_FIRST_DATE: Final = date(1900, 3, 1)
"""Before it the calendar of workbooks counts a day that never was."""


def workbook(tables: Sequence[Table], made_at: datetime) -> bytes:
    """The workbook.

    Args:
        tables: Each a sheet, named by its title.
        made_at: Said in the file as the time when it was made; aware.
    """
    memory = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(memory, {**options, "in_memory": True})
    book.set_properties({"created": made_at.replace(microsecond=0)})
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    for table in tables:
        sheet = book.add_worksheet(table.title)
        for column, name in enumerate(table.headings):
            sheet.write_string(0, column, name, heading)
        for number, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, text, day)
        _lay_out(sheet, table)
    book.close()
    return memory.getvalue()


def _write(  # noqa: PLR0917 - a cell in its place
    sheet: Worksheet, row: int, column: int, cell: Cell, text: Format, day: Format
) -> None:
    if isinstance(cell, int):
        sheet.write_number(row, column, cell, text)
    elif isinstance(cell, date) and cell >= _FIRST_DATE:
        sheet.write_datetime(row, column, datetime.combine(cell, time()), day)
    elif cell is not None and cell != "":
        sheet.write_string(row, column, shortened(str(cell)), text)


def shortened(text: str) -> str:
    """The text as far as a cell holds it; what is cut off ends in `…`."""
    if len(text) * _UNITS <= LONGEST_TEXT:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= LONGEST_TEXT * _UNIT_BYTES:
        return text
    kept = units[: (LONGEST_TEXT - 1) * _UNIT_BYTES].decode("utf-16-le", "ignore")
    return kept + _CUT


def _lay_out(sheet: Worksheet, table: Table) -> None:
    """Headings that stay, columns as wide as they need, and a landscape page that fits."""
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for column, name in enumerate(table.headings):
        lengths = (len(str(row[column] or "")) for row in table.rows)
        widest = max((len(name), *lengths))
        sheet.set_column(column, column, min(max(widest + 2, _NARROWEST), _WIDEST))
    if table.rows and len(table.headings) > 1:
        sheet.autofilter(0, 0, len(table.rows), len(table.headings) - 1)
