"""Several sources at once, a database that is away, and an end in good order."""

import errno
import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from cli.sources_state import all_states
from cli.watching import recorder
from cli.watching.file_following import FileFollowing
from cli.watching.source_state import SourceState, StateFile
from ledger.errors import StoreUnavailable
from ledger.events.log_sources import LogSourceWatched
from ledger.ledger import Ledger
from tests.watched import FIRST_AT, WatchedHome, append, attempts, numbers, wait_until

TWO = """
[[source]]
name = "one"
system = "gateway"
format = "openssh"
file = "one.log"
silent_after = "24h"

[[source]]
name = "two"
system = "database"
format = "openssh"
file = "two.log"
"""


def test_two_sources_are_recorded_side_by_side(home: WatchedHome) -> None:
    """The facts of one source would be told in the name of the other, or wait for it."""
    home.write_config(TWO)
    (home.folder / "one.log").write_bytes(attempts(0, 20))
    (home.folder / "two.log").write_bytes(attempts(20, 40))
    with home.watching():
        home.wait_for(40)
    for system, expected in (("gateway", range(20)), ("database", range(20, 40))):
        mine = [
            each
            for each in home.records()
            if each.event is not None and each.event.system == system
        ]
        assert numbers(mine) == list(expected)


def test_a_database_that_is_away_loses_nothing(home: WatchedHome) -> None:
    """A restart of the database would cost what came meanwhile, or end the watch."""
    home.write_config(TWO)
    log = home.folder / "one.log"
    log.write_bytes(attempts(0, 3))
    is_away = threading.Event()
    is_away.set()
    record_many = Ledger.record_many

    def sometimes(ledger: Ledger, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - passed on
        if is_away.is_set():
            message = "the database does not answer"
            raise StoreUnavailable(message)
        return record_many(ledger, *given, **named)

    with (
        mock.patch.object(Ledger, "record_many", sometimes),
        mock.patch.object(recorder, "LONGEST_WAIT_S", 0.05),
        home.watching() as watch,
    ):
        wait_until(lambda: any("cannot be written" in told for told in home.told))
        append(log, attempts(3, 5))
        is_away.clear()
        home.wait_for(5)
        assert watch.failure is None
    assert home.numbers() == list(range(5))
    assert sum("cannot be written" in told for told in home.told) == 1
    assert sum("can be written again" in told for told in home.told) == 1


def test_an_end_while_the_database_is_away_is_told(home: WatchedHome) -> None:
    """The operator would believe that all is recorded, and the next run would skip what is not."""
    home.write_config(TWO)
    (home.folder / "one.log").write_bytes(attempts(0, 3))
    away = mock.patch.object(Ledger, "record_many", side_effect=StoreUnavailable("away"))
    with away, home.watching() as watch:
        wait_until(lambda: any("cannot be written" in told for told in home.told))
    assert isinstance(watch.failure, StoreUnavailable)
    home.watch_once()
    assert home.numbers() == [0, 1, 2]


def test_once_does_not_wait_for_the_database(home: WatchedHome) -> None:
    """A nightly job would hang instead of saying that nothing was recorded."""
    home.write_config(TWO)
    (home.folder / "one.log").write_bytes(attempts(0, 3))
    with mock.patch.object(Ledger, "record_many", side_effect=StoreUnavailable("away")):
        assert isinstance(home.watch_once().failure, StoreUnavailable)


def test_one_source_that_fails_leaves_the_others_alone(home: WatchedHome) -> None:
    """A defect in the reading of one source would end the intake of all."""
    home.write_config(TWO)
    (home.folder / "two.log").write_bytes(attempts(0, 3))
    run = FileFollowing.run

    def fails_for_one(following: FileFollowing) -> None:
        if following.name == "one":
            raise ZeroDivisionError
        run(following)

    with mock.patch.object(FileFollowing, "run", fails_for_one):
        watch = home.watch_once()
    assert home.numbers() == [0, 1, 2]
    assert [each.condition for each in watch.standings] == ["stopped", "ended"]
    assert isinstance(watch.failure, ZeroDivisionError)
    assert any("one: stopped: unexpected failure" in told for told in home.told)


def test_two_watches_never_read_one_source(home: WatchedHome) -> None:
    """Each would move what the other remembers, and lines would be lost."""
    home.write_config(TWO)
    with home.watching(), pytest.raises(StoreUnavailable, match="another zegel watch"):
        home.watch(threading.Event(), once=True)
    home.watch_once()


def test_what_is_watched_is_a_fact_once(home: WatchedHome) -> None:
    """The log could not say since when a source is followed, or would say it at every start."""
    home.write_config(TWO)
    for _ in range(2):
        with home.watching():
            wait_until(lambda: len(_watched(home)) == 2)
    terms = {each.source: each for each in _watched(home)}
    assert terms["gateway"].silent_after == timedelta(hours=24)
    assert terms["database"].silent_after is None
    assert {each.medium for each in terms.values()} == {"file"}


def _watched(home: WatchedHome) -> list[LogSourceWatched]:
    return [each.event for each in home.records() if isinstance(each.event, LogSourceWatched)]


def test_what_cannot_be_read_is_kept(home: WatchedHome) -> None:
    """A line that a later version understands would be gone."""
    home.write_config(TWO)
    (home.folder / "one.log").write_bytes(attempts(0, 1) + b"no line of sshd\n" + attempts(1, 2))
    watch = home.watch_once()
    assert [each.unreadable for each in watch.standings] == [1, 0]
    kept = [path.read_text() for path in Path(home.home / "quarantine").glob("*.ndjson")]
    assert len(kept) == 1
    assert home.numbers() == [0, 1]


def test_a_full_disk_is_waited_for(home: WatchedHome) -> None:
    """A disk that was full for a minute would end the intake until somebody looks."""
    home.write_config(TWO)
    log = home.folder / "one.log"
    log.write_bytes(attempts(0, 3))
    write, left = StateFile.write, [None] * 4

    def full(file: StateFile, state: SourceState) -> None:
        if left:
            left.pop()
            raise OSError(errno.ENOSPC, "No space left on device")
        write(file, state)

    with (
        mock.patch.object(StateFile, "write", full),
        mock.patch.object(recorder, "LONGEST_WAIT_S", 0.05),
        home.watching() as watch,
    ):
        home.wait_for(3)
        assert watch.failure is None
    assert any("No space left on device" in told for told in home.told)
    assert home.numbers() == [0, 1, 2]


def test_a_screen_that_fails_ends_all_in_good_order(home: WatchedHome) -> None:
    """The command would hang, or let go of its sources while it still reads them."""
    home.write_config(TWO)
    watch = home.watch(threading.Event(), once=False)

    def look() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        watch.run(look, look_every_s=0.01)
    assert {"one", "two"}.isdisjoint(each.name for each in threading.enumerate())
    home.watch_once()


def test_what_is_shown_live_is_when_the_source_was_last_heard(home: WatchedHome) -> None:
    """The table of a watch would say another time than `zegel sources`, or none after a restart."""
    home.write_config(TWO)
    log = home.folder / "one.log"
    log.write_bytes(attempts(0, 3) + b"garbage\n")
    written_at = FIRST_AT + timedelta(minutes=5)
    os.utime(log, (written_at.timestamp(), written_at.timestamp()))
    shown = [home.watch_once().standings[0].last_heard_at for _run in range(2)]
    known = [state.heard_at for state in all_states(home.home) if state.heard_at]
    assert [*shown, *known] == [written_at] * 3


def test_a_home_that_cannot_be_written_is_named(home: WatchedHome) -> None:
    """The operator would read of an error of the system, and not of which folder."""
    home.write_config(TWO)
    (home.home / "watch").touch()
    with pytest.raises(StoreUnavailable, match=r"watch/[a-z-]+ cannot be written: File exists"):
        home.watch_once()


def test_what_was_read_to_its_end_has_ended(home: WatchedHome) -> None:
    """Whoever reads the answer of a run for cron would think that it still follows."""
    home.write_config(TWO)
    (home.folder / "one.log").write_bytes(attempts(0, 2))
    conditions = {each.condition for each in home.watch_once().standings}
    assert conditions == {"ended", "away"}
