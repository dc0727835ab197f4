"""The register as a file: the format, the part and the columns that were asked for."""

import io
from datetime import UTC
from typing import get_args

import openpyxl
import pytest

from formats.register.csv_file import read_csv
from formats.register.file import (
    SUFFIXES,
    FileFormat,
    ListFormat,
    Telling,
    agreements_file,
    register_file,
)
from tests.registers import WHOLE

TELLING = Telling(language="en", calendar=UTC, zone=UTC)


@pytest.mark.parametrize("kind", get_args(FileFormat))
def test_the_same_register_gives_the_same_bytes(kind: FileFormat) -> None:
    """Two people who hand out the same register could not compare their files."""
    register = WHOLE
    first = register_file(register, kind, TELLING)
    assert first == register_file(register, kind, TELLING)
    assert len(first) > 100


def test_every_format_has_a_name() -> None:
    """A format could not be asked for."""
    assert set(SUFFIXES.values()) == set(get_args(FileFormat))


def test_a_workbook_has_a_sheet_for_each_part_that_is_asked_for() -> None:
    """A controller would hand out the register of a processor."""
    content = register_file(WHOLE, "xlsx", TELLING, parts=frozenset({"controller"}))
    names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert names == ["controller", "agreements", "sub-processors", "about"]


def test_csv_has_the_columns_of_the_authority() -> None:
    """An authority would get columns of another."""
    headings, rows = read_csv(register_file(WHOLE, "csv", TELLING, authority="ico"))
    assert headings[:2] == ("Reference", "Business function")
    assert rows


@pytest.mark.parametrize("kind", get_args(ListFormat))
def test_agreements_come_alone(kind: ListFormat) -> None:
    """A list of processors would tell what they process."""
    register = WHOLE
    content = agreements_file(register, kind, TELLING, which="sub-processors")
    assert content == agreements_file(register, kind, TELLING, which="sub-processors")
    if kind == "xlsx":
        names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
        assert names == ["agreements", "sub-processors", "about"]
    else:
        text = content.decode("utf-8-sig")
        assert register.sub_processors[0].sub_processor in text
        assert register.activities[0].activity not in text
