"""The pages on archives can be followed as they are written, and give what they show."""

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Final

import duckdb
import pytest

from ledger.archive import layout
from ledger.home import Home
from ledger.store.archived import ArchivedTable
from tests.command_line import zegel_here
from tests.grants import grant
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import follow
from tests.pruned_home import used

PAGE: Final = PROJECT / "docs" / "how-to" / "archive.md"
LAYOUT: Final = PROJECT / "docs" / "reference" / "archive.md"


def filled(home: Path, uses: int) -> Path:
    """A home with one grant to somebody and that many uses, sealed."""
    made = zegel_here("--home", home, "init", "--no-roles", "--origin", "log.example/test")
    assert made.returncode == 0, made.stderr
    with closing(Home(home).open_ledger()) as ledger:
        ledger.record(grant(grantee="person:j.doe@example.nl"))
        for first in range(0, uses, 10_000):
            ledger.record_many([used(system="portal") for _ in range(min(10_000, uses - first))])
    assert zegel_here("--home", home, "seal").returncode == 0
    return home


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with four small segments and a few records more."""
    monkeypatch.setattr(layout, "SEGMENT_RECORDS", 64)
    return filled(tmp_path / "home", 299)


def test_every_command_of_the_page_gives_what_it_shows(tmp_path: Path) -> None:
    """Somebody who archives by the page would be surprised in the middle of it."""
    home = filled(tmp_path / "home", 70_000)
    assert follow(PAGE, tmp_path, ZEGEL_HOME=str(home)) == 16


def test_the_questions_of_the_layout_find_a_changed_record(small: Path, tmp_path: Path) -> None:
    """An auditor without our code would be told to look where nothing can be seen."""
    place = tmp_path / "archive"
    assert zegel_here("--home", small, "archive", "--to", place).returncode == 0
    (block,) = re.findall(r"```sql\n(.*?)```", LAYOUT.read_text("utf-8"), re.DOTALL)
    files = str(place / "segments" / "*.parquet")
    hashes, links = (
        one.replace("segments/*.parquet", files) for one in block.split(";") if one.strip()
    )
    with duckdb.connect() as database:
        assert database.sql(hashes).fetchall() == []
        assert database.sql(links).fetchall() == []
        database.sql(f"CREATE TABLE changed AS SELECT * FROM '{files}' ORDER BY idx")
        database.sql("UPDATE changed SET sealed = sealed || ' '::BLOB WHERE idx = 70")
        database.sql("UPDATE changed SET leaf_hash = unhex(repeat('00', 32)) WHERE idx = 90")
        changed = [one.replace(f"'{files}'", "changed") for one in (hashes, links)]
        assert sorted(database.sql(changed[0]).fetchall()) == [(70,), (90,)]
        assert database.sql(changed[1]).fetchall() == [(91,)]


def test_where_the_archive_is_must_be_said_once(small: Path, tmp_path: Path) -> None:
    """A run would write into a folder that nobody meant."""
    unsaid = zegel_here("--home", small, "archive")
    assert (unsaid.returncode, "--to: expected URL" in unsaid.stderr) == (2, True)
    listed = zegel_here("--home", small, "archive", "list")
    assert (listed.returncode, "expected one of this log" in listed.stderr) == (2, True)
    place = tmp_path / "archive"
    assert zegel_here("--home", small, "archive", "--to", place).returncode == 0
    again = zegel_here("--home", small, "archive", "--json")
    assert '"new": 0' in again.stdout
    elsewhere = zegel_here("--home", small, "archive", "--to", tmp_path / "other")
    assert elsewhere.returncode == 2
    assert "where the archive of this log is" in elsewhere.stderr
    assert not (tmp_path / "other").exists()


def test_a_password_of_old_is_never_shown_and_can_be_taken_out(small: Path, tmp_path: Path) -> None:
    """Everybody who asks where the archive is would read it, and nobody know how to go on."""
    at = ("--home", small, "archive")
    assert zegel_here(*at, "--to", tmp_path / "kept").returncode == 0
    with closing(Home(small).open_ledger()) as ledger:
        table = ArchivedTable(ledger.log.engine, ledger.log.log_id)
        table.remember("ftp://somebody:geheim@127.0.0.1/x")
    shown = zegel_here(*at, "place")
    listed = zegel_here(*at, "list")
    elsewhere = zegel_here(*at, "--to", tmp_path / "kept")
    answers = [each.stdout + each.stderr for each in (shown, listed, elsewhere)]
    assert [answer for answer in answers if "geheim" in answer or "127.0.0.1" not in answer] == []
    assert "`zegel archive place` takes the address without it" in listed.stderr
    assert zegel_here(*at, "place", tmp_path / "kept").returncode == 0
    assert zegel_here(*at, "list").returncode == 0


def test_opened_fields_are_recorded_and_verify(small: Path, tmp_path: Path) -> None:
    """Personal values would go into an archive and nobody would know."""
    place = tmp_path / "archive"
    without = zegel_here("--home", small, "archive", "--to", place, "--field", "grantee")
    assert (without.returncode, "--purpose" in without.stderr) == (2, True)
    written = zegel_here(
        *("--home", small, "archive", "--to", place),
        *("--field", "grantee", "--purpose", "audit: 2026"),
    )
    assert written.returncode == 0, written.stderr
    opened = sorted(path.name for path in (place / "segments").glob("*.disclosures.json"))
    assert opened == ["000000000000.disclosures.json"]
    kinds = zegel_here("--home", small, "log", "--ndjson").stdout
    assert "log.read" in kinds
    assert "log.export_issued" in kinds
    key = zegel_here("--home", small, "key", "show").stdout.strip()
    sound = zegel_here("archive", "verify", place, "--key", key, "--json")
    assert (sound.returncode, '"disclosures_checked": 1' in sound.stdout) == (0, True)
    path = place / "segments" / opened[0]
    path.write_text(path.read_text("utf-8").replace('"records"', '"Records"'), "utf-8")
    broken = zegel_here("archive", "verify", place, "--key", key)
    assert (broken.returncode, opened[0] in broken.stdout) == (3, True)


def test_what_was_pruned_is_not_said_to_be_in_the_database(small: Path, tmp_path: Path) -> None:
    """Somebody would throw the archive away that alone has the records."""
    assert zegel_here("--home", small, "archive", "--to", tmp_path / "archive").returncode == 0
    pruned = zegel_here(
        *("--home", small, "prune", "--before", "@256", "--with-disclosures", "--yes"),
        *("--to", tmp_path / "export.zip"),
    )
    assert pruned.returncode == 0, pruned.stderr
    assert zegel_here("--home", small, "archive").returncode == 0
    listed = zegel_here("--home", small, "archive", "list", "--ndjson").stdout.splitlines()
    rows = [json.loads(line) for line in listed]
    assert [row["last_index"] for row in rows] == [63, 127, 191, 255]
    assert {row["in_database"] for row in rows} == {"no"}


def test_without_the_signing_key_it_waits_for_the_signature(small: Path, tmp_path: Path) -> None:
    """Where another machine signs, bytes would go unsigned, or never."""
    assert zegel_here("--home", small, "archive", "--to", tmp_path / "archive").returncode == 0
    keys, away = small / "keys" / "signing", tmp_path / "elsewhere"
    keys.rename(away)
    waits = zegel_here("--home", small, "archive", "move", "--yes")
    assert (waits.returncode, "nothing moved yet: `zegel seal`" in waits.stderr) == (4, True)
    away.rename(keys)
    assert zegel_here("--home", small, "seal").returncode == 0
    done = zegel_here("--home", small, "archive", "move", "--json")
    assert (done.returncode, '"records_moved": 256' in done.stdout) == (0, True)
    nothing = zegel_here("--home", small, "archive", "move", "--yes")
    assert (nothing.returncode, "nothing to move" in nothing.stderr) == (0, True)
    assert zegel_here("--home", small, "verify").returncode == 0


def test_a_segment_that_is_not_full_is_written_on_request(small: Path, tmp_path: Path) -> None:
    """The newest records could never be archived, or always in pieces."""
    written = zegel_here("--home", small, "archive", "--to", tmp_path / "archive", "--all")
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "archive" / "segments" / "000000000256.p" / "44.parquet").exists()
    moved = zegel_here("--home", small, "archive", "move", "--yes", "--json")
    assert '"archived_index": 256' in moved.stdout
