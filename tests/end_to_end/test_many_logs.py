"""Many logs in one home: made, named, listed, signed together, each in its database."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.command_line import ZEGEL, clean_environment, zegel_here
from tests.homes_of_many_logs import COLLECTING, LOGS, ORIGIN, PATIENCE_S, ManyLogs
from tests.house.tracked_files import PROJECT
from tests.loopback_server import serving
from tests.page_transcripts import follow
from tests.time_stamping import authority_in

PAGE: Final = PROJECT / "docs" / "how-to" / "many-logs.md"


def test_a_loop_takes_logs_that_are_made_while_it_runs(many: ManyLogs) -> None:
    """A new customer's log would stay unsigned until somebody starts the loop again."""
    words = ("--home", str(many.home), "seal", "--all", "--loop", "--every", "1", "--ndjson")
    with subprocess.Popen(
        [ZEGEL, *words], env=clean_environment(), stdout=subprocess.PIPE, text=True
    ) as loop:
        assert loop.stdout is not None
        first = [json.loads(loop.stdout.readline())["log"] for _ in range(4)]
        assert first == ["main", "a", "b", COLLECTING]
        many.fine("logs", "create", "late")
        later = [json.loads(loop.stdout.readline()) for _ in range(2)]
        assert [(row["log"], row["collected"]) for row in later] == [
            ("late", None),
            (COLLECTING, 1),
        ]
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(PATIENCE_S) == 0


