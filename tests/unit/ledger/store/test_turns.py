"""Writers of one file come one after the other, in the order in which they asked."""

import threading
import time

import pytest

from ledger.store.turns import Turns, TurnTimeoutError

PATIENCE_S = 30.0


def test_writers_come_in_the_order_in_which_they_asked() -> None:
    """Of many threads some would wait for ever while others write."""
    turns, came = Turns(PATIENCE_S), []

    def write(number: int) -> None:
        with turns.turn():
            came.append(number)

    threads = []
    with turns.turn():
        for number in range(20):
            threads.append(threading.Thread(target=write, args=(number,)))
            threads[-1].start()
            while len(turns._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join(PATIENCE_S)
    assert came == list(range(20))


def test_only_one_writes_at_a_time() -> None:
    """Two would fall over each other in the database, as before."""
    turns, inside, most = Turns(PATIENCE_S), 0, 0

    def write() -> None:
        nonlocal inside, most
        for _ in range(50):
            with turns.turn():
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert most == 1
    assert not turns._taken


def test_whoever_waits_too_long_leaves_the_queue() -> None:
    """A turn would be given to somebody who has gone, and nobody would write any more."""
    turns = Turns(0.01)
    with turns.turn(), pytest.raises(TurnTimeoutError):
        turns._take()
    with turns.turn():
        assert not turns._waiting


def test_an_error_gives_the_turn_back() -> None:
    """One failed write would be the last one."""
    turns = Turns(0.01)
    for _ in range(2):
        with pytest.raises(LookupError), turns.turn():
            raise LookupError
    with turns.turn():
        pass


def test_a_turn_that_comes_just_too_late_is_passed_on() -> None:
    """Between giving up and being called, a turn would be lost."""
    turns = Turns(PATIENCE_S)
    mine = threading.Lock()
    turns._taken = True  # given to `mine` a moment ago, whose owner had given up
    turns._leave(mine)
    with turns.turn():
        pass
