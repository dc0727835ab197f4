"""When the signer signs."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from ledger.errors import StoreUnavailable, VerificationError
from ledger.events.log_integrity import LogVerified
from ledger.ledger import Ledger
from ledger.query import EventQuery
from ledger.signing.cadence import seal_repeatedly
from ledger.signing.heartbeat import heartbeat_of
from ledger.signing.signer import Sealed
from tests.sealed_home import SealedHome


class MovingClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The present."""
        return self.now


def test_an_idle_log_says_once_an_hour_that_it_is_idle(sealed_home: SealedHome) -> None:
    """Nobody could tell "nothing happened" from "nobody has looked"."""
    sealed_home.add(1)
    clock = MovingClock()
    clock.now = datetime.now(UTC) + timedelta(days=1)  # noqa: TID251 - after what was just added
    opened = Ledger.open(database=sealed_home.url, key_file=sealed_home.key_file, clock=clock)
    with closing(opened) as ledger:
        signer = sealed_home.signer(ledger)
        beat = heartbeat_of(ledger)
        assert sizes(signer.seal(heartbeat=beat)) == (1, True)
        clock.now += timedelta(minutes=59)
        assert sizes(signer.seal(heartbeat=beat)) == (1, False)
        clock.now += timedelta(minutes=1)
        assert sizes(signer.seal(heartbeat=beat)) == (2, True)
        (found,) = ledger.read(EventQuery(kinds=("log.verified",)))
        assert isinstance(found.event, LogVerified)
        assert (found.event.tree_size, found.event.occurred_at) == (1, clock.now)
        assert sizes(signer.seal(heartbeat=beat)) == (2, False)


def sizes(sealed: Sealed | None) -> tuple[int, bool]:
    """The size of a checkpoint, and whether it is new."""
    assert sealed is not None
    return sealed.checkpoint.size, sealed.is_new


def test_a_log_without_records_is_not_signed(sealed_home: SealedHome) -> None:
    """A checkpoint over nothing would look like evidence."""
    with closing(sealed_home.open()) as ledger:
        assert sealed_home.signer(ledger).seal(heartbeat=heartbeat_of(ledger)) is None


def test_the_loop_signs_what_is_new_and_stops_when_told(sealed_home: SealedHome) -> None:
    """New records would stay unsigned, or the program could only be killed."""
    sealed_home.add(2)
    stop, told = Event(), Event()
    found: list[Sealed | StoreUnavailable] = []

    def tell(outcome: Sealed | StoreUnavailable) -> None:
        found.append(outcome)
        told.set()

    with closing(sealed_home.open()) as ledger:
        signer = sealed_home.signer(ledger)
        loop = Thread(
            target=seal_repeatedly,
            args=(signer, stop, tell),
            kwargs={"heartbeat": None, "every_s": 0.01},
        )
        loop.start()
        assert told.wait(30)
        told.clear()
        sealed_home.add(1)
        assert told.wait(30)
        stop.set()
        loop.join(30)
        assert not loop.is_alive()
    seen = [one.checkpoint.size for one in found if isinstance(one, Sealed)]
    assert seen == [2, 3]


def test_the_loop_outlives_a_database_that_is_away(sealed_home: SealedHome) -> None:
    """A database that restarts would end the sealing for good."""
    stop = Event()
    found: list[Sealed | StoreUnavailable] = []
    path = sealed_home.signing.state.path
    away = path.rename(path.with_suffix(".away"))

    def tell(outcome: Sealed | StoreUnavailable) -> None:
        found.append(outcome)
        if isinstance(outcome, Sealed):
            stop.set()
        elif away.exists():
            away.rename(path)

    sealed_home.add(1)
    with closing(sealed_home.open()) as ledger:
        seal_repeatedly(sealed_home.signer(ledger), stop, tell, heartbeat=None, every_s=0.01)
    assert [type(one) for one in found] == [StoreUnavailable, Sealed]


def test_the_loop_ends_at_a_history_that_cannot_be_signed(sealed_home: SealedHome) -> None:
    """A fork would scroll by as one line among many."""
    sealed_home.add(3)
    sealed_home.seal()
    sealed_home.truncate(1, with_checkpoints=True)
    with closing(sealed_home.open()) as ledger, pytest.raises(VerificationError):
        seal_repeatedly(sealed_home.signer(ledger), Event(), print, heartbeat=None, every_s=0.01)
