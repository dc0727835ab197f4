"""What could not be read is listed, shown, read again or given up, and the sources say so."""

import json
import os
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace

from cli.quarantine_files import QuarantineFile
from ledger.events import event_from_mapping
from ledger.home import Home
from ledger.own_records import SOURCES
from tests.command_line import Answer, zegel_here

LINES: Final = (
    "Jun  4 03:12:07 web sshd[811]: Failed password for root from 203.0.113.45 port 40022 ssh2\n"
    "this line names anna@example.nl\n"
    "Jun  4 08:58:40 web sshd[930]: Accepted publickey for deploy from 198.51.100.4 port 1 ssh2\n"
)


class Quarantined:
    """A home into which a log with one line that cannot be read was imported."""

    def __init__(self, folder: Path) -> None:
        self.home, self.log = folder / "home", folder / "auth.log"
        assert self.zegel("init", "--origin", "log.example/test").returncode == 0
        self.log.write_text(LINES)
        assert self.imported("openssh")["unreadable"] == 1

    def zegel(self, *arguments: str | Path) -> Answer:
        """What a command answered."""
        return zegel_here("--home", self.home, *arguments)

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        """The rows that a command answered, which succeeded."""
        answer = self.zegel(*arguments)
        assert answer.returncode == 0, answer.stderr
        return [json.loads(line) for line in answer.stdout.splitlines()]

    def imported(self, language: str) -> dict[str, Any]:
        """What became of the log, read in a language."""
        answer = self.zegel(
            *("import", self.log, "--from", language, "--system", "web", "--year", "2026")
        )
        found: dict[str, Any] = json.loads(answer.stdout)
        return found

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind."""
        return [row["event"] for row in self.rows("log", "--kind", kind, "--ndjson")]


@pytest.fixture
def kept(tmp_path: Path) -> Quarantined:
    return Quarantined(tmp_path)


def test_what_is_kept_is_listed_without_what_it_says(kept: Quarantined) -> None:
    """The operator would not know that something is kept, or everybody would read it."""
    (row,) = kept.rows("quarantine", "list")
    assert (row["system"], row["format"], row["lines"]) == ("web", "openssh", 1)
    assert row["parser"] == "zegel-openssh/1"
    assert row["reason"].startswith("expected a syslog line")
    (line,) = kept.rows("quarantine", "show", row["name"][:4])
    assert (line["place"], line["offset"]) == ("line 2", 90)
    assert "line" not in line
    assert "anna" not in kept.zegel("quarantine", "show", row["name"]).stdout


def test_who_sees_the_lines_says_why_and_is_recorded(kept: Quarantined) -> None:
    """Somebody could read what names people and nobody would know."""
    (row,) = kept.rows("quarantine", "list")
    unsaid = kept.zegel("quarantine", "show", row["name"], "--identities")
    assert unsaid.returncode == 2
    assert kept.told("log.read") == []
    why = ("--identities", "--purpose", "operations")
    (line,) = kept.rows("quarantine", "show", row["name"], *why)
    assert line["line"] == "this line names anna@example.nl"
    (told,) = kept.told("log.read")
    assert (told["lines"], told["records"]) == (1, 0)
    assert "unreadable lines: 1" in kept.zegel("log", "--kind", "log.read", "--csv").stdout


def test_lines_of_the_wrong_language_are_read_again(kept: Quarantined) -> None:
    """A log that was imported as the wrong format could not be mended."""
    assert kept.imported("fail2ban")["unreadable"] > 0
    (row,) = [each for each in kept.rows("quarantine", "list") if each["format"] == "fail2ban"]
    answer = kept.rows("quarantine", "replay", row["name"], "--from", "openssh")
    assert [(each["recorded"], each["already_recorded"]) for each in answer] == [(0, 2)]
    (told,) = kept.told("log.quarantine_replayed")
    assert (told["source"], told["source_format"]) == ("web", "openssh")
    assert told["lines_left"] == answer[0]["left"] == 1


def test_a_setting_without_which_nothing_can_be_read_is_asked_for(kept: Quarantined) -> None:
    """A replay would say that all is well while it could not even begin."""
    (path,) = (kept.home / "quarantine").iterdir()
    line = b"Jun  4 03:12:07 web sshd[811]: Failed password for root from 203.0.113.9 port 1 ssh2"
    QuarantineFile(path).rewrite(
        lambda each: replace(each, raw_base64=line, year=None, near_at=None)
    )
    answer = kept.zegel("quarantine", "replay")
    assert answer.returncode == 2
    assert "expected a year for times without one (--year 2026), found none" in answer.stderr
    assert json.loads(answer.stdout)["left"] == 1
    (done,) = kept.rows("quarantine", "replay", "--year", "2026")
    assert (done["recorded"], done["left"]) == (1, 0)
    assert kept.rows("quarantine", "list") == []


def test_giving_up_needs_a_reason_and_is_a_fact(kept: Quarantined) -> None:
    """Somebody could make lines vanish and nobody would know."""
    (row,) = kept.rows("quarantine", "list")
    assert kept.zegel("quarantine", "drop", row["name"], "--yes").returncode == 2
    drop = ("quarantine", "drop", row["name"], "--reason", "a test")
    assert kept.zegel(*drop).returncode == 2
    wrong = kept.zegel(*drop, "--place", "line 9", "--yes")
    assert wrong.returncode == 2
    assert "expected the place of a line of quarantine" in wrong.stderr
    (dropped,) = kept.rows(*drop, "--yes")
    (told,) = kept.told("log.quarantine_dropped")
    assert (dropped["lines"], told["lines"]) == (1, 1)
    assert kept.rows("quarantine", "list") == []
    assert kept.rows("quarantine", "replay") == []


def test_a_name_must_mean_one_source(kept: Quarantined) -> None:
    """A slip of the finger would drop the lines of another source."""
    kept.imported("fail2ban")
    for name in ("", "zz"):
        wrong = kept.zegel("quarantine", "drop", name, "--reason", "a test", "--yes")
        assert wrong.returncode == 2
        assert "expected the name of one file" in wrong.stderr
    assert len(kept.rows("quarantine", "list")) == 2


def test_sources_show_what_came_and_what_did_not(kept: Quarantined) -> None:
    """Nobody would see that a source loses lines."""
    (row,) = kept.rows("sources")
    assert (row["system"], row["format"], row["records"]) == ("web", "openssh", 2)
    assert (row["unreadable"], row["in_quarantine"]) == (1, 1)
    assert (row["collector"], row["parser"]) == ("zegel-import/1", "zegel-openssh/1")
    assert (row["silent"], row["state"]) == (False, "not watched")
    assert kept.rows("sources", "--silent") == []
    assert kept.rows("sources", "--gaps") == []
    drawn = kept.zegel("sources", "--table").stdout
    assert "web" in drawn
    assert "zegel-openssh/1" in drawn


def test_lines_that_are_of_no_system_have_a_word(kept: Quarantined) -> None:
    """A row of a source would have no name, and nobody would know what it is about."""
    answer = kept.zegel("import", kept.log, "--from", "openssh", "--year", "2026")
    assert json.loads(answer.stdout)["unreadable"] == 1
    assert {row["system"] for row in kept.rows("sources")} == {"web", None}
    drawn = kept.zegel("sources", "--table").stdout
    assert "(no system)" in drawn
    window = ("--since", "2026-06-01", "--until", "2026-07-01")
    assert [row["system"] for row in kept.rows("ask", "sources", *window, "--ndjson")] == ["web"]


def test_gaps_are_listed_one_by_one(kept: Quarantined) -> None:
    """Whoever has to find out what was lost would know only that something was."""
    event = event_from_mapping(
        {
            "kind": "log.source_gap_detected",
            "occurred_at": "2026-06-04T09:00:00Z",
            "source": "web",
            "source_format": "openssh",
            "series_id": "0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e",
            "first_missing": 8,
            "missing": 2,
        }
    )
    ledger = Home(kept.home).open_ledger()
    try:
        ledger.record(event)
        assert kept.rows("sources", "--gaps") == []  # no collector of this log said so
        receipt = ledger.record_own(replace(event, system=SOURCES))
    finally:
        ledger.close()
    (gap,) = kept.rows("sources", "--gaps", "--system", "web")
    assert (gap["first_missing"], gap["missing"], gap["index"]) == (8, 2, receipt.index)
    assert kept.rows("sources", "--gaps", "--system", "crm") == []
    (row,) = kept.rows("sources")
    assert (row["gaps"], row["missing"], row["state"]) == (1, 2, "has gaps")


@pytest.mark.parametrize("foreign", ["text", "link", "folder", "pipe"])
def test_what_is_none_of_ours_keeps_nothing_else_back(kept: Quarantined, foreign: str) -> None:
    """One file that somebody put there would hide all that is kept, or be read from elsewhere."""
    path = kept.home / "quarantine" / "0000.ndjson"
    secret = kept.home.parent / "secret"
    secret.write_bytes(next((kept.home / "quarantine").glob("*.ndjson")).read_bytes())
    if foreign == "text":
        path.write_text("a note\n")
    elif foreign == "link":
        path.symlink_to(secret)
    elif foreign == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    for command in (("quarantine", "list"), ("sources",), ("quarantine", "replay")):
        answer = kept.zegel(*command)
        rows = [json.loads(line) for line in answer.stdout.splitlines()]
        assert (answer.returncode, len(rows)) == (2, 1), command
        assert f"{path}" in answer.stderr
        assert "expected a" in answer.stderr
        assert "left out" in answer.stderr
    assert kept.zegel("quarantine", "drop", "0000", "--reason", "x", "--yes").returncode == 2
    assert secret.exists()


def test_no_answer_is_said(tmp_path: Path) -> None:
    """Nothing at all would look like a command that did not run."""
    home = tmp_path / "home"
    assert zegel_here("--home", home, "init", "--origin", "log.example/test").returncode == 0
    said = {
        ("quarantine", "list"): "nothing is kept in quarantine",
        ("quarantine", "replay"): "nothing is kept in quarantine",
        ("sources",): "no source is known",
        ("sources", "--gaps"): "no gap is known",
        ("sources", "--silent"): "no source is silent for longer than it may",
        ("log", "--kind", "breach"): "no record fits",
    }
    for command, expected in said.items():
        for form in ("--table", "--json", "--ndjson"):
            answer = zegel_here("--home", home, *command, form)
            assert (answer.returncode, answer.stdout) == (0, ""), command
            assert expected in answer.stderr


def test_a_file_that_was_loosened_is_closed_again(tmp_path: Path) -> None:
    """The log and the names of systems would lie open to everybody once the home does."""
    home = tmp_path / "home"
    assert zegel_here("--home", home, "init", "--origin", "log.example/test").returncode == 0
    log = tmp_path / "auth.log"
    log.write_text(LINES)
    options = ("--from", "openssh", "--system", "web", "--year", "2026")
    assert zegel_here("--home", home, "import", log, *options).returncode == 0
    files = [path for path in home.rglob("*") if path.is_file()]
    open_ones = {path.name for path in files if path.stat().st_mode & 0o077}
    assert open_ones <= {"verifier-keys", "state.lock"}
    for name in ("zegel.db", "known-systems.txt"):
        (home / name).chmod(0o644)
    assert zegel_here("--home", home, "import", log, *options).returncode == 0
    for name in ("zegel.db", "known-systems.txt"):
        assert (home / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("stated", [("--zone", "UTC"), ("--year", "2025")])
def test_what_was_read_in_another_way_since_is_not_told_again(
    kept: Quarantined, stated: tuple[str, str]
) -> None:
    """Lines that were imported rightly after they were kept would be recorded twice."""
    assert kept.imported("fail2ban")["unreadable"] > 0
    options = ("--from", "openssh", "--system", "web", "--again", "--year", "2024", *stated)
    assert json.loads(kept.zegel("import", kept.log, *options).stdout)["recorded"] == 2
    (row,) = [each for each in kept.rows("quarantine", "list") if each["format"] == "fail2ban"]
    before = len(kept.rows("log", "--system", "web"))
    restated = ("--year", "2023", "--zone", "Asia/Tokyo")
    (done,) = kept.rows("quarantine", "replay", row["name"], "--from", "openssh", *restated)
    assert (done["recorded"], done["already_recorded"], done["left"]) == (0, 2, 1)
    assert len(kept.rows("log", "--system", "web")) == before
