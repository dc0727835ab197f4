"""Commits are watched while they are under way, and not a moment longer."""

import threading
import time
from typing import Any, cast

import pytest

from ledger.store import commit_watch
from ledger.store.commit_watch import CommitWatch


class Driver:
    """A connection that counts how often it was asked to give up."""

    def __init__(self) -> None:
        self.cancelled = 0

    def cancel(self) -> None:
        """As psycopg has it."""
        self.cancelled += 1


def test_a_commit_that_was_never_watched_is_never_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a moment without threads, whatever its connection does later would be broken off."""
    monkeypatch.setattr(commit_watch, "COMMIT_SECONDS", 0.0)
    monkeypatch.setattr(commit_watch, "LOOK_SECONDS", 0.001)
    watch, first, second = CommitWatch(), Driver(), Driver()

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refused)
        with pytest.raises(RuntimeError), watch.watched(cast("Any", first)):
            pytest.fail("nobody watches it")
    with watch.watched(cast("Any", second)):
        until = time.monotonic() + 20
        while not second.cancelled and time.monotonic() < until:
            time.sleep(0.001)
    assert second.cancelled
    assert not first.cancelled
