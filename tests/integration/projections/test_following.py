"""Views follow a log that grows, in one process or in several, until they are told to stop."""

from collections.abc import Callable
from queue import Queue
from threading import Event, Thread
from unittest import mock

import pytest

from ledger.errors import StoreUnavailable
from ledger.ledger import Ledger
from ledger.store import reading
from projections import VIEWS, following, query
from projections.following import project_repeatedly
from projections.position import read_places
from tests.grants import grant

PATIENCE_S = 60.0


@pytest.fixture
def open_again(ledger: Ledger, database_url: str) -> Callable[[], Ledger]:
    """Opens the same log as another process does."""
    return lambda: Ledger.open(database=database_url, key_file=ledger.key_file)


class Follower:
    """A loop in a thread, and what it told."""

    def __init__(self, ledger: Ledger) -> None:
        self.told: Queue[object] = Queue()
        self.stop = Event()
        self._thread = Thread(
            target=project_repeatedly,
            args=(ledger, self.stop, self.told.put),
            kwargs={"every_s": 0.01},
        )
        self._thread.start()

    def reaches(self, size: int) -> None:
        """Waits until the views hold so many records."""
        while self.told.get(timeout=PATIENCE_S) != size:
            pass

    def end(self) -> None:
        """Tells it to end, and waits for it."""
        self.stop.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


def positions(ledger: Ledger) -> set[int]:
    with reading(ledger.log.engine) as connection:
        places = read_places(connection, ledger.log.log_id)
    return {places[name].position for name in VIEWS}


def test_each_growth_is_folded(ledger: Ledger) -> None:
    """Views would answer with yesterday's facts until somebody rebuilds them."""
    follower = Follower(ledger)
    try:
        follower.reaches(ledger.head().size)
        for _ in range(2):
            ledger.record(grant())
            follower.reaches(ledger.head().size)
            assert positions(ledger) == {ledger.head().size}
    finally:
        follower.end()


def test_growth_by_another_process_is_noticed(
    ledger: Ledger, open_again: Callable[[], Ledger]
) -> None:
    """With several services on one database, views would follow one of them only."""
    follower = Follower(ledger)
    other = open_again()
    try:
        follower.reaches(ledger.head().size)
        other.record(grant())
        follower.reaches(other.head().size)
    finally:
        follower.end()
        other.close()


def test_several_followers_fold_each_record_once(
    ledger: Ledger, open_again: Callable[[], Ledger]
) -> None:
    """Two services on one database would count everything twice, or fall over each other."""
    other = open_again()
    followers = [Follower(ledger), Follower(other)]
    try:
        for _ in range(3):
            ledger.record_many([grant() for _ in range(5)])
        for each in followers:
            each.reaches(ledger.head().size)
        assert positions(ledger) == {ledger.head().size}
    finally:
        for each in followers:
            each.end()
        other.close()


def test_a_database_that_is_away_is_tried_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart of the database would end the loop, and nobody would notice."""
    monkeypatch.setattr(following, "_LOOK_ANYWAY_S", 0.01)
    whole = query.catch_up
    away = mock.Mock(side_effect=[StoreUnavailable("away"), StoreUnavailable("away")])

    def catch_up(*given: object, **named: object) -> object:
        if away.call_count < 2:
            away()
        return whole(*given, **named)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(following, "catch_up", catch_up)
    follower = Follower(ledger)
    try:
        assert isinstance(follower.told.get(timeout=PATIENCE_S), StoreUnavailable)
        follower.reaches(ledger.head().size)
    finally:
        follower.end()


def test_it_stops_between_two_batches(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stop of a service would wait until years of records are folded."""
    stop = Event()

    def catch_up(_ledger: Ledger, *, progress: Callable[[int], None]) -> int:
        stop.set()
        progress(1)
        raise AssertionError("went on after it was told to stop")

    monkeypatch.setattr(following, "catch_up", catch_up)
    project_repeatedly(ledger, stop, lambda _outcome: None)
