"""A real fail2ban server with our action: own folder, socket and database, no firewall.

It watches one file by polling; a line of `FAILED` in it is a failed login. It runs as root or not,
because it acts against nobody.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.stopped_programs import ended_with_us, stopped_at_end

PROJECT: Final = Path(__file__).resolve().parents[1]
ACTION: Final = PROJECT / "deploy" / "fail2ban" / "zegel.py"
FAILED: Final = "{at} gateway sshd[7]: Failed password for {user} from {ip} port 4242 ssh2"
SECONDS: Final = 60
"""A server that does not do what it should must not hang the run."""

_FILTER: Final = r"""
[Definition]
failregex = ^ \S+ sshd\[\d+\]: Failed password for \S+ from <HOST> port \d+ ssh2$
datepattern = ^%%Y-%%m-%%d %%H:%%M:%%S
"""
_JAIL: Final = """
[sshd]
enabled = true
filter = login
backend = polling
usedns = no
logpath = {folder}/auth.log
maxretry = 3
findtime = 600
bantime = {ban_s}
action = zegel.py[url="{url}", key_file="{folder}/key", spool="{folder}/spool"{options}]
"""


@dataclass(frozen=True)
class Fail2ban:
    """One running server."""

    folder: Path

    @property
    def settings(self) -> tuple[str | Path, ...]:
        """The options that say where it is, which its client is told too."""
        return "-c", self.folder / "etc", "-s", self.folder / "sock"

    def client(self, *words: str) -> str:
        """What `fail2ban-client` answered."""
        done = subprocess.run(
            ["fail2ban-client", *self.settings, *words],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
        return done.stdout

    def fail(self, ip: str, times: int = 3, user: str = "root") -> None:
        """So many logins failed from an address."""
        at = time.strftime("%Y-%m-%d %H:%M:%S")
        with (self.folder / "auth.log").open("a") as log:
            log.writelines(FAILED.format(at=at, user=user, ip=ip) + "\n" for _ in range(times))

    def log(self) -> str:
        """What the server wrote about itself."""
        return (self.folder / "fail2ban.log").read_text()

    def waiting(self) -> list[Path]:
        """The facts that are still to be sent."""
        return sorted((self.folder / "spool" / "sshd").glob("*.json"))


def require_fail2ban() -> None:
    """Skips, or fails where the tools are said to be installed, without a fail2ban server."""
    if shutil.which("fail2ban-server") is None:
        if os.environ.get("ZEGEL_TEST_TOOLS") == "installed":
            pytest.fail("fail2ban is not installed, although ZEGEL_TEST_TOOLS says so")
        pytest.skip("fail2ban is not installed; `make test` installs it")


def settle(folder: Path, url: str, *, key: str, ban_s: int = 600, options: str = "") -> None:
    """Writes the settings of a server; `options` are further ones of the action."""
    etc = folder / "etc"
    for name in ("action.d", "filter.d"):
        (etc / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(ACTION, etc / "action.d" / "zegel.py")
    (etc / "filter.d" / "login.conf").write_text(_FILTER)
    (etc / "fail2ban.conf").write_text(
        f"[Definition]\nloglevel = INFO\nlogtarget = {folder}/fail2ban.log\nsyslogsocket = auto\n"
        f"socket = {folder}/sock\npidfile = {folder}/pid\ndbfile = {folder}/fail2ban.sqlite3\n"
        "dbpurgeage = 1d\ndbmaxmatches = 10\n"
    )
    (etc / "jail.conf").write_text(
        _JAIL.format(folder=folder, url=url, ban_s=ban_s, options=options)
    )
    (folder / "auth.log").touch()
    (folder / "key").write_text(f"{key}\n")
    (folder / "key").chmod(0o600)


@contextmanager
def running_fail2ban(folder: Path) -> Iterator[Fail2ban]:
    """The server with the settings of a folder, stopped as systemd stops it when the block ends."""
    server = Fail2ban(folder)
    with (
        subprocess.Popen(
            [*ended_with_us(), *("fail2ban-server", "-f"), *server.settings, "start"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        ) as process,
        stopped_at_end(process, SECONDS),
    ):
        _wait(server, process)
        yield server


def _wait(server: Fail2ban, process: subprocess.Popen[bytes]) -> None:
    gives_up_at = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < gives_up_at:
        try:
            if "sshd" in server.client("status"):
                return
        except subprocess.CalledProcessError:
            time.sleep(0.05)
    raise AssertionError(f"fail2ban did not start: {server.log()}")
