"""The command that watches: killed again and again, told to end, asked what it would watch."""

import json
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.home import Home
from ledger.query import EventQuery
from tests.command_line import SECONDS, ZEGEL, clean_environment, zegel_here
from tests.fake_journal import FakeJournal
from tests.watched import append, attempts, numbers, wait_until

CONFIG = """
[[source]]
name = "file"
system = "gateway"
format = "openssh"
file = "auth.log"

[[source]]
name = "journal"
system = "desk"
format = "openssh"
journal = "ssh.service"
"""
LINES = 4000
KILLS = 5


def recorded(home: Path, system: str) -> list[int]:
    """Which attempts are in the log, in the name of a system."""
    ledger = Home(home).open_ledger()
    try:
        return numbers(list(ledger.read(EventQuery(system=system))))
    finally:
        ledger.close()


@contextmanager
def watching(home: Path, config: Path, path: str) -> Iterator["subprocess.Popen[str]"]:
    """The command as a service manager starts it; killed at the end, if it still runs."""
    with subprocess.Popen(
        [ZEGEL, "--home", home, "watch", config],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(PATH=path),
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def write_and_rotate(log: Path, started: threading.Event) -> None:
    """Writes as a program that logs does, and rotates as logrotate does: renames, or copies."""
    drawn = random.Random(10)
    done, rotation = 0, 0
    while done < LINES:
        count = drawn.randint(1, 80)
        append(log, attempts(done, min(LINES, done + count)))
        done += count
        started.wait(SECONDS)
        time.sleep(0.06)
        if drawn.random() < 0.1:
            rotation += 1
            log.rename(log.with_name(f"auth.log.{100 - rotation}"))


def test_a_watch_that_is_killed_again_and_again_loses_and_doubles_nothing(
    home: Path, tmp_path: Path
) -> None:
    """A power cut, or a kernel short of memory, would leave a hole in the history."""
    config, log, journal = tmp_path / "watch.toml", tmp_path / "auth.log", FakeJournal(tmp_path)
    config.write_text(CONFIG)
    log.write_bytes(attempts(0, 1))
    started = threading.Event()
    writer = threading.Thread(target=write_and_rotate, args=(log, started))
    log.unlink()
    writer.start()
    wait_until(log.exists)
    drawn = random.Random(11)
    for kill in range(KILLS):
        journal.write(kill * 200, kill * 200 + 200)
        with watching(home, config, journal.path) as running:
            if kill == 0:
                wait_until((home / "watch" / "file" / "state.json").exists)
                started.set()
            time.sleep(0.9 + drawn.random() / 2)
            running.kill()
    writer.join()
    ended = zegel_here("--home", home, "watch", "--once", config, PATH=journal.path)
    assert ended.returncode == 0, ended.stderr
    assert sorted(recorded(home, "gateway")) == list(range(LINES))
    assert sorted(recorded(home, "desk")) == list(range(200 * KILLS))
    assert zegel_here("--home", home, "verify").returncode == 0


def test_told_to_end_it_finishes_what_was_read(home: Path, tmp_path: Path) -> None:
    """A restart of the machine would wait for it, or find it unfinished."""
    config, log, journal = tmp_path / "watch.toml", tmp_path / "auth.log", FakeJournal(tmp_path)
    config.write_text(CONFIG)
    log.write_bytes(attempts(0, 500))
    journal.write(0, 10)
    with watching(home, config, journal.path) as running:
        wait_until(lambda: len(recorded(home, "gateway")) == 500)
        wait_until(lambda: len(recorded(home, "desk")) == 10)
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=SECONDS)
    assert running.returncode == 0, said
    assert sorted(said.splitlines()) == [
        "zegel: file: ended: 500 recorded",
        f"zegel: file: gateway, openssh: file {log}",
        "zegel: journal: desk, openssh: journal ssh.service",
        "zegel: journal: ended: 10 recorded",
    ]
    kept = [home / "watch", *(home / "watch").rglob("*")]
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}


def test_a_check_changes_nothing(home: Path, tmp_path: Path) -> None:
    """Somebody who only wanted to look would have started to record."""
    config = tmp_path / "watch.toml"
    config.write_text(CONFIG)
    before = sorted(home.iterdir())
    answer = zegel_here("--home", home, "watch", "--check", config)
    assert answer.returncode == 0
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [(row["name"], row["medium"], row["place"]) for row in rows] == [
        ("file", "file", str(tmp_path / "auth.log")),
        ("journal", "journal", "ssh.service"),
    ]
    assert "auth.log: expected a file that can be read, found none yet" in answer.stderr
    (tmp_path / "auth.log").mkdir()
    assert "found a folder" in zegel_here("--home", home, "watch", "--check", config).stderr
    assert sorted(home.iterdir()) == before


def test_a_mistake_ends_it_before_anything_is_read(home: Path, tmp_path: Path) -> None:
    """Half of the sources would be watched, and nobody would know which."""
    config = tmp_path / "watch.toml"
    config.write_text(CONFIG.replace('"journal"', '"file"'))
    answer = zegel_here("--home", home, "watch", config)
    assert answer.returncode == 2
    assert f"{config}, [[source]] 2, key name: expected another one" in answer.stderr


def test_a_log_of_which_nothing_can_be_read_says_so(home: Path, tmp_path: Path) -> None:
    """A nightly job would succeed and record nothing."""
    config = tmp_path / "watch.toml"
    config.write_text(CONFIG.partition('[[source]]\nname = "journal"')[0])
    (tmp_path / "auth.log").write_text("no line\nof any program\n")
    answer = zegel_here("--home", home, "watch", "--once", config)
    assert answer.returncode == 2
    (row,) = [json.loads(line) for line in answer.stdout.splitlines()]
    assert (row["unreadable"], row["recorded"]) == (2, 0)


def test_the_configuration_of_the_page_is_understood(home: Path, tmp_path: Path) -> None:
    """Whoever copies it would be told that it is wrong."""
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "watch.md").read_text()
    config = tmp_path / "watch.toml"
    config.write_text(page.partition("```toml\n")[2].partition("```")[0])
    answer = zegel_here("--home", home, "watch", "--check", config)
    assert answer.returncode == 0, answer.stderr
    media = [json.loads(line)["medium"] for line in answer.stdout.splitlines()]
    assert media == ["file", "file", "folder", "journal"]
