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
