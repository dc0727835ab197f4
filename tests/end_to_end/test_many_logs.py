"""Many logs in one home, and one log of checkpoints that anchors and guards them all."""

import json
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, Final

import pytest

from ledger.home import Home
from ledger.many_logs.home_logs import named_log
from ledger.rolling_verification import RollingVerifier
from ledger.serve_settings import ServeSettings
from ledger.verification_record import keeper_of
from service.operations.collecting import collecting_loop
from tests.command_line import ZEGEL, Answer, clean_environment, zegel_here
from tests.house.tracked_files import PROJECT
from tests.loopback_server import Answer as Reply
from tests.loopback_server import Request, serving
from tests.page_transcripts import follow
from tests.time_stamping import TimeStamping, authority_in

ORIGIN: Final = "many.example/log"
LOGS: Final = ("main", "a", "b")
COLLECTING: Final = "checkpoints"
PATIENCE_S: Final = 60.0
PAGE: Final = PROJECT / "docs" / "how-to" / "many-logs.md"


@dataclass
class ManyLogs:
    """A home with three logs and a log of checkpoints, and an authority that stamps."""

    home: Path
    authority: TimeStamping
    asked: list[Request] = field(default_factory=list)

    def respond(self, request: Request) -> Reply:
        """As the authority, which counts how often it was asked."""
        self.asked.append(request)
        return self.authority.respond(request)

    def run(self, *words: str | Path, **variables: str) -> Answer:
        """What a command answered."""
        return zegel_here("--home", self.home, *words, **variables)

    def fine(self, *words: str | Path) -> str:
        """What a command answered that must succeed."""
        answer = self.run(*words)
        assert answer.returncode == 0, (words, answer.stderr)
        return answer.stdout

    def record(self, log: str) -> None:
        """One more fact."""
        self.fine(
            *("--log", log, "record", "access.used", "--resource", "customer-file"),
            *("--actor", "person:user@example.nl"),
        )

    def verified(self, log: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and report of verifying one log."""
        answer = self.run("--log", log, "verify", "--json", *words)
        return answer.returncode, json.loads(answer.stdout)

    def states(self) -> dict[str, dict[str, Any]]:
        """What `zegel logs list` says, by log."""
        rows = map(json.loads, self.fine("logs", "list", "--ndjson").splitlines())
        return {row["name"]: row for row in rows}

    def kept(self, log: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of a log: a backup of it."""
        with self._database() as database:
            number = self._number(database, log)
            return {
                table: database.execute(
                    f"SELECT * FROM {table} WHERE log = ?", (number,)
                ).fetchall()
                for table in _tables(database)
            }

    def restore(self, log: str, kept: dict[str, list[tuple[Any, ...]]]) -> None:
        """Puts a backup of one log in the place of what it is now, by who owns the database."""
        with self._database() as database:
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                database.execute(f"DROP TRIGGER {name}")
            number = self._number(database, log)
            for table in _tables(database):
                database.execute(f"DELETE FROM {table} WHERE log = ?", (number,))
                for row in kept.get(table, []):
                    marks = ",".join("?" * len(row))
                    database.execute(f"INSERT INTO {table} VALUES ({marks})", row)
            database.commit()

    def change(self, statement: str, *values: object) -> None:
        """Changes the database behind the back of the program."""
        with self._database() as database:
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                database.execute(f"DROP TRIGGER {name}")
            assert database.execute(statement, values).rowcount == 1
            database.commit()

    def number_of(self, log: str) -> int:
        """The number of a log in the database."""
        with self._database() as database:
            return self._number(database, log)

    def folder(self, log: str) -> Path:
        """The folder of a further log."""
        return self.home / "logs" / log

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.home / "zegel.db")) as database:
            yield database

    def _number(self, database: sqlite3.Connection, log: str) -> int:
        origin = ORIGIN if log == "main" else f"{ORIGIN}/{log}"
        chosen = database.execute("SELECT id FROM zegel_log WHERE origin = ?", (origin,))
        return int(chosen.fetchone()[0])


def _tables(database: sqlite3.Connection) -> list[str]:
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'zegel_%'"
    tables = [name for (name,) in database.execute(named).fetchall()]
    return [
        table
        for table in tables
        if any(row[1] == "log" for row in database.execute(f"PRAGMA table_info({table})"))
    ]


@pytest.fixture
def many(tmp_path: Path) -> Iterator[ManyLogs]:
    """The home, every log with one fact, and an authority that all logs take from its settings."""
    made = ManyLogs(tmp_path / "home", authority_in(tmp_path / "tsa"))
    made.fine("init", "--origin", ORIGIN)
    (made.home / "trust").mkdir()
    shutil.copy(made.authority.root_file, made.home / "trust" / "tsa.pem")
    with serving(made.respond) as url, (made.home / "zegel.toml").open("a") as settings:
        settings.write(
            f'[[timestamp_authority]]\nname = "tsa"\nurl = "{url}/tsr"\nroots = "trust/tsa.pem"\n'
        )
        settings.flush()
        for log in LOGS[1:]:
            made.fine("logs", "create", log)
        made.fine("logs", "create", COLLECTING, "--of-checkpoints")
        for log in LOGS:
            made.record(log)
        yield made


