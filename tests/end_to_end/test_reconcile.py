"""`zegel reconcile`: the bans of a database beside the log, and what becomes of those it lacks."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from tests.command_line import Answer, zegel_here
from tests.fail2ban_databases import Ban, write_bans

NOW = int(time.time())
FIRST = NOW - 3600
SYSTEM = ("--system", "gateway")


def run(home: Path, *arguments: str | Path) -> Answer:
    return zegel_here("--home", home, *arguments)


def reconciled(home: Path, file: Path, *options: str, code: int = 0) -> dict[str, int]:
    """How many bans have which verdict, all of them listed."""
    answer = run(home, "reconcile", file, *SYSTEM, "--all", *options)
    assert answer.returncode == code, answer.stderr
    verdicts = [json.loads(line)["verdict"] for line in answer.stdout.splitlines()]
    return {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}


def imported(home: Path, file: Path, *options: str) -> dict[str, Any]:
    answer = run(home, "import", file, *SYSTEM, "--json", *options)
    assert answer.returncode == ExitCode.FINE, answer.stderr
    summary: dict[str, Any] = json.loads(answer.stdout)
    return summary


def size_of(home: Path) -> int:
    return len(run(home, "log").stdout.splitlines())


def written(path: Path, *lines: tuple[int, str]) -> Path:
    """The log of fail2ban in which these acts stand, each at its second, in UTC."""
    text = "".join(
        f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(at))},250 "
        f"fail2ban.actions        [7]: NOTICE  [sshd] {act}\n"
        for at, act in lines
    )
    path.write_text(text)
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Two bans of one address, one of another."""
    bans = [Ban(FIRST), Ban(FIRST + 900), Ban(FIRST + 30, ip="2001:db8::5", lasts_s=-1)]
    return write_bans(tmp_path / "fail2ban.sqlite3", bans)


def test_bans_that_nobody_told_of_are_found_and_recorded_once(home: Path, database: Path) -> None:
    """An outage between fail2ban and the log would stay a hole."""
    assert reconciled(home, database, code=ExitCode.EVIDENCE_BROKEN) == {"missing": 3}
    assert size_of(home) == 0
    assert reconciled(home, database, "--record") == {"recorded": 3}
    assert reconciled(home, database, "--record") == {"told": 3}
    assert imported(home, database)["already_there"] == 3
    assert size_of(home) == 3
    assert "gateway" in (home / "known-systems.txt").read_text()


def test_a_ban_of_the_log_is_that_of_the_database(
    home: Path, database: Path, tmp_path: Path
) -> None:
    """One ban would be recorded twice, as if the address had been caught twice."""
    log = written(
        tmp_path / "f.log", (FIRST + 2, "Ban 203.0.113.77"), (FIRST + 601, "Unban 203.0.113.77")
    )
    imported(home, log, "--zone", "UTC")
    expected = {"told": 1, "missing": 2}
    assert reconciled(home, database, code=ExitCode.EVIDENCE_BROKEN) == expected
    summary = imported(home, database)
    assert summary["recorded"] == 2
    assert summary["skipped"] == {"a ban that the log tells of already": 1}
    assert reconciled(home, database) == {"told": 3}


def test_a_log_that_comes_later_tells_of_the_same_blocks(
    home: Path, database: Path, tmp_path: Path
) -> None:
    """What the database told first would seem to be another ban than that of the log."""
    imported(home, database)
    log = written(tmp_path / "f.log", (FIRST + 2, "Ban 203.0.113.77"))
    imported(home, log, "--zone", "UTC")
    listing = run(home, "reconcile", database, *SYSTEM, "--all").stdout.splitlines()
    assert sorted(len(json.loads(line)["indexes"]) for line in listing) == [1, 1, 2]
    assert run(home, "rebuild").returncode == 0
    asked = run(home, "state", "blocks", "--only", "history", "--json")
    assert len({row["block"] for row in json.loads(asked.stdout)["rows"]}) == 2


def test_a_ban_that_only_the_log_knows_is_told(home: Path, database: Path, tmp_path: Path) -> None:
    """A ban that somebody made up would pass as one of fail2ban."""
    acts = [(FIRST + 2, "Ban 203.0.113.77"), (FIRST + 60, "Ban 198.51.100.9")]
    imported(home, written(tmp_path / "f.log", *acts), "--zone", "UTC")
    found = reconciled(home, database, "--record", code=ExitCode.EVIDENCE_BROKEN)
    assert found == {"told": 1, "recorded": 2, "only in the log": 1}
    ended = written(tmp_path / "g.log", (FIRST + 90, "Unban 198.51.100.9"))
    imported(home, ended, "--zone", "UTC")
    assert reconciled(home, database) == {"told": 3, "ended since": 1}


def test_what_was_erased_is_not_recorded_again(home: Path, database: Path, tmp_path: Path) -> None:
    """An erased address would come back from the database."""
    imported(home, written(tmp_path / "f.log", (FIRST + 2, "Ban 203.0.113.77")), "--zone", "UTC")
    erased = run(home, "erase", "ip:203.0.113.77", "--reason", "asked", "--yes")
    assert erased.returncode == 0, erased.stderr
    before = size_of(home)
    found = reconciled(home, database, "--record")
    assert found == {"may be erased": 1, "recorded": 2}
    assert size_of(home) == before + 2
    summary = imported(home, database)
    assert summary["skipped"] == {
        "a ban that the log may have told of: the address of one that fits is erased": 1
    }


def test_addresses_of_the_log_are_shown_as_tokens(home: Path, database: Path) -> None:
    """Whoever has a database could look up who is behind a token."""
    imported(home, database)
    told = run(home, "reconcile", database, *SYSTEM, "--all").stdout
    assert "203.0.113.77" not in told
    assert '"ip#' in told
    assert "secret line" not in told


def test_a_file_that_is_no_database_is_refused(home: Path, tmp_path: Path) -> None:
    """Somebody would believe that all bans were told."""
    other = tmp_path / "fail2ban.log"
    other.write_text("hello")
    answer = run(home, "reconcile", other, *SYSTEM)
    assert answer.returncode == ExitCode.USAGE
    assert "expected a database of fail2ban" in answer.stderr
    assert size_of(home) == 0
