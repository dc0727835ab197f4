"""A table as CSV, and back: UTF-8 with a byte order mark, commas, CRLF, every text guarded.

The mark tells a spreadsheet program that the headings are UTF-8. A text that such a program would
run as a formula gets a `'` before it.

Source: RFC 4180.
"""

import csv
import io
from datetime import date

from formats.formula_guard import guarded, unguarded
from formats.register.cells import Cell
from formats.register.tables import Table


def csv_file(table: Table) -> bytes:
    """The file; the same table gives the same bytes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([guarded(heading) for heading in table.headings])
    writer.writerows([_written(cell) for cell in row] for row in table.rows)
    return buffer.getvalue().encode("utf-8-sig")


def read_csv(raw: bytes) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headings and the rows that a file holds, as texts.

    Raises:
        ValueError: it is no CSV, or rows differ in length from the headings.
    """
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    if not rows:
        message = "expected headings, found nothing"
        raise ValueError(message)
    headings, *found = [tuple(unguarded(cell) for cell in row) for row in rows]
    for number, row in enumerate(found, 2):
        if len(row) != len(headings):
            message = f"line {number}: expected {len(headings)} cells, found {len(row)}"
            raise ValueError(message)
    return headings, found


def cell_text(cell: Cell) -> str:
    """A cell as CSV tells it, without its guard; dates as `2026-11-20`."""
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _written(cell: Cell) -> str | int:
    return cell if isinstance(cell, int) else guarded(cell_text(cell))
