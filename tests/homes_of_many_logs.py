"""A home with many logs and a log of checkpoints, and what the owner of its database does to it."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.command_line import Answer, zegel_here
from tests.loopback_server import Answer as Reply
from tests.loopback_server import Request, serving
from tests.time_stamping import TimeStamping, authority_in

ORIGIN: Final = "many.example/log"
LOGS: Final = ("main", "a", "b")
COLLECTING: Final = "checkpoints"
PATIENCE_S: Final = 60.0


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


@contextmanager
def many_logs(folder: Path) -> Iterator[ManyLogs]:
    """The home, every log with one fact, and an authority that all logs take from its settings."""
    made = ManyLogs(folder / "home", authority_in(folder / "tsa"))
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
