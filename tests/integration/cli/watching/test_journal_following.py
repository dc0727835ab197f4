"""The journal is taken in through its spool: each entry once, over restarts."""

import time
from pathlib import Path

import pytest

from cli.watching.spool import Spool
from cli.watching.spool_segment import segment_numbers
from tests.fake_journal import FakeJournal
from tests.watched import FACT, WatchedHome, wait_until

JOURNAL = """
[[source]]
system = "gateway"
format = "openssh"
journal = ["ssh.service", "sshd.socket"]
"""


@pytest.fixture
def journal(home: WatchedHome, monkeypatch: pytest.MonkeyPatch) -> FakeJournal:
    home.write_config(JOURNAL)
    made = FakeJournal(home.folder)
    monkeypatch.setenv("PATH", made.path)
    return made


@pytest.fixture
def spool_folder(home: WatchedHome) -> Path:
    return home.home / "watch" / "gateway-openssh" / "spool"


def test_entries_are_recorded_once(home: WatchedHome, journal: FakeJournal) -> None:
    """Entries that come while the watch runs, or between two runs, would be missing or doubled."""
    journal.write(0, 5)
    with home.watching():
        home.wait_for(5)
        journal.write(5, 8)
        home.wait_for(8)
    journal.write(8, 10)
    home.watch_once()
    assert home.numbers() == list(range(10))
    assert [call[-1] for call in journal.calls] == ["--no-tail", "--after-cursor=s=abc;7"]
    assert {"--unit=ssh.service", "--unit=sshd.socket", "--follow"} < set(journal.calls[0])
    assert "--follow" not in journal.calls[1]


def test_the_spool_gives_back_what_is_recorded(
    home: WatchedHome, journal: FakeJournal, spool_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Personal data would stay behind in the home, where no erasure reaches it."""
    monkeypatch.setattr(
        "cli.watching.running.Spool", lambda folder: Spool(folder, segment_bytes=500)
    )
    journal.write(0, 30)
    with home.watching():
        home.wait_for(30)
        wait_until(lambda: len(segment_numbers(spool_folder)) == 1)
    assert segment_numbers(spool_folder)[0] > 5
    assert home.numbers() == list(range(30))


def test_an_entry_says_when_it_was_first_seen(
    home: WatchedHome, journal: FakeJournal, spool_folder: Path
) -> None:
    """A fact that waited in the spool would seem to have been seen when it was recorded."""
    journal.write(0, 1)
    home.watch_once()
    (record,) = [each for each in home.records() if each.stored.kind == FACT]
    assert record.event is not None
    assert record.event.observed_at is not None
    assert record.event.observed_at < record.recorded_at
    assert record.event.collector == "zegel-watch/1"
    for path in spool_folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_a_spool_is_read_again_where_the_state_was_lost(
    home: WatchedHome, journal: FakeJournal, spool_folder: Path
) -> None:
    """A lost file in the home would double the history."""
    journal.write(0, 4)
    home.watch_once()
    (spool_folder.parent / "state.json").unlink()
    (standing,) = home.watch_once().standings
    assert (standing.already_there, standing.conflicts, home.numbers()) == (4, 0, [0, 1, 2, 3])


def test_a_journal_that_cannot_be_read_is_told(
    home: WatchedHome, journal: FakeJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch without journalctl would look as if nothing happened."""
    journal.write(0, 1)
    program = journal.folder / "journalctl"
    program.write_text("#!/bin/sh\necho 'No such file' >&2\nexit 1\n")
    with home.watching() as watch:
        wait_until(lambda: watch.standings[0].condition == "away")
        wait_until(lambda: any("journalctl ended with 1: No such file" in t for t in home.told))
    monkeypatch.setenv("PATH", str(home.folder))
    failure = home.watch_once().failure
    assert failure is not None
    assert "journalctl cannot be started" in str(failure)


def test_a_journal_that_never_gave_an_entry_counts_as_away(
    home: WatchedHome, journal: FakeJournal
) -> None:
    """The silence of a journal that the account may not read would prove that nothing happened."""
    with home.watching() as watch:
        wait_until(lambda: len(journal.calls) == 1)
        time.sleep(0.2)  # so long does it follow, and nothing comes
        assert watch.standings[0].condition == "away"
        journal.write(0, 1)
        wait_until(lambda: watch.standings[0].condition == "following")
    with home.watching() as watch:
        wait_until(lambda: watch.standings[0].condition == "following")
