"""Which stored rows a filter cannot want, told before anything is opened or decoded for them.

The engine hands on what the rows of a scan must meet, as one expression. Columns that a stored row
does not hold count as unknown here, by the logic of three values: only where the rest decides alone
is a row left out. What is left in is compared again, with everything in place.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.dataset as ds

from projections.sql.arrow_columns import ArrowExpression, arrow_column, arrow_schema
from projections.sql.catalogue import SqlColumn

_CALL: Final = re.compile(r"([a-z_]+)\(\s*([A-Za-z_]*)")
_ASKS_FOR_ABSENCE: Final = frozenset({"is_valid", "is_null", "is_in"})
"""These say something of an unknown value, so the value must be known."""
_UNKNOWN_STAYS_UNKNOWN: Final = frozenset({"if_else", "and", "or", "invert", "not"})


_BOUND: Final = re.compile(r"index (>=|>|<=|<|==) ([0-9]{1,18})")
_OPENS, _CLOSES = "([{", ")]}"


def index_range(expression: object) -> tuple[int, int | None]:
    """The first index that may meet an expression, and the one after the last, if it is bounded.

    Told by its text, where the index is compared in a part that must hold in any case.
    """
    start, stop = 0, None
    for part in _parts("" if expression is None else str(expression)):
        bound = _BOUND.fullmatch(part)
        if bound is None:
            continue
        sign, number = bound[1], int(bound[2])
        if sign in {">", ">=", "=="}:
            start = max(start, number + (sign == ">"))
        if sign in {"<", "<=", "=="}:
            end = number + (sign != "<")
            stop = end if stop is None else min(stop, end)
    return start, stop


def _parts(text: str) -> list[str]:
    """The parts of an expression that must all hold, without the parentheses around them."""
    text = text.strip()
    depth, place, cuts = 0, 0, []
    outer = text.startswith("(")
    while place < len(text):
        sign = text[place]
        if sign == '"':
            place = _end_of_text(text, place)
        elif sign in _OPENS:
            depth += 1
        elif sign in _CLOSES:
            depth -= 1
            outer = outer and (depth > 0 or place == len(text) - 1)
        elif depth == 0 and text.startswith(" and ", place):
            cuts.append(place)
        place += 1
    if outer:
        return _parts(text[1:-1])
    ends = [*cuts, len(text)]
    begins = [0, *(cut + len(" and ") for cut in cuts)]
    parts = [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
    return parts if len(parts) == 1 else [each for part in parts for each in _parts(part)]


def _end_of_text(text: str, place: int) -> int:
    """Where the text in quotes ends that begins at a place."""
    place += 1
    while place < len(text) and text[place] != '"':
        place += 2 if text[place] == "\\" else 1
    return place


def names_in(columns: Sequence[SqlColumn], expression: object) -> frozenset[str]:
    """The columns that an expression may speak of: all whose names stand anywhere in its text."""
    said = "" if expression is None else str(expression)
    return frozenset(column.name for column in columns if column.name in said)


def decides_early(columns: Sequence[SqlColumn], expression: object) -> bool:
    """Whether an expression may be asked of stored rows alone."""
    if expression is None:
        return False
    stored = {column.name for column in columns if column.stage == "row"}
    named = names_in(columns, expression)
    if named <= stored:
        return True
    return bool(named & stored) and all(
        (name in _ASKS_FOR_ABSENCE and argument in stored) or name in _UNKNOWN_STAYS_UNKNOWN
        for name, argument in _CALL.findall(str(expression))
    )


def possible(
    columns: Sequence[SqlColumn],
    expression: ArrowExpression,
    page: Sequence[Any],
    places: Sequence[int],
) -> list[Any]:
    """The rows that may meet an expression for which `decides_early` is true.

    Args:
        columns: Of the table.
        expression: What rows must meet.
        page: Stored rows.
        places: Where each column of the stage `row` stands in them, in order.

    Raises:
        ValueError: a stored row holds what is not of its column's type.
    """
    named = names_in(columns, expression)
    at = dict(zip([each.name for each in columns if each.stage == "row"], places, strict=True))
    used = [column for column in columns if column.name in named]
    arrays = [
        arrow_column(each, [row[at[each.name]] for row in page])
        if each.name in at
        else arrow_column(each, [None] * len(page))
        for each in used
    ]
    batch = pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(used))
    kept = ds.Scanner.from_batches([batch], columns={"kept": expression}).to_table()
    return [
        row
        for row, keep in zip(page, kept.column("kept").to_pylist(), strict=True)
        if keep is not False
    ]
