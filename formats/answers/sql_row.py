"""Rows of an answer in SQL as people and programs read them."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

import msgspec

_MOST: Final = 2**63 - 1
"""A larger whole number is told as text, because hardly any reader of JSON keeps it exact."""
_decode = msgspec.json.Decoder().decode


def sql_row(
    columns: Sequence[tuple[str, str]], row: Sequence[object], *, people: bool
) -> dict[str, Any]:
    """One row by the names of its columns.

    Args:
        columns: Name and type of each, as the engine calls it.
        row: What stands in them.
        people: JSON stays the text that it is: it is drawn, not nested.
    """
    return {
        name: _nested(cell) if kind == "JSON" and not people else sql_cell(cell)
        for (name, kind), cell in zip(columns, row, strict=True)
    }


def sql_cell(cell: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """A value in types that every form of output knows."""
    told: Any = cell
    match cell:
        case bool() | datetime():
            pass
        case int() if abs(cell) > _MOST:
            told = str(cell)
        case float() if not math.isfinite(cell):
            told = str(cell)
        case Decimal() | date() | time():
            told = str(cell)
        case Mapping():
            told = {str(sql_cell(key)): sql_cell(value) for key, value in cell.items()}
        case list() | tuple():
            told = [sql_cell(each) for each in cell]
        case _:
            pass
    return told


def _nested(cell: object) -> Any:  # noqa: ANN401 - likewise
    try:
        return _decode(cell) if isinstance(cell, str) else sql_cell(cell)
    except msgspec.DecodeError:  # deeper, or a larger number, than our reader takes
        return cell
