"""The story comes out as it must, and tells nobody's name."""

import json
import re
from pathlib import Path

import pytest

from tests.command_line import zegel, zegel_here
from tests.shared_data import shared

SYSTEMS = ("infactor-web", "infobuilder-sftp", "ingressus-xref", "ragiox-gold", "xential")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The home of a told story with the log that comes with the program, and what it said."""
    folder = tmp_path_factory.mktemp("story") / "home"
    answer = zegel("demo", "--dir", folder, ZEGEL_SHARED=str(folder / "nothing"))
    assert answer.returncode == 0, answer.stderr
    return folder, answer.stdout


def test_the_change_is_found_where_it_was_made(told: tuple[Path, str]) -> None:
    """The product would not do what it is for."""
    _, story = told
    (changed,) = re.findall(r"Record (\d+): access was used", story)
    assert f"MODIFIED: record {changed}, sealed" in story
    assert f"Found: one byte in record {changed}" in story


def test_the_readme_shows_what_the_story_says(told: tuple[Path, str]) -> None:
    """The first page of the project would show a program that does not exist."""
    _, story = told
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"```text\n(.*?)```", readme, re.DOTALL)
    said = {_without_chance(line) for line in story.splitlines()}
    missing = [line for line in shown.splitlines() if _without_chance(line) not in said]
    assert not missing


def _without_chance(line: str) -> str:
    """A line without tokens, hashes and the width they take, which differ each time."""
    without = re.sub(r"…[0-9a-f]{6}|[0-9a-f]{64}|[0-9a-f]{16}…", "*", line)
    return " ".join(without.split())


def test_the_kept_home_is_whole_and_the_copy_is_not(told: tuple[Path, str]) -> None:
    """The story would have damaged what it tells of."""
    folder, _ = told
    assert zegel_here("--home", folder, "verify").returncode == 0
    copy = f"sqlite:///{(folder / 'tampered.db').resolve()}"
    assert zegel_here("--home", folder, "--database", copy, "verify").returncode == 3


def test_every_repeat_intruder_is_kept_out(told: tuple[Path, str]) -> None:
    """The rule of the statement would not hold in its own example."""
    folder, _ = told
    blocks = json.loads(zegel_here("--home", folder, "state", "blocks", "--json").stdout)["rows"]
    assert blocks
    assert all(row["attempts"] >= 2 for row in blocks)


def test_access_that_nobody_uses_or_may_use_is_shown(told: tuple[Path, str]) -> None:
    """The story would have no point."""
    folder, story = told
    assert "used without a grant in force" in story
    unused = json.loads(
        zegel_here("--home", folder, "state", "access", "--only", "unused", "--json").stdout
    )
    assert {row["resource"] for row in unused["rows"]} == {"xential-database", "xref-portal"}


def test_the_story_has_promises_of_every_verdict(told: tuple[Path, str]) -> None:
    """A newcomer would see a table in which everything is well, or nothing can be told."""
    folder, story = told
    found = json.loads(zegel_here("--home", folder, "promises", "--json").stdout)["promises"]
    assert len(found) == 66
    verdicts = {each["promise_id"]: each["verdict"] for each in found}
    assert set(verdicts.values()) == {"kept", "broken", "pending", "undeterminable"}
    broken = {
        *("RAG-01", "RAG-03", "RAG-05", "RAG-06", "RAG-07", "ING-02", "ING-06"),
        *("IFB-04", "IFB-05", "INF-08", "INF-11", "NXT-10"),
    }
    assert {name for name in broken if verdicts[name] != "broken"} == set()
    assert "ING-04 and ING-05 contradict each other" in story
    row = re.compile(rf"^(?:{'|'.join(SYSTEMS)}) +(\d+) +(\d+) +(\d+) +(\d+)$", re.MULTILINE)
    sums = [sum(map(int, column)) for column in zip(*row.findall(story), strict=True)]
    counted = list(verdicts.values()).count
    assert sums == [counted(each) for each in ("kept", "broken", "pending", "undeterminable")]


def test_a_contradiction_inside_a_statement_waits_for_a_decision(told: tuple[Path, str]) -> None:
    """Two sentences that exclude each other would be judged by whichever came first."""
    folder, _ = told
    found = json.loads(zegel_here("--home", folder, "promises", "ingressus-xref", "--json").stdout)
    open_ones = {
        each["promise_id"]: each["open_readings"]
        for each in found["promises"]
        if each["open_readings"]
    }
    assert set(open_ones) == {"ING-04", "ING-05"}
    assert set(open_ones["ING-04"]) == {"access-only", "lending-too"}


def test_the_commands_it_proposes_work(told: tuple[Path, str]) -> None:
    """A newcomer would type them and be disappointed."""
    _, story = told
    proposed = re.findall(r"^\s*zegel (--home .*)$", story, re.MULTILINE)
    assert len(proposed) >= 5
    for line in proposed:
        expected = 3 if "tampered" in line else 0
        assert zegel_here(*line.split()).returncode == expected, line


def test_nobody_of_the_real_log_is_named() -> None:
    """Addresses and accounts of real people would be on a stranger's screen."""
    log = shared("vectors/sshd/OpenSSH_2k.log")
    answer = zegel_here("demo", ZEGEL_SHARED=str(log.parents[2]))
    assert answer.returncode == 0, answer.stderr
    found = set(re.findall(r"\d+\.\d+\.\d+\.\d+", log.read_text("utf-8", "replace")))
    assert len(found) > 10
    assert not [address for address in found if address in answer.stdout]
    assert "19 tried twice or more within 24 hours" in answer.stdout


def test_a_story_leaves_nothing_behind(tmp_path: Path) -> None:
    """Every demo would fill the disk with keys and logs."""
    answer = zegel("demo", TMPDIR=str(tmp_path), ZEGEL_SHARED=str(tmp_path / "nothing"))
    assert answer.returncode == 0, answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_the_environment_stays_untouched(tmp_path: Path) -> None:
    """A log that can never be removed would stand in the database of production."""
    database = tmp_path / "production.db"
    answer = zegel_here(
        "demo", ZEGEL_DATABASE=f"sqlite:///{database}", ZEGEL_SHARED=str(tmp_path / "nothing")
    )
    assert answer.returncode == 0, answer.stderr
    assert not database.exists()


def test_the_story_can_be_told_on_postgresql(postgres_database: str) -> None:
    """The production database would be the one that was never shown."""
    answer = zegel_here("demo", "--database", postgres_database)
    assert answer.returncode == 0, answer.stderr
    assert "Found: one byte" in answer.stdout
