"""The pages on exports, sheets and lakes can be followed as they are written."""

import gzip
import json
import re
from pathlib import Path
from typing import Final

import duckdb
import openpyxl
import pytest

from formats.export.columns import COLUMNS
from formats.export.parquet import EXPORT as PARQUET
from tests.command_line import zegel_here
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import run_through

PAGES: Final = PROJECT / "docs" / "how-to"
EXPORT: Final = (PAGES / "export.md").read_text("utf-8")
SHEETS: Final = (PAGES / "connect" / "sheets.md").read_text("utf-8")
LAKE: Final = (PAGES / "connect" / "data-lake.md").read_text("utf-8")


def _commands(page: str) -> list[str]:
    return re.findall(r"^\$ (.*)$", page, re.MULTILINE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with enough records for what the pages name."""
    folder = tmp_path_factory.mktemp("exports") / "home"
    made = zegel_here("--home", folder, "init", "--no-roles", "--origin", "log.example/test")
    assert made.returncode == 0, made.stderr
    lines = [
        {
            "kind": "access.granted",
            "occurred_at": f"2026-03-0{number % 4 + 1}T09:00:00+01:00",
            "grant_id": f"G-{number}",
            "grantee": f"person:user{number}@example.nl",
            "resource": "customer-file",
        }
        for number in range(9)
    ]
    text = "\n".join(map(json.dumps, lines))
    options = ("--home", folder, "import", "-", "--from", "ndjson", "--system", "portal")
    assert zegel_here(*options, stdin=text).returncode == 0
    return folder


def test_the_page_on_exports_works(home: Path, tmp_path: Path) -> None:
    """Somebody in an incident would be stuck half-way."""
    commands = _commands(EXPORT)
    assert len(commands) == 10
    run_through(commands, tmp_path, ZEGEL_HOME=str(home))
    closing = json.loads((tmp_path / "march.ndjson").read_text().splitlines()[-1])["export"]
    sealed = json.loads((tmp_path / "sealed.ndjson").read_text().splitlines()[-1])["export"]
    assert sealed["checkpoint"].startswith("log.example/test\n")
    (shown,) = re.findall(r"```json\n(.*?)```", EXPORT, re.DOTALL)
    assert set(json.loads(shown)["export"]) == set(closing) - {"checkpoint", "settings"}


def test_what_is_new_is_shipped_once(home: Path, tmp_path: Path) -> None:
    """A SIEM would get a record twice, or never."""
    (script,) = re.findall(r"```sh\n(.*?)```", EXPORT, re.DOTALL)
    run_through([script, script, script], tmp_path, ZEGEL_HOME=str(home))
    files = sorted(tmp_path.glob("siem-*"), key=lambda path: path.stat().st_mtime_ns)
    assert len(files) == 3
    places = []
    for path in files:
        *events, _export = gzip.decompress(path.read_bytes()).splitlines()
        places += [json.loads(event)["metadata"]["sequence"] for event in events]
    assert places == list(range(len(places)))
    assert int((tmp_path / "shipped").read_text()) == places[-1]


def test_the_page_on_sheets_works(home: Path, tmp_path: Path) -> None:
    """A reader of a sheet would look for a column that is not there."""
    commands = _commands(SHEETS)
    assert len(commands) == 2
    run_through(commands, tmp_path, ZEGEL_HOME=str(home))
    book = openpyxl.load_workbook(tmp_path / "access.xlsx")
    assert book.sheetnames == ["records", "about"]
    assert {column.name for column in COLUMNS if f"`{column.name}`" not in SHEETS} == set()


def test_the_page_on_lakes_works(home: Path, tmp_path: Path) -> None:
    """Whoever builds a lake by the page would find another layout."""
    commands = _commands(LAKE)
    assert len(commands) == 5
    run_through(commands, tmp_path, ZEGEL_HOME=str(home))
    by_day, granted, metadata = re.findall(r"```sql\n(.*?)```", LAKE, re.DOTALL)
    with duckdb.connect() as connection:
        rows = connection.execute(by_day.replace("lake/", f"{tmp_path}/lake/")).fetchall()
        assert sum(records for _day, kind, records in rows if kind == "access.granted.v1") == 9
        assert {day for day, _kind, _records in rows} >= {20260301, 20260304}
        rows = connection.execute(granted.replace("security-", f"{tmp_path}/security-")).fetchall()
        assert len(rows) == 9
        assert {(day, who[:7]) for day, _activity, who in rows} >= {(20260301, "person#")}
        asked = metadata.replace("access.parquet", f"{tmp_path}/access.parquet")
        ((about,),) = connection.execute(asked).fetchall()
    assert json.loads(about)["ending"].startswith("complete: ")
    for name, setting in PARQUET.settings.items():
        assert f"| `{name}` | `{setting.default}` |" in LAKE
