"""Grants are read again when they changed, and every question sees what was durable before it."""

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from uuid import UUID

import pytest

from ledger import role_grants
from ledger.errors import StoreUnavailable
from ledger.role_grants import GrantsInForce, RoleGrant
from ledger.store.standing import Standing
from tests.grants import OCCURRED_AT

if TYPE_CHECKING:
    from ledger.ledger import Ledger

_PERSON = UUID(int=1)


class _Lock:
    """A lock that tells who comes to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.arrived = threading.Semaphore(0)

    def __enter__(self) -> None:
        self.arrived.release()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class _Log:
    """A log whose administration is a number, and how often it was looked at and read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.version = 1
        self.looks = 0
        self.reads = 0
        self.is_away = False
        self.failing_look = 0
        self.held = threading.Event()
        self.held.set()
        self.entered = threading.Event()
        monkeypatch.setattr(role_grants, "standing", self._standing)
        monkeypatch.setattr(role_grants, "role_grants", self._grants)
        log = SimpleNamespace(engine=None, log_id=1)
        self.grants = GrantsInForce(cast("Ledger", SimpleNamespace(log=log)))
        self.lock = _Lock()
        monkeypatch.setattr(self.grants, "_one_looks", self.lock)

    def _standing(self, *_: object) -> Standing:
        self.looks += 1
        found = Standing(0, 0, self.version)
        self.entered.set()
        self.held.wait(10)
        if self.is_away or self.looks == self.failing_look:
            raise StoreUnavailable("away")
        return found

    def _grants(self, _ledger: object) -> list[RoleGrant]:
        self.reads += 1
        return [
            RoleGrant(
                self.version, UUID(int=2), _PERSON, frozenset({"reader"}), OCCURRED_AT, None, None
            )
        ]

    def seen(self) -> int:
        """The version that a question sees."""
        return self.grants.now().of_person(_PERSON)[0].index


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> _Log:
    return _Log(monkeypatch)


def test_unchanged_grants_are_the_same(log: _Log) -> None:
    """What is kept beside grants would be thrown away at every question."""
    assert log.grants.now() is log.grants.now()
    assert (log.looks, log.reads) == (2, 1)


def test_changed_grants_are_read_again(log: _Log) -> None:
    """A role that was taken away would stay."""
    assert log.seen() == 1
    log.version = 2
    assert (log.seen(), log.reads) == (2, 2)


def test_a_look_that_fails_leaves_nothing(log: _Log) -> None:
    """While the database is away, somebody could go on with a role that was taken away there."""
    assert log.seen() == 1
    log.is_away = True
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            log.seen()
    log.is_away = False
    log.version = 2
    assert log.seen() == 2


def test_who_asks_during_a_look_waits_for_the_next_one(log: _Log) -> None:
    """A role taken away just before a question would count as had in it."""
    assert log.seen() == 1
    found: list[int] = []
    log.held.clear()
    log.entered.clear()
    first = threading.Thread(target=lambda: found.append(log.seen()))
    first.start()
    assert log.entered.wait(10)
    log.version = 2  # durable after that look began, and before these come
    others = [threading.Thread(target=lambda: found.append(log.seen())) for _ in range(5)]
    for thread in others:
        thread.start()
    log.held.set()
    for thread in (first, *others):
        thread.join()
    assert sorted(found) == [1, 2, 2, 2, 2, 2]


def test_who_waits_for_a_look_that_fails_looks_anew(log: _Log) -> None:
    """A role taken away would be had by whoever asks while the database stumbles."""
    assert log.seen() == 1
    found: list[int | str] = []

    def ask() -> None:
        try:
            found.append(log.seen())
        except StoreUnavailable:
            found.append("away")

    log.failing_look = 3  # that of the first one who waits
    log.held.clear()
    log.entered.clear()
    first = threading.Thread(target=ask)
    first.start()
    assert log.entered.wait(10)
    log.version = 2
    assert log.lock.arrived.acquire(timeout=10)
    assert log.lock.arrived.acquire(timeout=10)
    others = [threading.Thread(target=ask) for _ in range(5)]
    for thread in others:
        thread.start()
    for _ in others:
        assert log.lock.arrived.acquire(timeout=10)
    log.held.set()
    for thread in (first, *others):
        thread.join()
    assert sorted(map(str, found)) == ["1", "2", "2", "2", "2", "away"]


def test_questions_that_wait_share_a_look(log: _Log) -> None:
    """A hundred requests at once would each ask the database."""
    assert log.seen() == 1
    log.held.clear()
    log.entered.clear()
    first = threading.Thread(target=log.seen)
    first.start()
    assert log.entered.wait(10)
    log.lock.arrived = threading.Semaphore(0)
    others = [threading.Thread(target=log.seen) for _ in range(20)]
    for thread in others:
        thread.start()
    for _ in others:
        assert log.lock.arrived.acquire(timeout=10)
    log.held.set()
    for thread in (first, *others):
        thread.join()
    assert log.looks == 3
