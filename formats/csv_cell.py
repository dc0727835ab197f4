"""Cells of CSV files: text that acts is made visible, and nothing can become a formula.

Source: RFC 4180.
"""

import csv
import io
from collections.abc import Sequence

from formats.formula_guard import guarded, guarded_json
from formats.json_form import encode_json
from formats.visible import visible_lines


def csv_cell(value: object) -> str | int:
    """One cell of a CSV file; what a spreadsheet would run as a formula gets a `'` before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        text = "; ".join(value)
    else:
        text = value if isinstance(value, str) else guarded_json(json_text(value))
    return guarded(visible_lines(text))


def json_text(value: object) -> str:
    """A value as it stands inside JSON, without quotes when it is one word there."""
    text = encode_json(value)
    return text[1:-1] if text.startswith('"') and "\\" not in text else text


def csv_line(cells: Sequence[str | int]) -> str:
    """One line of a CSV file, with its line end.

    Args:
        cells: From `csv_cell`, or words of our own.
    """
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
