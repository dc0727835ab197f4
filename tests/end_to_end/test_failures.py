"""What goes wrong ends with one clear line and the code that was agreed; nothing is lost."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger.store.engine import open_engine
from tests.command_line import Answer, zegel_here

FACT = ("record", "ip.recorded", "--ip", "ip:203.0.113.7")


def assert_refused(answer: Answer, code: int, *words: str) -> None:
    said = answer.stderr
    assert answer.returncode == code, said
    assert answer.stdout == ""
    assert said.startswith("zegel: ")
    assert said.count("\n") == 1, said
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lgo"], ["Did you mean 'log'"]),
        (["log", "--sinc", "x"], ["--sinc"]),
        (["log", "--since", "blah"], ["--since", "expected a time", "'blah'"]),
        (["log", "--kind", "access.grantd"], ["--kind", "access.granted", "access.grantd"]),
        (["log", "--without", "foo"], ["--without: expected a kind", "such as access", "'foo'"]),
        (["log", "--ip", "10.0.0.300"], ["ip: expected an IPv4 or IPv6", "'10.0.0.300'"]),
        (["log", "--subject", "4711"], ["subject: expected person:NAME", "'4711'"]),
        (["log", "--as-known", "@9999"], ["--as-known @9999: expected a record below"]),
        (["log", "--around", "1", "--within", "1x"], ["--within: expected a span", "'1x'"]),
        (["completion"], ["Missing argument '{bash|zsh|fish}'. Choose from: bash, zsh, fish"]),
        (["log", "--grep", "("], ["regular expression"]),
        (["show", "99"], ["99"]),
        (["show", "x"], ["index or an event id", "'x'"]),
        (["state", "acces"], ["access", "'acces'"]),
        (["record", "access.granted"], ["access.granted", "grant_id"]),
        (["record", "ip.recorded", "--ip", "nonsense"], ["ip.recorded", "field ip", "nonsense"]),
        (
            ["record", "ip.recorded", "--ip", "ip:x", "--subject-count", "many"],
            ["number", "'many'"],
        ),
        (["record"], ["expected a kind"]),
        (["import", "nowhere.log"], ["nowhere.log", "No such file"]),
        (["log", "-n", "0"], ["-n"]),
        (["completion", "tcsh"], ["tcsh"]),
        (["state", "access", "as_of=yesterday"], ["--as-of yesterday", "as_of=yesterday"]),
    ],
)
def test_wrong_usage_ends_with_2(filled: Path, arguments: list[str], words: list[str]) -> None:
    """A script could not tell its own mistake from a broken log."""
    assert_refused(zegel_here("--home", filled, *arguments), 2, *words)


def test_a_file_that_is_something_else_ends_with_2(home: Path, tmp_path: Path) -> None:
    """A job would report success though nothing of its file was understood."""
    odd = tmp_path / "odd.bin"
    odd.write_bytes(b"\x00\x01\x02" * 100)
    assert_refused(zegel_here("--home", home, "import", odd), 2, "odd.bin", "--from")
    answer = zegel_here("--home", home, "import", odd, "--from", "ndjson")
    assert answer.returncode == 2
    assert json.loads(answer.stdout)["unreadable"] > 0


def test_a_missing_setting_names_the_file_that_needs_it(home: Path, tmp_path: Path) -> None:
    """Of several files nobody would know which one has times without a year."""
    log = tmp_path / "auth.log"
    log.write_text(
        "Jun  4 03:12:07 web sshd[811]: Failed password for root from 203.0.113.9 port 1 ssh2\n"
    )
    answer = zegel_here("--home", home, "import", log)
    assert answer.returncode == 2
    assert "auth.log, line 1: expected a year for times without one" in answer.stderr


def test_a_missing_home_ends_with_4(tmp_path: Path) -> None:
    """A wrong --home would look like an empty log."""
    assert_refused(zegel_here("--home", tmp_path / "none", "log"), 4, "zegel init")


def test_a_home_that_is_there_but_cannot_be_read_is_not_to_be_made(tmp_path: Path) -> None:
    """Somebody who lacks a right would be told to begin anew."""
    (tmp_path / "zegel.toml").mkdir()
    answer = zegel_here("--home", tmp_path, "log")
    assert_refused(answer, 4, "zegel.toml: Is a directory")
    assert "zegel init" not in answer.stderr


def test_a_home_is_never_made_twice(home: Path) -> None:
    """A second init would replace the keys, and with them everything personal."""
    before = (home / "keys" / "vault.key.json").read_bytes()
    assert_refused(zegel_here("--home", home, "init"), 4, "nothing was changed")
    assert (home / "keys" / "vault.key.json").read_bytes() == before


def test_a_missing_database_ends_with_4(home: Path) -> None:
    """A lost disk would look like an empty log."""
    (home / "zegel.db").unlink()
    assert_refused(zegel_here("--home", home, "log"), 4, "zegel.db")


def test_a_wrong_key_file_ends_with_4(home: Path, tmp_path: Path) -> None:
    """Values would be encrypted under keys that do not belong to the log."""
    other = tmp_path / "other"
    zegel_here("--home", other, "init", "--origin", "log.example/test")
    shutil.copy(other / "keys" / "vault.key.json", home / "keys" / "vault.key.json")
    assert_refused(zegel_here("--home", home, *FACT), 4, "key file")


def test_a_locked_database_ends_with_4(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer would wait for ever, or lose its fact in silence."""
    assert open_engine.__kwdefaults__ is not None
    monkeypatch.setitem(open_engine.__kwdefaults__, "lock_seconds", 0.1)
    with closing(sqlite3.connect(home / "zegel.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert_refused(zegel_here("--home", home, *FACT), 4, "locked")
        other.execute("ROLLBACK")
    assert zegel_here("--home", home, "log").stdout == ""


def test_a_newer_database_ends_with_4(home: Path) -> None:
    """An old program would misread what a new one wrote."""
    with closing(sqlite3.connect(home / "zegel.db", isolation_level=None)) as other:
        (table,) = other.execute(
            "SELECT name FROM sqlite_master WHERE sql LIKE '%version_num%'"
        ).fetchone()
        other.execute(f"UPDATE {table} SET version_num = '9999'")
    assert_refused(zegel_here("--home", home, "log"), 4, "9999")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_database_ends_with_4(home: Path) -> None:
    """A fact would be acknowledged and not be there."""
    (home / "zegel.db").chmod(0o400)
    home.chmod(0o500)
    try:
        assert_refused(zegel_here("--home", home, *FACT), 4, "zegel.db")
    finally:
        home.chmod(0o700)


def test_an_empty_log_is_not_verified(home: Path) -> None:
    """`Nothing verified` would pass for `valid`."""
    answer = zegel_here("--home", home, "verify")
    assert answer.returncode == 4
    assert json.loads(answer.stdout)["outcome"] == "empty"


def test_tampering_ends_with_3(filled: Path, tmp_path: Path) -> None:
    """A script that checks the log every night would go on sleeping."""
    copy = tmp_path / "copy"
    shutil.copytree(filled, copy)
    assert zegel_here("--home", copy, "verify").returncode == 0
    with closing(sqlite3.connect(copy / "zegel.db", isolation_level=None)) as other:
        other.execute("DROP TRIGGER zegel_record_no_update")
        other.execute("UPDATE zegel_record SET sealed = CAST(sealed || ' ' AS BLOB) WHERE idx = 2")
    answer = zegel_here("--home", copy, "verify")
    assert answer.returncode == 3
    report = json.loads(answer.stdout)
    assert report["outcome"] == "broken"
    assert (report["first_fault"]["index"], report["first_fault"]["verdict"]) == (2, "MODIFIED")
    assert zegel_here("--home", copy, "show", "2").returncode == 3
    assert zegel_here("--home", copy, "show", "0").returncode == 0


def test_a_read_that_meets_damage_goes_on_and_ends_with_3(filled: Path, tmp_path: Path) -> None:
    """One broken record would hide all others, or the reader would not be told."""
    copy = tmp_path / "copy"
    shutil.copytree(filled, copy)
    with closing(sqlite3.connect(copy / "zegel.db", isolation_level=None)) as other:
        other.execute("DROP TRIGGER zegel_record_no_update")
        other.execute("UPDATE zegel_record SET sealed = x'00' WHERE idx = 2")
    answer = zegel_here("--home", copy, "log")
    assert answer.returncode == 3
    assert [json.loads(line)["index"] for line in answer.stdout.splitlines()] == [0, 1, 2, 3, 4]
    assert "index 2" in answer.stderr


def test_an_event_id_with_other_content_ends_with_2(home: Path) -> None:
    """A second version of a fact would replace the first, or pass for it."""
    given = (
        "--event-id",
        "01a200fc-97b3-71f4-8afc-f42d5e6d7059",
        "--occurred-at",
        "2026-01-01T00:00Z",
    )
    first = zegel_here("--home", home, *FACT, *given)
    again = zegel_here("--home", home, *FACT, *given)
    assert json.loads(first.stdout)["index"] == json.loads(again.stdout)["index"] == 0
    assert json.loads(again.stdout)["duplicate"] is True
    assert_refused(
        zegel_here("--home", home, *FACT, *given, "--target", "web"), 2, "event id", "index 0"
    )
    assert len(zegel_here("--home", home, "log").stdout.splitlines()) == 2


@pytest.mark.parametrize(
    "change",
    [
        "zegel_record SET leaf_hash = 'text'",
        "zegel_record SET stream = x'00'",
        "zegel_record SET occurred_at_us = 'text'",
        "zegel_record SET recorded_at_us = -9e18",
        "zegel_record SET kind = x'ff'",
        "zegel_record SET sealed = x''",
        "zegel_disclosure SET ciphertext = x'00'",
        "zegel_disclosure SET fields = 'grantee,,x'",
    ],
)
def test_no_tampering_makes_a_command_fail_of_itself(
    filled: Path, tmp_path: Path, change: str
) -> None:
    """Whoever damages the log in an odd way would have it pass for a fault of the program."""
    copy = tmp_path / "copy"
    shutil.copytree(filled, copy)
    with closing(sqlite3.connect(copy / "zegel.db", isolation_level=None)) as other:
        for (name,) in other.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            other.execute(f"DROP TRIGGER {name}")
        other.execute(f"UPDATE {change} WHERE idx = 2")
    assert zegel_here("--home", copy, "verify").returncode == 3
    assert zegel_here("--home", copy, "show", "2").returncode == 3
    assert zegel_here("--home", copy, "log").returncode in {0, 3}
    assert zegel_here("--home", copy, "state", "access").returncode in {0, 3}


def test_a_missing_record_is_evidence_broken(filled: Path, tmp_path: Path) -> None:
    """A record that was deleted would look like one that never was."""
    copy = tmp_path / "copy"
    shutil.copytree(filled, copy)
    with closing(sqlite3.connect(copy / "zegel.db", isolation_level=None)) as other:
        other.execute("DROP TRIGGER zegel_record_no_delete")
        other.execute("DELETE FROM zegel_record WHERE idx = 2")
    assert_refused(zegel_here("--home", copy, "show", "2"), 3, "MISSING", "record 2")
