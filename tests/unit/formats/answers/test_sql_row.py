"""Every value that the engine gives can be written in every form."""

import math
from datetime import date, time
from decimal import Decimal

import pytest

from formats.answers.sql_row import sql_cell, sql_row
from formats.json_form import encode_json


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (2**127 - 1, str(2**127 - 1)),
        (2**63 - 1, 2**63 - 1),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (1.5, 1.5),
        (Decimal("1.50"), "1.50"),
        (date(2026, 1, 2), "2026-01-02"),
        (time(3, 4), "03:04:00"),
        ({1: Decimal(2)}, {"1": "2"}),
        ([True, None, 2**70], [True, None, str(2**70)]),
    ],
)
def test_a_value_is_told_exactly(cell: object, expected: object) -> None:
    """A number would be rounded, or a program end over a value that JSON has no word for."""
    assert sql_cell(cell) == expected
    encode_json(sql_cell(cell))


def test_json_is_nested_for_programs_only() -> None:
    """A program would have to read JSON inside a text, or a table be torn apart by it."""
    columns = [("f", "JSON"), ("t", "VARCHAR")]
    row = ('{"a":1}', '{"a":1}')
    assert sql_row(columns, row, people=False) == {"f": {"a": 1}, "t": '{"a":1}'}
    assert sql_row(columns, row, people=True) == {"f": '{"a":1}', "t": '{"a":1}'}
