"""How the bans of a database of fail2ban are read."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli.fail2ban_rows import open_rows
from ledger.errors import BadRequest
from tests.fail2ban_databases import Ban, write_bans


def rows(path: Path) -> list[dict[str, Any]]:
    with open_rows(path) as stream:
        return [json.loads(line) for line in stream]


def test_each_ban_is_one_row_in_order_of_time(tmp_path: Path) -> None:
    """A ban would be told twice, because two tables hold it, or the purged ones be missed."""
    bans = [Ban(300), Ban(100), Ban(50, ip="2001:db8::5", is_latest_only=True)]
    found = rows(write_bans(tmp_path / "f.sqlite3", bans))
    assert [(row["timeofban"], row["ip"]) for row in found] == [
        (50, "2001:db8::5"),
        (100, "203.0.113.77"),
        (300, "203.0.113.77"),
    ]
    assert found[0] == {
        "jail": "sshd",
        "ip": "2001:db8::5",
        "timeofban": 50,
        "bantime": 600,
        "bancount": 1,
        "failures": 3,
    }


def test_a_database_without_bans_is_an_empty_stream(tmp_path: Path) -> None:
    """A quiet machine would be an error."""
    assert rows(write_bans(tmp_path / "f.sqlite3", [])) == []


def test_a_long_list_comes_through_whole(tmp_path: Path) -> None:
    """Bans beyond the size of a buffer would be lost or cut."""
    bans = [Ban(number) for number in range(2000)]
    assert len(rows(write_bans(tmp_path / "f.sqlite3", bans))) == 2000


def test_nothing_can_be_written_and_writing_goes_on(tmp_path: Path) -> None:
    """Reading a database would change it, or hold up fail2ban."""
    path = write_bans(tmp_path / "f.sqlite3", [Ban(number) for number in range(500)])
    before = path.read_bytes()
    with open_rows(path) as stream:
        assert stream.readline()
        assert path.read_bytes() == before
    with closing(sqlite3.connect(path, timeout=1)) as database, database:
        database.execute("DELETE FROM bans")


def test_another_file_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    """Somebody would be told of a fault of the program."""
    other = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(other)) as database, database:
        database.execute("CREATE TABLE x (y)")
    text = tmp_path / "text"
    text.write_text("SQLite format 4")
    for path in (other, text, tmp_path / "none"):
        with pytest.raises(BadRequest, match="expected a database of fail2ban"):
            open_rows(path)
    assert not (tmp_path / "none").exists()
