"""CSV: a header, a row for each record, and a closing row that says whether all are there.

UTF-8 with a byte order mark, commas, CRLF. A cell that a spreadsheet would run as a formula gets a
`'` before it, acting characters are written as escapes, JSON cells are whole. The closing row has
no index: `kind` is `zegel.export`, `sentence` the ending, `event` the log, its size and root.

Source: RFC 4180; the mark tells spreadsheet programs that it is UTF-8.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from formats.csv_cell import csv_cell, csv_line
from formats.export.columns import CLOSING_KIND, COLUMNS, Column
from formats.export.writing import Exported, ExportFormat, Provenance, Records, closing_facts
from formats.formula_guard import guarded_json
from formats.json_form import encode_json
from formats.visible import visible_json

_MARK: Final = b"\xef\xbb\xbf"


def write(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """The mark with the header, one line of bytes for each record, and the closing line."""
    yield _MARK + csv_line([column.name for column in COLUMNS]).encode()
    for record in records:
        yield csv_line([csv_cell(_told(column, record)) for column in COLUMNS]).encode()
    facts = guarded_json(visible_json(encode_json(closing_facts(provenance, records.ending))))
    closing = {"kind": CLOSING_KIND, "sentence": records.ending.text, "event": facts}
    yield csv_line([csv_cell(closing.get(column.name)) for column in COLUMNS]).encode()


def _told(column: Column, record: Exported) -> Any:  # noqa: ANN401 - whatever a column holds
    """An instant as JSON writes it, JSON that stays what it is; the rest as it is."""
    cell = column.of(record)
    if column.type == "json":
        return guarded_json(cell or "")
    if not isinstance(cell, datetime):
        return cell
    return cell.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


EXPORT: Final = ExportFormat(
    name="csv",
    title="a table for spreadsheets, formulas guarded",
    suffix=".csv",
    media_type="text/csv",
    write=write,
)
