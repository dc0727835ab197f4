"""One PostgreSQL server and the Patroni that leads it, started and ended by their process ids."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

HOST: Final = "127.0.0.1"
PATIENCE_S: Final = 180.0
_LOOK_S: Final = 0.1


class ClusterError(Exception):
    """The servers did not do what was waited for."""


@dataclass(slots=True)
class Node:
    """One server with its Patroni."""

    name: str
    folder: Path
    port: int
    control_port: int
    password: str
    """Of the role `postgres`."""
    launcher: Sequence[str]
    programs: Path
    patroni: subprocess.Popen[bytes] | None = None
    alone: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts Patroni, which starts PostgreSQL."""
        self.patroni = self._launch("patroni", self.folder / "node.yml")

    def kill(self) -> None:
        """Patroni and the server end at once, without a word to anybody (SIGKILL)."""
        if self.patroni is not None:
            self.patroni.kill()
            self.patroni.wait()
            self.patroni = None
        server = self.server_id()
        if server is not None:
            os.kill(server, signal.SIGKILL)
            wait_for(lambda: not _runs(server), f"the end of the server of {self.name}")

    def start_alone(self) -> None:
        """Starts the server as it was, a leader that knows of no other, without Patroni."""
        self.alone = self._launch(self.programs / "postgres", "-D", self.folder / "data")
        wait_for(self._leads_alone, f"{self.name} alone")

    def stop_alone(self) -> None:
        """Ends the server that runs alone."""
        if self.alone is not None:
            self.alone.send_signal(signal.SIGQUIT)
            self.alone.wait()
            self.alone = None

    def stop(self) -> None:
        """Ends what runs, the server in good order where its Patroni is there to do it."""
        self.stop_alone()
        if self.patroni is not None:
            self.patroni.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.patroni.wait(PATIENCE_S)
        with contextlib.suppress(ProcessLookupError):
            self.kill()

    def server_id(self) -> int | None:
        """The process id of the server, from the file that it keeps, if it runs."""
        try:
            found = int((self.folder / "data" / "postmaster.pid").read_text("utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return found if _runs(found) else None

    def ask(self, statement: str, database: str = "postgres") -> Any:  # noqa: ANN401 - one cell
        """The first cell that the server answers, if it answers any."""
        conninfo = (
            f"host={HOST} port={self.port} user=postgres password={self.password} "
            f"dbname={database} connect_timeout=5"
        )
        with psycopg.connect(conninfo, autocommit=True) as connection:
            answer = connection.execute(statement.encode())
            row = answer.fetchone() if answer.description else None
        return None if row is None else row[0]

    def _leads_alone(self) -> bool:
        try:
            return self.ask("SELECT pg_is_in_recovery()") is False
        except psycopg.OperationalError:  # it still starts
            return False

    def _launch(self, *command: str | Path) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [*self.launcher, *command],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C must reach the run first, the servers last
            )


def wait_for(holds: Callable[[], bool], what: str) -> None:
    """Returns once something holds.

    Raises:
        ClusterError: it does not in time.
    """
    give_up = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > give_up:
            raise ClusterError(f"expected {what} within {PATIENCE_S:g} s, found none")
        time.sleep(_LOOK_S)


def _runs(process_id: int) -> bool:
    """Whether a process is there; one that ended and is not waited for yet is not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text("utf-8")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
