"""Slow questions are answered at once with what is known, and seldom asked anew."""

import time
from threading import Event

import anyio
import pytest
from anyio import CapacityLimiter

from ledger.errors import StoreUnavailable
from service.operations import remembering
from service.operations.remembering import Remembered, Remembering

PATIENCE_S = 20.0


@pytest.fixture
def long_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that an answer still counts after a pause of a busy machine."""
    monkeypatch.setattr(remembering, "_COUNTS_TIMES", 2_000.0)


@pytest.mark.usefixtures("long_counts")
def test_a_slow_answer_counts_for_a_while() -> None:
    """Every visit would judge every promise again."""
    found: list[int] = []

    def find() -> int:
        time.sleep(0.05)
        found.append(1)
        return len(found)

    async def ask_twice() -> list[int | None]:
        remembered: Remembered[int] = Remembered()
        limiter = CapacityLimiter(2)
        return [await remembered.ask(find, limiter, PATIENCE_S) for _ in range(2)]

    assert anyio.run(ask_twice) == [1, 1]


def test_an_answer_that_counts_no_more_is_found_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page would show yesterday's deadlines."""
    monkeypatch.setattr(remembering, "_COUNTS_TIMES", 0.0)
    answers = iter((1, 2))

    async def ask_twice() -> list[int | None]:
        remembered: Remembered[int] = Remembered()
        limiter = CapacityLimiter(2)
        return [await remembered.ask(lambda: next(answers), limiter, PATIENCE_S) for _ in range(2)]

    assert anyio.run(ask_twice) == [1, 2]


@pytest.mark.usefixtures("long_counts")
def test_an_answer_counts_no_more_when_what_it_depends_on_changed() -> None:
    """Who recorded a step would look at the deadlines of before."""
    answers = iter((1, 2))

    def find() -> int:
        time.sleep(0.05)
        return next(answers)

    async def ask_thrice() -> list[int | None]:
        remembered: Remembered[int] = Remembered()
        limiter = CapacityLimiter(2)
        return [
            await remembered.ask(find, limiter, PATIENCE_S, depends_on=step)
            for step in (40, 40, 41)
        ]

    assert anyio.run(ask_thrice) == [1, 1, 2]


def test_who_does_not_wait_is_given_the_last_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor would look at nothing for as long as a million records take."""
    monkeypatch.setattr(remembering, "_COUNTS_TIMES", 0.0)
    monkeypatch.setattr(remembering, "_FIRST_PATIENCE_S", 0.05)
    release = Event()

    def slow() -> str:
        release.wait(PATIENCE_S)
        return "new"

    async def ask() -> list[str | None]:
        remembered: Remembered[str] = Remembered()
        limiter = CapacityLimiter(4)
        answers = [await remembered.ask(slow, limiter, 0.05)]
        remembered.answer = "old"
        answers.append(await remembered.ask(slow, limiter, 0.05))
        release.set()
        answers.append(await remembered.ask(lambda: "newest", limiter, PATIENCE_S))
        return answers

    assert anyio.run(ask) == [None, "old", "newest"]


def test_one_thread_at_a_time_finds_it() -> None:
    """Many visitors at once would keep every thread and the database busy."""
    at_work: list[int] = []
    most: list[int] = []

    def find() -> int:
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.05)
        at_work.pop()
        return 7

    async def ask_together() -> list[int | None]:
        remembered: Remembered[int] = Remembered()
        limiter = CapacityLimiter(8)
        answers: list[int | None] = []

        async def ask() -> None:
            answers.append(await remembered.ask(find, limiter, PATIENCE_S))

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(ask)
        return answers

    assert anyio.run(ask_together) == [7] * 8
    assert max(most) == 1


def test_a_question_that_fails_is_told_and_asked_again() -> None:
    """One moment without a database would leave the page without deadlines for ever."""
    tries = iter((True, False))

    def find() -> str:
        if next(tries):
            raise StoreUnavailable("away")
        return "found"

    async def ask() -> str | None:
        remembered: Remembered[str] = Remembered()
        limiter = CapacityLimiter(1)
        with pytest.raises(StoreUnavailable):
            await remembered.ask(find, limiter, PATIENCE_S)
        return await remembered.ask(find, limiter, PATIENCE_S)

    assert anyio.run(ask) == "found"


def test_each_question_has_an_answer_of_its_own() -> None:
    """Clocks would be shown as promises."""
    remembering_all = Remembering()
    assert remembering_all.of("clocks") is remembering_all.of("clocks")
    assert remembering_all.of("clocks") is not remembering_all.of("promises")
