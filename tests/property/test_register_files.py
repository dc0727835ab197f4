"""Laws of the files that a register becomes: what is read back is what went in."""

import io
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.formula_guard import FORMULA_STARTS, guarded, unguarded
from formats.register.columns import BOTH, COLUMN_SETS, Authority
from formats.register.csv_file import cell_text, csv_file, read_csv
from formats.register.tables import Table, about_table, activity_table, agreement_table
from formats.register.workbook import workbook
from formats.register_jsonld.document import decode_document, encode_document
from projections.art30.content import Register
from tests.registers import REGISTERS, TEXTS

ZONE = ZoneInfo("Europe/Amsterdam")
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
AUTHORITIES = st.sampled_from(list(COLUMN_SETS))


@given(TEXTS)
def test_a_guarded_text_is_never_run_and_comes_back(text: str) -> None:
    """A name of an activity would run as a formula in somebody's spreadsheet, or be changed."""
    assert not guarded(text).startswith(FORMULA_STARTS)
    assert unguarded(guarded(text)) == text


@given(REGISTERS, AUTHORITIES)
@settings(max_examples=50)
def test_csv_gives_back_what_went_in(register: Register, authority: Authority) -> None:
    """An authority would read another register than the log tells."""
    table = activity_table(register, authority, BOTH, ZONE)
    headings, rows = read_csv(csv_file(table))
    assert headings == table.headings
    assert rows == [tuple(cell_text(cell) for cell in row) for row in table.rows]


@given(REGISTERS, AUTHORITIES)
@settings(max_examples=25)
def test_a_workbook_gives_back_what_went_in(register: Register, authority: Authority) -> None:
    """A sheet would leave out a row, run a formula, or show a date of another day."""
    tables = [
        activity_table(register, authority, frozenset({"controller"}), ZONE),
        activity_table(register, authority, frozenset({"processor"}), ZONE),
        agreement_table(register, "en", ZONE),
        about_table(register.standing, "nl", ZONE),
    ]
    raw = workbook(tables, MADE_AT)
    assert raw == workbook(tables, MADE_AT)
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert book.sheetnames == [table.title for table in tables]
    for table in tables:
        sheet = book[table.title]
        found = [[_value(cell.value) for cell in row] for row in sheet.iter_rows()]
        assert found == _expected(table)
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        assert sheet.freeze_panes == "B2"


def _expected(table: Table) -> list[list[Any]]:
    rows = [[_value(cell) for cell in row] for row in table.rows]
    return [[_value(name) for name in table.headings], *rows]


def _value(cell: object) -> object:
    """A cell as both sides tell it: an empty text is no value, a date has no time."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, str):
        # XML has one line end, so a carriage return is a line feed once it was read.
        return cell.replace("\r\n", "\n").replace("\r", "\n")
    assert isinstance(cell, int | date)
    return cell


@given(REGISTERS)
@settings(max_examples=50)
def test_json_ld_gives_back_what_went_in(register: Register) -> None:
    """A program that reads the export would keep another register than the log tells."""
    assert decode_document(encode_document(register)) == register