def test_one_time_stamp_covers_every_log(many: ManyLogs) -> None:
    """A witness or an authority would have to be asked for each log apart."""
    many.fine("seal", "--all")
    assert many.verified("a")[1]["anchored_through"] == []
    many.fine("--log", COLLECTING, "anchor")
    assert len(many.asked) == 1
    for log in LOGS:
        code, report = many.verified(log)
        assert (code, report["outcome"]) == (0, "valid")
        (anchored,) = report["anchored_through"]
        assert (anchored["log"], anchored["by"]) == (COLLECTING, ["tsa"])
        assert anchored["size"] == report["size"] == 2
        assert (many.states()[log]["anchored_size"], many.states()[log]["anchored_through"]) == (
            2,
            COLLECTING,
        )
    many.record("a")
    many.fine("seal", "--all")
    (anchored,) = many.verified("a")[1]["anchored_through"]
    assert anchored["size"] == 2, "what came after the stamp is not anchored yet"
    (anchored,) = many.verified("a", "--quick")[1]["anchored_through"]
    assert anchored["size"] == 2
    drawn = many.fine("--log", "a", "verify", "--table")
    assert "anchored through checkpoints" in drawn


def test_every_checkpoint_is_collected_once(many: ManyLogs) -> None:
    """A checkpoint would be missing from what is anchored, or the log grow with each look."""
    for _ in range(3):
        many.record("a")
        many.fine("--log", "a", "seal")
    rows = map(json.loads, many.fine("seal", "--all", "--ndjson").splitlines())
    sealed = {row["log"]: row for row in rows}
    assert list(sealed) == ["main", "a", "b", COLLECTING], "the log of checkpoints comes last"
    assert sealed[COLLECTING]["collected"] == 5
    again = map(json.loads, many.fine("seal", "--all", "--ndjson").splitlines())
    assert {row["log"]: (row["new"], row["collected"]) for row in again} == {
        "main": (False, None),
        "a": (False, None),
        "b": (False, None),
        COLLECTING: (False, 0),
    }
    found = many.fine("--log", COLLECTING, "log", "--kind", "log.checkpoint_collected", "--ndjson")
    events = [json.loads(line)["event"] for line in found.splitlines()]
    sizes = [each["tree_size"] for each in events if each["log_origin"] == f"{ORIGIN}/a"]
    assert sizes == [3, 4, 5]
    assert many.verified(COLLECTING)[0] == 0


@pytest.mark.parametrize("level", [(), ("--quick",)])
def test_a_log_that_was_rolled_back_with_its_whole_home_is_found(
    many: ManyLogs, level: tuple[str, ...]
) -> None:
    """Whoever restores an old copy of one log, signer and all, would leave no trace."""
    many.fine("seal", "--all")
    rows, folder = many.kept("a"), shutil.copytree(many.folder("a"), many.home / "backup")
    many.record("a")
    many.fine("seal", "--all")
    assert many.verified("a", *level)[0] == 0
    many.restore("a", rows)
    shutil.rmtree(many.folder("a"))
    shutil.copytree(folder, many.folder("a"))
    code, report = many.verified("a", *level)
    assert code == 3
    assert report["first_fault"]["verdict"] == "ROLLED_BACK"
    assert report["first_fault"]["place"].startswith(f"log of checkpoints {COLLECTING}, record ")
    assert many.verified("b")[0] == 0


@pytest.mark.parametrize("level", [(), ("--quick",)])
def test_a_log_that_signed_a_second_history_is_found(
    many: ManyLogs, level: tuple[str, ...]
) -> None:
    """Two histories of one log, both signed by its key, would both be shown as whole."""
    many.fine("seal", "--all")
    rows, folder = many.kept("a"), shutil.copytree(many.folder("a"), many.home / "backup")
    many.record("a")
    many.fine("seal", "--all")
    many.restore("a", rows)
    shutil.rmtree(many.folder("a"))
    shutil.copytree(folder, many.folder("a"))
    many.record("a")
    many.fine("--log", "a", "seal")
    code, report = many.verified("a", *level)
    fault = report["first_fault"]
    assert (code, fault["verdict"]) == (3, "FORK")
    # Read in order, the checkpoint before shows up to where both histories are one.
    assert (fault["index"], fault["last_index"]) == (0 if level else 2, 2)
    assert report["first_fault"]["place"].startswith(f"log of checkpoints {COLLECTING}, record ")


