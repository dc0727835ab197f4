"""One thread for many requests: each gets its own answer, and none waits without an end."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Final

import pytest

from ledger.errors import OutcomeUnknown, StoreUnavailable
from service import shared_thread
from service.shared_thread import SharedThread

TIME_S: Final = 20.0


class Held:
    """Work that waits for a sign each time, and doubles numbers; a negative one it refuses."""

    def __init__(self, most: int = 100) -> None:
        self.groups: list[list[int]] = []
        self.entered = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.failure: BaseException | None = None
        self.thread = SharedThread("tested", self._work, most=most)

    def _work(self, asked: Sequence[int]) -> list[int | Exception]:
        self.groups.append(list(asked))
        self.entered.release()
        assert self.go_on.acquire(timeout=TIME_S)
        if self.failure is not None:
            raise self.failure
        return [ValueError(f"{each}") if each < 0 else 2 * each for each in asked]

    async def begun(self) -> None:
        """Returns once the work is at it again."""
        assert await asyncio.to_thread(self.entered.acquire, timeout=TIME_S)


def late(is_begun: bool) -> Exception:  # noqa: FBT001 - as it is called
    return OutcomeUnknown("begun") if is_begun else StoreUnavailable("not begun")


async def _waiting(held: Held, asked: Sequence[int]) -> "list[asyncio.Task[int]]":
    """Requests that wait behind one that is being done."""
    first = asyncio.ensure_future(held.thread.ask(0))
    await held.begun()
    tasks = [asyncio.ensure_future(held.thread.ask(each)) for each in asked]
    await asyncio.sleep(0)
    assert not first.done()
    return [first, *tasks]


def test_all_who_wait_are_served_at_once_and_each_gets_its_own() -> None:
    """A sender would get the answer, or the error, of another one."""
    held = Held()

    async def run() -> list[int | BaseException]:
        tasks = await _waiting(held, [1, -2, 3])
        held.go_on.release(2)
        return await asyncio.gather(*tasks, return_exceptions=True)

    zero, one, two, three = asyncio.run(run())
    assert (zero, one, three) == (0, 2, 6)
    assert isinstance(two, ValueError)
    assert str(two) == "-2"
    assert held.groups == [[0], [1, -2, 3]]


def test_no_more_is_taken_at_a_time_than_is_said() -> None:
    """One transaction would grow with the number of senders."""
    held = Held(most=10)
    held.go_on.release(9)

    async def run() -> None:
        first = asyncio.ensure_future(held.thread.ask(0, size=4))
        others = [asyncio.ensure_future(held.thread.ask(each, size=4)) for each in (1, 2, 3)]
        large = asyncio.ensure_future(held.thread.ask(4, size=40))
        await asyncio.gather(first, *others, large)

    asyncio.run(run())
    assert [each for group in held.groups for each in group] == [0, 1, 2, 3, 4]
    assert all(len(group) <= 2 for group in held.groups)
    assert held.groups[-1] == [4]


def test_an_error_of_the_whole_work_is_told_to_each_who_waits_for_it() -> None:
    """A sender would wait for ever while the database is away."""
    held = Held()
    held.failure = StoreUnavailable("away")
    held.go_on.release(2)

    async def run() -> None:
        for _ in range(2):  # the thread lives on
            with pytest.raises(StoreUnavailable, match="away"):
                await held.thread.ask(1)

    asyncio.run(run())


def test_a_thread_that_is_broken_off_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """All later requests would wait for a thread that is gone."""
    ended = threading.Semaphore(0)
    monkeypatch.setattr(threading, "excepthook", lambda _: ended.release())
    held = Held()
    held.failure = KeyboardInterrupt()
    held.go_on.release(2)

    async def run() -> int:
        with pytest.raises(OutcomeUnknown, match="not known"):
            await held.thread.ask(1)
        assert await asyncio.to_thread(ended.acquire, timeout=TIME_S)
        held.failure = None
        return await held.thread.ask(2)

    assert asyncio.run(run()) == 4


def test_what_is_given_up_before_it_began_is_never_done() -> None:
    """A fact would be stored after its sender was told that nothing was."""
    held = Held()

    async def run() -> None:
        first = asyncio.ensure_future(held.thread.ask(0, seconds=0.2, late=late))
        await held.begun()
        with pytest.raises(StoreUnavailable, match="not begun") as caught:
            await held.thread.ask(1, seconds=0.01, late=late)
        assert not isinstance(caught.value, OutcomeUnknown)
        with pytest.raises(OutcomeUnknown, match="begun"):
            await first
        held.go_on.release(2)
        assert await held.thread.ask(2, seconds=TIME_S, late=late) == 4

    asyncio.run(run())
    assert held.groups == [[0], [2]]


def test_a_request_that_is_cancelled_takes_back_what_was_not_begun() -> None:
    """What a service stored for a client that it cut off would have an answer for nobody."""
    held = Held()

    async def run() -> None:
        first, cancelled, kept = await _waiting(held, [1, 2])
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        held.go_on.release(2)
        assert await first == 0
        assert await kept == 4

    asyncio.run(run())
    assert held.groups == [[0], [2]]


def test_closing_ends_what_is_begun_and_refuses_the_rest() -> None:
    """A stop would lose what was acknowledged, or leave a sender without an answer."""
    held = Held()

    async def run() -> None:
        first, second = await _waiting(held, [1])
        closing = asyncio.ensure_future(asyncio.to_thread(held.thread.close, TIME_S))
        with pytest.raises(StoreUnavailable, match="stops; nothing was stored"):
            await second
        held.go_on.release()
        assert await first == 0
        assert await closing
        with pytest.raises(StoreUnavailable, match="stops"):
            await held.thread.ask(3)

    asyncio.run(run())
    assert held.groups == [[0]]


def test_closing_does_not_wait_for_ever() -> None:
    """A database that answers nothing would keep the service from stopping."""
    held = Held()

    async def run() -> None:
        (first,) = await _waiting(held, [])
        assert not await asyncio.to_thread(held.thread.close, 0.01)
        held.go_on.release()
        assert await first == 0
        assert await asyncio.to_thread(held.thread.close, TIME_S)

    asyncio.run(run())


def test_a_thread_without_work_ends_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle service would keep a thread, and one that was idle would answer nobody."""
    monkeypatch.setattr(shared_thread, "IDLE_S", 0.01)
    held = Held()
    held.go_on.release(2)

    async def run() -> None:
        assert await held.thread.ask(1) == 2
        thread = held.thread._thread
        if thread is not None:
            await asyncio.to_thread(thread.join, TIME_S)
        assert held.thread._thread is None
        assert await held.thread.ask(2) == 4

    asyncio.run(run())


def test_whose_loop_is_gone_keeps_no_other_waiting() -> None:
    """One request that nobody waits for would end the thread of all others."""
    held = Held()

    async def leave() -> None:
        asyncio.ensure_future(held.thread.ask(1))  # noqa: RUF006 - left alone on purpose
        await held.begun()

    async def come() -> int:
        held.go_on.release(2)
        return await held.thread.ask(2)

    asyncio.run(leave())
    assert asyncio.run(come()) == 4


def test_a_machine_without_a_thread_to_spare_leaves_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One moment without threads would keep every later request waiting until a restart."""
    held = Held()
    held.go_on.release()

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def run() -> int:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refused)
            with pytest.raises(StoreUnavailable, match="thread"):
                await asyncio.wait_for(held.thread.ask(1), TIME_S)
        return await asyncio.wait_for(held.thread.ask(2), TIME_S)

    assert asyncio.run(run()) == 4
    assert held.groups == [[2]]
