"""Wherever a watch is interrupted, the next one records the rest, once."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import pytest

from cli.sources_notes import SourceNotes
from cli.watching.source_state import StateFile
from ledger.errors import StoreUnavailable
from ledger.ledger import Ledger
from tests.fake_journal import FakeJournal
from tests.watched import WatchedHome, attempts

SOURCES = """
[[source]]
system = "gateway"
format = "openssh"
file = "auth.log"

[[source]]
system = "desk"
format = "openssh"
journal = "ssh.service"
"""
STEPS = ((StateFile, "write"), (Ledger, "record_many"), (SourceNotes, "note"))
"""What makes something durable."""


@contextmanager
def interrupted(at: int, *, before: bool) -> Iterator[None]:
    """Every step from the one of a number on fails: before it does anything, or once it has."""
    count = itertools.count()

    def failing(step: Callable[..., Any]) -> Callable[..., Any]:
        def fail(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - passed on
            is_over = next(count) >= at
            done = None if is_over and before else step(*given, **named)
            if is_over:
                message = "interrupted"
                raise StoreUnavailable(message)
            return done

        return fail

    with ExitStack() as stack:
        for owner, name in STEPS:
            changed = failing(getattr(owner, name))
            stack.enter_context(mock.patch.object(owner, name, changed))
        yield


@pytest.mark.parametrize("before", [False, True])
def test_each_step_may_be_the_last(
    home: WatchedHome, monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    """A power cut between two steps would lose facts, or tell them twice."""
    home.write_config(SOURCES)
    journal = FakeJournal(home.folder)
    monkeypatch.setenv("PATH", journal.path)
    monkeypatch.setattr("cli.taking_in.BATCH_EVENTS", 3)
    log = home.folder / "auth.log"
    written = 0
    for at in range(12):
        with log.open("ab") as file:
            file.write(attempts(written, written + 5) + b"no line of sshd\n")
        journal.write(1000 + written, 1005 + written)
        written += 5
        with interrupted(at, before=before):
            home.watch_once()
        if at % 4 == 3:
            log.rename(log.with_name(f"auth.log.{20 - at}"))
    log.touch()
    watch = home.watch_once()
    assert watch.failure is None
    expected = [*range(written), *range(1000, 1000 + written)]
    assert sorted(home.numbers()) == expected
    assert not any(each.conflicts for each in watch.standings)
