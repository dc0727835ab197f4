"""Loops beside the requests go on, say how they fare, and end when they are told to."""

from threading import Event

import pytest

from ledger.errors import StoreUnavailable, VerificationError
from service.operations import loops
from service.operations.loops import Loop

PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(loops, "LONGEST_PAUSE_S", 0.02)


def test_a_loop_that_dies_is_begun_again() -> None:
    """One bad moment would leave the log unsigned until somebody looks."""
    runs: list[int] = []
    again = Event()

    def work(stop: Event) -> None:
        runs.append(1)
        if len(runs) < 3:
            raise LookupError("bad moment")
        again.set()
        stop.wait()

    loop = Loop("signer", work)
    loop.start()
    assert again.wait(PATIENCE_S)
    assert (loop.restarts, loop.trouble, loop.broken) == (2, "LookupError", None)
    loop.succeeded()
    assert loop.trouble is None
    loop.stop()
    assert loop.join(PATIENCE_S)


def test_broken_evidence_ends_it_for_good() -> None:
    """A signer that tries again would some day sign what was changed."""
    runs: list[int] = []

    def work(_stop: Event) -> None:
        runs.append(1)
        raise VerificationError("MODIFIED", 3, "expected another hash")

    loop = Loop("signer", work)
    loop.start()
    assert loop.join(PATIENCE_S)
    assert len(runs) == 1
    assert loop.broken is not None
    assert loop.broken.verdict == "MODIFIED"
    assert loop.restarts == 0


def test_a_run_that_failed_is_told_until_one_succeeds() -> None:
    """Nobody would know that the database is away."""
    loop = Loop("signer", lambda _stop: None)
    loop.failed(StoreUnavailable("away"))
    assert loop.trouble == "StoreUnavailable"
    loop.succeeded()
    assert loop.trouble is None


def test_a_loop_that_does_not_end_is_not_waited_for_without_end() -> None:
    """A stop of the service would hang."""
    release = Event()

    def work(_stop: Event) -> None:
        release.wait()

    loop = Loop("signer", work)
    loop.start()
    loop.stop()
    assert not loop.join(0.01)
    release.set()
    assert loop.join(PATIENCE_S)


def test_a_loop_that_never_began_has_ended() -> None:
    """A service that failed to start would hang in its own stop."""
    assert Loop("signer", lambda _stop: None).join(0)
