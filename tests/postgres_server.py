"""A throw-away PostgreSQL server: own data folder, free loopback port, gone at the end.

The only place that knows where Debian keeps PostgreSQL and how to start it.

- PostgreSQL refuses to run as root, so a root caller hands it to an unprivileged account.
- fsync is on unless ``ZEGEL_TEST_FSYNC=off`` says that only programs die, not the machine: what a
  server has committed survives every writer that tests kill.
- The server dies with its owner, even when the owner is killed (``setpriv --pdeathsig``).

As a command it runs another command with the server's address in ``ZEGEL_TEST_POSTGRES``::

    python -m tests.postgres_server -- pytest tests/integration

``make test`` and ``make bench`` do that.
"""

import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import psycopg

ADDRESS_VARIABLE: Final = "ZEGEL_TEST_POSTGRES"
FSYNC_VARIABLE: Final = "ZEGEL_TEST_FSYNC"
OLDEST_VERSION: Final = 15
EMPTY_COPY: Final = "TEMPLATE template0 STRATEGY file_copy"
"""How a database of a test begins. The template never has sessions, so several workers can copy it
at once; a copy of its files costs the server half of what one through its memory does.
"""
_PROJECT: Final = Path(__file__).resolve().parent.parent
_USER: Final = "zegel"
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 30


class ServerUnavailableError(Exception):
    """No PostgreSQL server could be started; the message says what was tried."""


def find_programs() -> Path | None:
    """The folder of the newest usable ``initdb`` and ``postgres``, or None where there is none."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    on_path = shutil.which("initdb")
    folders = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    usable = [(version, folder) for folder in folders if (version := _major_version(folder))]
    return max(usable)[1] if usable else None


def install_programs() -> Path:
    """The folder of the PostgreSQL programs, installed from Debian's packages if need be.

    Raises:
        ServerUnavailableError: They are absent and could not be installed.
    """
    if found := find_programs():
        return found
    installer = _PROJECT / "tools" / "debian_packages"
    installed = subprocess.run([installer, "postgresql"], check=False, stdin=subprocess.DEVNULL)
    if installed.returncode == 0 and (found := find_programs()):
        return found
    raise ServerUnavailableError(
        f"the tests need PostgreSQL >= {OLDEST_VERSION}; install it with: "
        "sudo apt-get install postgresql"
    )


@contextlib.contextmanager
def running_server(programs: Path, settings: Mapping[str, str] = _NONE) -> Iterator[str]:
    """The SQLAlchemy URL of a server that runs until the block is left, however it is left.

    Args:
        programs: The folder of the PostgreSQL programs.
        settings: Those of the server beside the usual ones, as in ``postgresql.conf``.

    Raises:
        ServerUnavailableError: ``initdb`` or the server failed; the message holds its output.
    """
    folder = Path(tempfile.mkdtemp(prefix="zegel-postgres-"))
    try:
        launcher = unprivileged_launcher(folder)
        password = _create_cluster(programs, folder, launcher)
        port = free_port()
        server = _start(programs, folder, launcher, {**settings, "port": str(port)})
        try:
            address = f"{_USER}:{password}@127.0.0.1:{port}/postgres"
            _wait_until_ready(server, f"postgresql://{address}", folder / "log")
            yield f"postgresql+psycopg://{address}"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _major_version(folder: Path) -> int | None:
    """The major version of the programs in a folder, None if unusable or too old."""
    if not ((folder / "initdb").exists() and (folder / "postgres").exists()):
        return None
    answer = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)", answer.stdout)
    version = int(found[1]) if found else 0
    return version if version >= OLDEST_VERSION else None


def unprivileged_launcher(folder: Path) -> list[str]:
    """The words put before a command so that it runs unprivileged and dies with this process.

    Makes the folder belong to the account that will run the server.
    """
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0:
        return [setpriv, "--pdeathsig", "INT"] if setpriv else []
    if setpriv is None:
        raise ServerUnavailableError("root needs setpriv (package util-linux) to start PostgreSQL")
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, account.pw_uid, account.pw_gid)
    owner = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return [setpriv, *owner, "--pdeathsig", "INT"]


def _create_cluster(programs: Path, folder: Path, launcher: Sequence[str]) -> str:
    """The password of the only account of a new cluster in ``folder / "data"``."""
    password = secrets.token_hex(16)
    password_file = folder / "password"
    password_file.write_text(password)
    owner = folder.stat()
    os.chown(password_file, owner.st_uid, owner.st_gid)
    password_file.chmod(0o600)
    # --no-sync only concerns these first files; a crash before the tests start loses nothing.
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"]
    options += ["--username", _USER, "--pwfile", str(password_file)]
    made = subprocess.run(
        [*launcher, programs / "initdb", *options, "--pgdata", folder / "data"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if made.returncode != 0:
        raise ServerUnavailableError(f"initdb failed: {made.stdout}{made.stderr}")
    return password


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _fsync() -> str:
    return "off" if os.environ.get(FSYNC_VARIABLE) == "off" else "on"


def _start(
    programs: Path, folder: Path, launcher: Sequence[str], more: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """The server process itself, not a wrapper: its id is what stops it."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        "fsync": _fsync(),
        "full_page_writes": _fsync(),
        "synchronous_commit": "on",
        **more,
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        # A session of its own: Ctrl-C must reach the tests first, the server last.
        return subprocess.Popen(
            [*launcher, programs / "postgres", "-D", folder / "data", *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_ready(server: subprocess.Popen[bytes], conninfo: str, log: Path) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < give_up:
        try:
            psycopg.connect(conninfo, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise ServerUnavailableError(f"PostgreSQL did not start: {log.read_text(errors='replace')}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown (SIGINT): open sessions are rolled back and closed."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _run(command: Sequence[str]) -> int:
    """The exit code of a command that ran with a server at its side."""
    with running_server(install_programs()) as url:
        child = subprocess.Popen(command, env=os.environ | {ADDRESS_VARIABLE: url})
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """The exit code of ``-- COMMAND…`` run beside a server; 1 if no server can be had."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        sys.stderr.write("usage: python -m tests.postgres_server -- COMMAND [ARGUMENT...]\n")
        return 2
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _run(command)
    except ServerUnavailableError as error:
        sys.stderr.write(f"zegel: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
