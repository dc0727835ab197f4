"""One round with real programs: a server that is attacked and used, and the log that watches it.

`gateway` keeps two things: the web site of InFactor, which fail2ban guards, and the SFTP server of
InfoBuilder, with a program that processes files. Its `auth.log` begins as a copy of an older one
and goes on with what the real sshd says.
"""

import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ledger.units import utc_now
from tests.command_line import ZEGEL, clean_environment, zegel_here
from tests.real_sshd import RealSshd

PROJECT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = PROJECT / "docs" / "how-to" / "connect"
COPIED: Final = PROJECT / "cli" / "demo_data" / "auth.log"
SECONDS: Final = 60

_STAMP: Final = "%b %e %H:%M:%S"
_BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_JAIL: Final = """\
[sshd]
enabled = true
filter = sshd
backend = polling
usedns = no
ignoreself = false
logpath = {auth_log}
maxretry = 3
findtime = 2d
bantime = 1d
"""


def blocks_of(page: str, language: str) -> list[str]:
    """The blocks of one language that a page tells people to use, in order."""
    text = (PAGES / f"{page}.md").read_text("utf-8")
    return [body for found, body in _BLOCK.findall(text) if found == language]


def until(holds: Callable[[], bool], what: str) -> None:
    """Waits for something that another program does."""
    gives_up_at = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < gives_up_at, what
        time.sleep(0.1)


def copy_auth_log(target: Path, now: datetime) -> None:
    """An auth log of another day, as if it had ended a minute ago."""
    lines = COPIED.read_text("utf-8").splitlines()
    year = now.year - 1
    written = [datetime.strptime(f"{year} {line[:15]}", "%Y %b %d %H:%M:%S") for line in lines]  # noqa: DTZ007 - only their distance counts
    shift = now.replace(tzinfo=None) - timedelta(minutes=1) - written[-1]
    target.write_text(
        "".join(
            f"{(at + shift).strftime(_STAMP)}{line[15:]}\n"
            for at, line in zip(written, lines, strict=True)
        )
    )


@dataclass
class SyslogDaemon:
    """What a syslog daemon does: datagrams become lines of a file, with the name of the host."""

    socket_path: Path
    auth_log: Path
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Takes in datagrams until the block ends."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as taken:
            taken.bind(str(self.socket_path))
            taken.settimeout(0.2)
            thread = threading.Thread(target=self._write, args=(taken,))
            thread.start()
            try:
                yield
            finally:
                self._stop.set()
                thread.join()

    def _write(self, taken: socket.socket) -> None:
        while not self._stop.is_set():
            try:
                datagram = taken.recv(8192).decode()
            except TimeoutError:
                continue
            _, _, line = datagram.partition(">")  # the priority, which files lack
            with self.auth_log.open("a") as log:
                log.write(f"{line[:15]} gateway {line[16:].rstrip()}\n")


def settle_fail2ban(folder: Path, auth_log: Path) -> None:
    """Settings of a server with Debian's own filter, that acts against nobody."""
    etc = folder / "etc"
    (etc / "filter.d").mkdir(parents=True)
    for name in ("sshd.conf", "common.conf"):
        shutil.copy(Path("/etc/fail2ban/filter.d") / name, etc / "filter.d" / name)
    (etc / "fail2ban.conf").write_text(
        f"[Definition]\nloglevel = INFO\nlogtarget = {folder}/fail2ban.log\nsyslogsocket = auto\n"
        f"socket = {folder}/sock\npidfile = {folder}/pid\ndbfile = {folder}/fail2ban.sqlite3\n"
        "dbpurgeage = 1d\ndbmaxmatches = 10\n"
    )
    (etc / "jail.conf").write_text(_JAIL.format(auth_log=auth_log))


@dataclass(frozen=True)
class Application:
    """The program that processes files, and tells what it does in Zegel's own language."""

    log: Path

    def tell(self, kind: str, path: Path, **more: Any) -> None:  # noqa: ANN401 - fields of an event
        """One fact about a file, now."""
        fact = {
            "kind": kind,
            "occurred_at": utc_now().isoformat(),
            "file_id": str(path),
            "process": "orders-to-carrier",
        }
        with self.log.open("a") as log:
            log.write(json.dumps(fact | more) + "\n")

    def process(self, received: Path, produced: Path, *, keeps_s: float = 0) -> None:
        """Makes one file out of another, and removes that one, at once or later."""
        produced.write_text(received.read_text().replace(";", ",") * 3)
        self.tell("file.produced", produced, source_file=str(received))
        self.tell("file.processed", received)
        time.sleep(keeps_s)
        received.unlink()
        self.delete(received)

    def delete(self, path: Path) -> None:
        """Tells that a file that came in is gone."""
        fact = {"kind": "data.deleted", "file_id": str(path), "scope": "input", "method": "erased"}
        with self.log.open("a") as log:
            log.write(json.dumps(fact | {"occurred_at": utc_now().isoformat()}) + "\n")


@contextmanager
def watching(home: Path, config: Path, sources: int) -> Iterator[subprocess.Popen[bytes]]:
    """`zegel watch` until the block ends, stopped as systemd stops it; it must end well."""
    said = config.with_suffix(".stderr")
    with (
        said.open("wb") as stderr,
        subprocess.Popen(
            [ZEGEL, "--home", home, "watch", config],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=clean_environment(TZ="UTC"),
        ) as process,
    ):
        try:
            until(
                lambda: len(said.read_text().splitlines()) >= sources or process.poll() is not None,
                "zegel watch says nothing",
            )
            assert process.poll() is None, said.read_text()
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(SECONDS)
    assert process.returncode == 0, said.read_text()


def answer(home: Path, *words: str) -> Any:  # noqa: ANN401 - JSON
    """The JSON of one answer; NDJSON as a list."""
    told = zegel_here("--home", home, *words)
    assert told.returncode == 0, told.stderr
    if "--json" in words and words[0] != "log":
        return json.loads(told.stdout)
    return [json.loads(line) for line in told.stdout.splitlines()]


def do(home: Path, *words: str) -> None:
    """One command that must succeed."""
    done = zegel_here("--home", home, *words)
    assert done.returncode == 0, done.stderr


def upload(sshd: RealSshd, folder: Path, name: str, *, origin: str) -> Path:
    """A file that a customer put on the server, under another name until all of it was there."""
    local = folder / f"local-{name}"
    local.write_text("order;4711\n" * 20)
    there = folder / "srv" / name
    sshd.sftp(f'put "{local}" "{there}.part"', f'rename "{there}.part" "{there}"', origin=origin)
    return there