def test_a_loop_goes_on_while_the_settings_cannot_be_read(many: ManyLogs) -> None:
    """Somebody who edits the settings would end the sealing of every log."""
    settings = many.home / "zegel.toml"
    sound = settings.read_bytes()
    words = ("--home", str(many.home), "seal", "--all", "--loop", "--every", "1", "--ndjson")
    with subprocess.Popen(
        [ZEGEL, *words],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as loop:
        assert loop.stdout is not None
        assert loop.stderr is not None
        assert [json.loads(loop.stdout.readline())["log"] for _ in range(4)]
        settings.write_text("origin = ")
        assert "zegel.toml: expected TOML" in loop.stderr.readline()
        settings.write_bytes(sound)
        many.fine("logs", "create", "late")
        assert json.loads(loop.stdout.readline())["log"] == "late"
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(PATIENCE_S) == 0


def test_a_log_with_a_database_of_its_own_keeps_it(many: ManyLogs) -> None:
    """Where ZEGEL_DATABASE says by which account the home is used, the others would be lost."""
    apart, shared = many.home / "apart.db", f"sqlite:///{many.home / 'zegel.db'}"
    made = many.run("--database", f"sqlite:///{apart}", "logs", "create", "c")
    assert made.returncode == 0, made.stderr
    beside = many.run("logs", "create", "d", ZEGEL_DATABASE=shared)
    assert beside.returncode == 0, beside.stderr
    assert "database" in (many.folder("c") / "zegel.toml").read_text()
    assert "database" not in (many.folder("d") / "zegel.toml").read_text()
    assert many.states()["c"]["database"] == f"sqlite:///{apart}"
    for variables in ({}, {"ZEGEL_DATABASE": shared}):
        for log in ("a", "c", "d"):
            answer = many.run("--log", log, "record", "access.used", "--resource", "x", **variables)
            assert answer.returncode == 0, answer.stderr
        sealed = many.run("seal", "--all", **variables)
        assert sealed.returncode == 0, sealed.stderr
    assert many.states()["c"]["size"] == many.states()["d"]["size"] == 3
    assert many.verified("c")[0] == 0
    elsewhere = many.run("--log", "c", "--database", shared, "verify")
    assert elsewhere.returncode == 4
    assert "found those of log many.example/log/c" in elsewhere.stderr


def test_a_log_made_by_the_owner_of_the_tables_is_used_by_whoever_works(many: ManyLogs) -> None:
    """The address of the owner would be kept, and every command about the log use it."""
    same = f"sqlite:///{many.home / 'zegel.db'}"
    many.fine("--database", same, "logs", "create", "c")
    assert "database" not in (many.folder("c") / "zegel.toml").read_text()


def test_a_log_is_named_by_option_or_variable(many: ManyLogs) -> None:
    """A command would be about another log than the one that was meant."""
    size = {log: many.states()[log]["size"] for log in LOGS}
    told = many.run("record", "access.used", "--resource", "x", "--log", "b")
    assert told.returncode == 0, told.stderr
    told = many.run("record", "access.used", "--resource", "x", ZEGEL_LOG="b")
    assert told.returncode == 0, told.stderr
    told = many.run("--log", "main", "record", "access.used", "--resource", "x", ZEGEL_LOG="b")
    assert told.returncode == 0, told.stderr
    found = {log: many.states()[log]["size"] - size[log] for log in LOGS}
    assert found == {"main": 1, "a": 0, "b": 2}


@pytest.mark.parametrize("words", [("log",), ("verify",), ("seal",), ("state", "access")])
def test_an_unknown_log_is_answered_with_those_there_are(
    many: ManyLogs, words: tuple[str, ...]
) -> None:
    """Somebody who mistypes a name would get the answers of another log."""
    answer = many.run(*words, "--log", "c")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "one of main, a, b, checkpoints, found 'c'" in answer.stderr


def test_a_home_that_was_not_made_is_not_asked_for_its_logs(tmp_path: Path) -> None:
    """Somebody who mistypes the home would be told to make a log in it."""
    for words in (
        ("log", "--log", "a"),
        ("logs", "list"),
        ("logs", "create", "a"),
        ("seal", "--all"),
    ):
        answer = zegel_here("--home", tmp_path / "none", *words)
        assert (answer.returncode, answer.stdout) == (4, "")
        assert "`zegel init` makes a home" in answer.stderr
    assert not (tmp_path / "none").exists()


def test_the_folder_of_a_log_is_that_log_and_leads_to_the_others(many: ManyLogs) -> None:
    """Logs would be made inside logs, and lost there."""
    home = ("--home", many.folder("a"))
    shown = zegel_here(*home, "config", "show", "--json")
    assert f'"{ORIGIN}/a"' in shown.stdout
    listed = map(json.loads, zegel_here(*home, "logs", "list", "--ndjson").stdout.splitlines())
    assert [row["name"] for row in listed] == ["main", "a", "b", COLLECTING]
    verified = zegel_here(*home, "--log", "b", "verify", "--json")
    assert json.loads(verified.stdout)["origin"] == f"{ORIGIN}/b"
    assert zegel_here(*home, "logs", "create", "c").returncode == 0
    assert (many.folder("c") / "zegel.toml").exists()


@pytest.mark.parametrize("name", ["main", "../up", "A", "", "a b", "x" * 65, ".."])
def test_a_name_that_is_none_makes_nothing(many: ManyLogs, name: str) -> None:
    """A log would be made outside the home, or hide the first one."""
    before = sorted(path.name for path in (many.home / "logs").iterdir())
    assert many.run("logs", "create", name).returncode == 2
    assert sorted(path.name for path in (many.home / "logs").iterdir()) == before


def test_an_existing_log_is_never_made_again(many: ManyLogs) -> None:
    """Keys of a log would be replaced, and nobody could open its values again."""
    kept = {path: path.read_bytes() for path in many.folder("a").rglob("*") if path.is_file()}
    assert many.run("logs", "create", "a").returncode == 4
    assert {p: p.read_bytes() for p in many.folder("a").rglob("*") if p.is_file()} == kept


def test_a_log_whose_making_was_interrupted_is_completed(many: ManyLogs) -> None:
    """A crash between keys and settings would leave a log that nobody can open or make."""
    many.folder("b").joinpath("zegel.toml").unlink()  # it is written last
    keys = many.folder("b").joinpath("keys", "vault.key.json").read_bytes()
    assert "b" not in many.states()
    many.fine("logs", "create", "b", "--no-roles")
    assert many.folder("b").joinpath("keys", "vault.key.json").read_bytes() == keys
    assert many.verified("b")[1]["size"] >= 2


def test_the_page_can_be_followed_as_it_is_written(tmp_path: Path) -> None:
    """Somebody who keeps many logs by the page would be surprised in the middle of it."""
    authority = authority_in(tmp_path / "tsa")
    home = tmp_path / "audit"
    made = zegel_here("--home", home, "init", "--origin", "audit.example.nl/main")
    assert made.returncode == 0, made.stderr
    with serving(authority.respond) as url:
        with (home / "zegel.toml").open("a") as settings:
            settings.write(
                f'[[timestamp_authority]]\nname = "tsa"\nurl = "{url}/tsr"\n'
                f'roots = "{authority.root_file}"\n'
            )
        assert follow(PAGE, tmp_path, ZEGEL_HOME="audit") == 14
