"""A backup is verified where it lies; one that is put back too late is refused, and says why."""

import errno
import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from ledger.backing_up import back_up
from ledger.errors import BadRequest, StoreUnavailable
from ledger.home import Home
from tests.command_line import Answer, zegel_here

PERSON = "person:anna@example.nl"


def run(home: Path, *arguments: str | Path) -> Answer:
    """What a command answered."""
    return zegel_here("--home", home, *arguments)


def record(home: Path) -> None:
    """One more fact about somebody."""
    answer = run(home, "record", "access.used", "--actor", PERSON, "--resource", "files")
    assert answer.returncode == 0, answer.stderr


def put_back(backup: Path, home: Path) -> None:
    """What somebody does who restores."""
    for path in home.glob("zegel.db*"):
        path.unlink()
    shutil.copy(backup, home / "zegel.db")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A log with one signed fact."""
    place = tmp_path / "home"
    assert run(place, "init", "--origin", "log.example/backup").returncode == 0
    record(place)
    assert run(place, "seal").returncode == 0
    return place


def test_a_backup_is_verified_and_says_what_it_lacks(home: Path, tmp_path: Path) -> None:
    """A backup would be trusted that nobody ever read, or be kept without its keys."""
    target = tmp_path / "copy.db"
    answer = run(home, "backup", "--to", target, "--json")
    facts = json.loads(answer.stdout)
    (log,) = facts["logs"]
    assert (log["log"], log["outcome"], log["size"]) == ("main", "valid", 2)
    assert facts["size_bytes"] == target.stat().st_size
    assert "keys and signer state are not in it" in answer.stderr
    assert answer.returncode == 0
    verified = run(home, "--database", f"sqlite:///{target}", "verify", "--json")
    assert json.loads(verified.stdout)["root"] == log["root"]
    assert b"anna" not in target.read_bytes()


def test_every_log_of_the_home_is_verified(home: Path, tmp_path: Path) -> None:
    """A second log in the same database would be in the backup unread."""
    assert run(home, "logs", "create", "second").returncode == 0
    answer = run(home, "backup", "--to", tmp_path / "copy.db", "--json")
    assert [each["log"] for each in json.loads(answer.stdout)["logs"]] == ["main", "second"]


def test_a_broken_history_is_copied_and_told(home: Path, tmp_path: Path) -> None:
    """Evidence would be thrown away because it is broken, or pass for whole."""
    state = home / "signer" / "state.json"
    before = run(home, "backup", "--to", tmp_path / "early.db")
    assert before.returncode == 0
    record(home)
    assert run(home, "seal").returncode == 0
    put_back(tmp_path / "early.db", home)
    answer = run(home, "backup", "--to", tmp_path / "late.db", "--json")
    assert answer.returncode == 3
    assert json.loads(answer.stdout)["logs"][0]["findings"][0]["verdict"] == "ROLLED_BACK"
    assert (tmp_path / "late.db").exists()
    assert state.exists()


def test_nothing_is_written_over(home: Path, tmp_path: Path) -> None:
    """The backup of yesterday would be lost."""
    target = tmp_path / "copy.db"
    target.write_text("of yesterday", encoding="utf-8")
    answer = run(home, "backup", "--to", target)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert target.read_text(encoding="utf-8") == "of yesterday"


def test_a_log_that_lost_signed_records_is_not_signed(home: Path, tmp_path: Path) -> None:
    """After a restore two histories would be signed under one name."""
    backup, kept = tmp_path / "monday.db", tmp_path / "tuesday.checkpoint"
    assert run(home, "backup", "--to", backup).returncode == 0
    record(home)
    assert run(home, "seal").returncode == 0
    kept.write_text(run(home, "checkpoint", "show").stdout, encoding="utf-8")
    put_back(backup, home)
    refused = run(home, "seal")
    assert refused.returncode == 3
    assert "ROLLED_BACK" in refused.stderr
    assert "begin a new one" in refused.stderr
    for more in ((), ("--checkpoint", kept)):
        verified = run(home, "verify", "--json", *more)
        assert verified.returncode == 3
        assert json.loads(verified.stdout)["first_fault"]["verdict"] == "ROLLED_BACK"
    shutil.rmtree(home / "signer")  # only what was kept elsewhere tells now
    elsewhere = run(home, "verify", "--json", "--checkpoint", kept)
    assert json.loads(elsewhere.stdout)["first_fault"]["verdict"] in {"ROLLED_BACK", "TRUNCATED"}


def test_a_backup_in_which_somebody_erased_still_stands_is_not_opened(
    home: Path, tmp_path: Path
) -> None:
    """Somebody who was erased would be readable again after a restore."""
    backup = tmp_path / "monday.db"
    assert run(home, "backup", "--to", backup).returncode == 0
    assert run(home, "erase", PERSON, "--yes").returncode == 0
    put_back(backup, home)
    for command in (("log",), ("verify",), ("seal",), ("state", "access")):
        answer = run(home, *command)
        assert (answer.returncode, answer.stdout) == (4, "")
        assert "a restored backup; erased people may be in it" in answer.stderr


def test_the_name_of_a_backup_is_on_the_disk(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power failure a backup that was acknowledged would have no name."""
    target = tmp_path / "copy.db"
    synced: list[bool] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        fsync(descriptor)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            synced.append(target.exists())

    monkeypatch.setattr(os, "fsync", watched)
    back_up(Home(home), target)
    assert synced[-1]


def test_a_disk_without_hard_links_takes_a_backup(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy of an hour would be thrown away because the disk is one that people carry about."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    target = tmp_path / "copy.db"
    made = back_up(Home(home), target)
    assert target.stat().st_size == made.size_bytes
    assert [each.name for each in tmp_path.glob("copy*")] == ["copy.db"]
    with pytest.raises(BadRequest, match="expected nothing there"):
        back_up(Home(home), target)


def test_a_backup_that_gets_no_name_leaves_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty file would stand where a backup is expected, and forbid the next one."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(StoreUnavailable, match="nothing is left of it"):
        back_up(Home(home), tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))
