"""What goes out is data, whole, and harmless where it is read."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cli.output import (
    Column,
    choose_form,
    write_csv,
    write_rows,
)
from ledger.errors import BadRequest

COLUMNS = (Column("index", "index", "index"), Column("text", "what"))


def test_csv_is_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    """A comma, a quote or a line break in a value would shift the columns."""
    rows = [{"index": 0, "text": 'a "b", c'}, {"index": 1, "text": "two\nlines"}]
    write_csv(rows, COLUMNS)
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert found == [{"index": str(row["index"]), "text": row["text"]} for row in rows]


def test_json_has_one_row_a_line_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe of rows could not be cut by lines, or two readers would see two times."""
    instant = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    write_rows([{"at": instant, "hash": b"\x01\xff"}, {"text": "a\x1b\nb"}], (), "ndjson", UTC)
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"at": "2026-01-01T00:00:00Z", "hash": "01ff"},
        {"text": "a\x1b\nb"},
    ]
    assert "\x1b" not in "".join(lines)


def test_the_form_is_the_option_then_the_variable_then_the_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A script would get a table where it asked for JSON."""
    monkeypatch.setenv("ZEGEL_OUTPUT", "csv")
    assert choose_form("json") == "json"
    assert choose_form(None) == "csv"
    monkeypatch.delenv("ZEGEL_OUTPUT")
    assert choose_form(None) == "ndjson"
    monkeypatch.setenv("ZEGEL_OUTPUT", "xml")
    with pytest.raises(BadRequest, match="found 'xml'"):
        choose_form(None)
