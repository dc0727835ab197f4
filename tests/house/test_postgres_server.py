"""The throw-away PostgreSQL server of the tests is a real one and leaves nothing behind."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.house.tracked_files import PROJECT
from tests.postgres_server import ADDRESS_VARIABLE, FSYNC_VARIABLE, find_programs

PRINT_ADDRESS = f"import os; print(os.environ['{ADDRESS_VARIABLE}'], flush=True)"


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder for the server's files that its account can walk to; pytest's are private."""
    if find_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="zegel-house-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def _start(folder: Path, program: str) -> subprocess.Popen[str]:
    """A Python program beside a server of its own, as ``make test`` starts pytest."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.postgres_server", "--", sys.executable, "-c", program],
        cwd=PROJECT,
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _conninfo(url: str) -> str:
    return url.strip().replace("postgresql+psycopg:", "postgresql:")


def test_the_server_is_as_durable_as_was_asked(
    postgres_administration: psycopg.Connection,
) -> None:
    """A benchmark would be quick because nothing reaches the disk, or a commit not be one."""
    asked = "off" if os.environ.get(FSYNC_VARIABLE) == "off" else "on"
    wanted = {"fsync": asked, "full_page_writes": asked, "synchronous_commit": "on"}
    for setting, value in wanted.items():
        row = postgres_administration.execute(f"SHOW {setting}".encode()).fetchone()
        assert row == (value,), setting


def test_the_server_is_gone_after_the_command_and_its_exit_code_is_kept(folder: Path) -> None:
    """A failed run would look green, or each run would leave a server and its files."""
    with _start(folder, f"{PRINT_ADDRESS}; raise SystemExit(7)") as run:
        url, _ = run.communicate()
    assert run.returncode == 7
    assert list(folder.iterdir()) == []
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(_conninfo(url))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_dies_with_its_owner(folder: Path, how: signal.Signals) -> None:
    """An interrupted run would leave a server behind on the machine."""
    with _start(folder, f"{PRINT_ADDRESS}; import time; time.sleep(60)") as run:
        assert run.stdout is not None
        conninfo = _conninfo(run.stdout.readline())
        psycopg.connect(conninfo).close()
        run.send_signal(how)
        run.wait()
        with contextlib.suppress(ProcessLookupError):  # the sleeper outlives a killed owner
            os.killpg(run.pid, signal.SIGKILL)
        assert _stops_answering(conninfo)
        assert _has_ended(folder)


def _stops_answering(conninfo: str) -> bool:
    """Whether the server went away; a shutdown takes a moment after its owner is gone."""
    for _ in range(200):
        try:
            psycopg.connect(conninfo).close()
        except psycopg.OperationalError:
            return True
        time.sleep(0.05)
    return False


def _has_ended(folder: Path) -> bool:
    """Whether it is gone too: it refuses sessions while it still writes what it leaves.

    The file with its process id is the last that it removes; where its owner lived to see that, the
    whole folder is gone.
    """
    for _ in range(600):
        if not list(folder.glob("*/data/postmaster.pid")):
            return True
        time.sleep(0.05)
    return False