def test_a_collected_checkpoint_that_was_altered_accuses_no_log(many: ManyLogs) -> None:
    """Whoever changes the log of checkpoints could have any other log called forged."""
    many.fine("seal", "--all")
    (row,) = many.fine("--log", COLLECTING, "log", "--grep", f"{ORIGIN}/a", "--ndjson").splitlines()
    index = json.loads(row)["index"]
    kept = many.kept(COLLECTING)["zegel_record"]
    (sealed,) = (row[2] for row in kept if row[1] == index)
    root = json.loads(sealed.split(b"\n\n", 1)[1])["root_sha256"].encode()
    altered = sealed.replace(root, b"0" * 64)
    note = json.loads(sealed.split(b"\n\n", 1)[1])["note_sha256"].encode()
    many.change(
        "UPDATE zegel_record SET sealed = ? WHERE log = ? AND idx = ?",
        altered.replace(note, b"1" * 64),
        many.number_of(COLLECTING),
        index,
    )
    code, report = many.verified("a")
    assert code == 3
    assert report["first_fault"]["verdict"] not in {"FORK", "ROLLED_BACK", "TRUNCATED"}
    assert report["first_fault"]["place"].startswith(f"log of checkpoints {COLLECTING}")
    assert many.verified("b")[0] == 0
    assert many.verified(COLLECTING)[0] == 3


def test_one_broken_log_keeps_no_other_from_being_signed(many: ManyLogs) -> None:
    """One customer's damage would leave every other log unsigned."""
    many.fine("seal", "--all")
    rows = many.kept("a")
    many.record("a")
    many.record("b")
    many.fine("--log", "a", "seal")
    many.restore("a", rows)
    answer = many.run("seal", "--all", "--ndjson")
    assert answer.returncode == 3
    assert "zegel: a: " in answer.stderr
    sealed = {row["log"]: row for row in map(json.loads, answer.stdout.splitlines())}
    assert "a" not in sealed
    assert (sealed["b"]["new"], sealed[COLLECTING]["collected"]) == (True, 1)


def test_a_log_of_checkpoints_out_of_reach_is_named(many: ManyLogs) -> None:
    """A check that was not made would be taken for one that found nothing."""
    elsewhere = many.home / "elsewhere.db"
    many.fine(
        *("--database", f"sqlite:///{elsewhere}", "logs", "create", "second", "--of-checkpoints")
    )
    many.fine("seal", "--all")
    assert many.verified("a")[0] == 0
    elsewhere.rename(many.home / "away.db")
    answer = many.run("--log", "a", "verify", "--json")
    assert (answer.returncode, json.loads(answer.stdout)["outcome"]) == (4, "valid")
    assert "log of checkpoints second: " in answer.stderr
    listed = many.run("logs", "list", "--ndjson")
    assert listed.returncode == 4
    assert "second: " in listed.stderr
    assert len(listed.stdout.splitlines()) == 5


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


def test_a_log_of_checkpoints_takes_no_facts(many: ManyLogs) -> None:
    """Facts would be recorded where nobody looks for them."""
    before = many.states()[COLLECTING]["size"]
    refused = many.run(
        "--log", COLLECTING, "record", "access.used", "--resource", "x", "--actor", "person:a@b.nl"
    )
    assert (refused.returncode, "holds the checkpoints" in refused.stderr) == (2, True)
    assert many.states()[COLLECTING]["size"] == before


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


def test_the_service_knows_up_to_where_a_log_is_anchored(many: ManyLogs) -> None:
    """Its page would call a log not anchored that one time stamp covers with all others."""
    many.fine("seal", "--all")
    many.fine("--log", COLLECTING, "anchor")
    home = named_log(Home(many.home), "a")
    with closing(home.open_ledger()) as ledger:
        verifier = RollingVerifier(ledger, home, keeper_of(home.folder, ledger.origin))
        verifier.verify_all(Event())
        anchored = verifier.keeper.read().anchored
    assert anchored is not None
    assert (anchored.asked, anchored.size, anchored.waiting_since) == (1, 2, None)
    assert anchored.anchored_at is not None


def test_the_service_has_its_checkpoints_collected(many: ManyLogs) -> None:
    """A log that is served would be sealed, and never be anchored with the others."""
    home = named_log(Home(many.home), "a")
    many.fine("--log", "a", "seal")
    before = many.states()[COLLECTING]["size"]
    with closing(home.open_ledger()) as ledger:
        loop = collecting_loop(ledger, home, ServeSettings(), None)
        loop.start()
        until = time.monotonic() + PATIENCE_S
        while many.states()[COLLECTING]["signed_size"] is None and time.monotonic() < until:
            time.sleep(0.1)
        loop.stop()
        assert loop.join(PATIENCE_S)
    assert many.states()[COLLECTING]["size"] == before + 1
    assert many.states()[COLLECTING]["signed_size"] == before + 1


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
