"""A listener that is killed again and again records what it took once each, without holes."""

import contextlib
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

from ledger.home import Home
from ledger.query import EventQuery
from tests.command_line import ZEGEL, clean_environment, zegel_here
from tests.syslog_messages import counted
from tests.watched import attempt, numbers, wait_until

KILLS: Final = 2
SECONDS: Final = 30
ENOUGH_BYTES: Final = 40_000
"""Some hundreds of messages: the watch is busy when it is killed."""

CONFIG: Final = '[[source]]\nsystem = "gateway"\nformat = "syslog"\nlisten = "tcp:127.0.0.1:0"\n'
LISTENS: Final = re.compile(r"listening at tcp:127\.0\.0\.1:(\d+)")


@contextmanager
def watching(home: Path, config: Path) -> Iterator[int]:
    """The port of a watch that is killed at the end of the block."""
    with subprocess.Popen(
        [ZEGEL, "--home", home, "watch", config],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    ) as process:
        try:
            assert process.stderr is not None
            told = filter(None, map(LISTENS.search, process.stderr))
            yield int(next(told)[1])
        finally:
            process.kill()


def send(port: int, numbered: Iterator[int]) -> None:
    """Sends numbered messages until the other side dies; some of the last ones never arrive."""
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as peer,
    ):
        for number in numbered:
            peer.sendall(counted(b"<38>" + attempt(number).rstrip()))
            time.sleep(0.0005)


def taken_bytes(home: Path) -> int:
    """How much the listener has taken so far."""
    return sum(path.stat().st_size for path in (home / "watch").glob("*/spool/*.spool"))


def has_taken(home: Path, size: int) -> bool:
    """Whether it has taken more than so many bytes."""
    return taken_bytes(home) > size


def recorded(home: Path) -> list[int]:
    """The numbers of the messages that are recorded, in the order of the log."""
    with closing(Home(home).open_ledger()) as ledger:
        return numbers(list(ledger.read(EventQuery())))


def test_what_was_taken_is_recorded_once_and_without_holes(home: Path, tmp_path: Path) -> None:
    """A power cut would leave a message in the middle out, or record one twice."""
    config = tmp_path / "watch.toml"
    config.write_text(CONFIG)
    began = []
    for kill in range(KILLS):
        began.append(kill * 10_000)
        with watching(home, config) as port:
            numbered = iter(range(began[-1], began[-1] + 10_000))
            sender = threading.Thread(target=send, args=(port, numbered))
            before = taken_bytes(home)
            sender.start()
            wait_until(partial(has_taken, home, before + ENOUGH_BYTES))
        sender.join(SECONDS)
    ended = zegel_here("--home", home, "watch", "--once", config)
    assert ended.returncode == 0, ended.stderr
    found = recorded(home)
    of_kill = [[number for number in found if number // 10_000 == kill] for kill in range(KILLS)]
    assert all(len(each) > 100 for each in of_kill)
    assert [each[0] for each in of_kill] == began
    assert all(after - before == 1 for each in of_kill for before, after in pairwise(each))
