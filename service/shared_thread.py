"""One thread that does what many requests wait for, for all that wait at the same time.

A thread for each request would wait for the interpreter as long as for the database. Here requests
leave what they ask for and wait on the event loop; the thread takes all that is there, does it
together, and wakes them with one call. It begins when somebody asks and ends when nobody did for a
while. Invariant: what was given up before it was begun is never done.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Condition, Lock, Thread
from typing import Final, Generic, TypeVar

from ledger.errors import OutcomeUnknown, StoreUnavailable

IDLE_S: Final = 5.0
"""After how long without work the thread ends."""

_INTERRUPTED: Final = "the work was interrupted; whether it was done is not known"

Asked = TypeVar("Asked")
Made = TypeVar("Made")


@dataclass(slots=True, eq=False)
class _Ticket(Generic[Asked, Made]):
    """What one request asks for."""

    asked: Asked
    size: int
    future: "asyncio.Future[Made]"
    is_begun: bool = False

    def settle(self, outcome: Made | Exception) -> None:
        """On its event loop: it may have been given up meanwhile."""
        if self.future.done():
            return
        if isinstance(outcome, Exception):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)


class SharedThread(Generic[Asked, Made]):
    """Work of one kind for the requests of one service."""

    def __init__(
        self,
        name: str,
        work: Callable[[Sequence[Asked]], Sequence[Made | Exception]],
        *,
        most: int,
    ) -> None:
        """Does nothing yet.

        Args:
            name: Of the thread.
            work: What each of several is given, or its own error; blocking. An error that it
                raises is given to all of them.
            most: Nothing more is taken at a time beyond this size; one may be larger.
        """
        self._name = name
        self._work = work
        self._most = most
        self._changed = Condition(Lock())
        self._waiting: deque[_Ticket[Asked, Made]] = deque()
        self._thread: Thread | None = None
        self._is_idle = False
        self._is_closed = False

    async def ask(
        self,
        asked: Asked,
        *,
        size: int = 1,
        seconds: float | None = None,
        late: Callable[[bool], Exception] | None = None,
    ) -> Made:
        """What the work gives.

        Args:
            asked: What is asked for.
            size: How much work that is.
            seconds: How long it is waited for; without it, as long as it takes.
            late: Makes the error when that is over, from whether the work was begun.

        Raises:
            StoreUnavailable: the service stops, or the machine gives no thread; it was not begun.
        """
        loop = asyncio.get_running_loop()
        ticket: _Ticket[Asked, Made] = _Ticket(asked, size, loop.create_future())
        self._put(ticket)
        timer = None
        if seconds is not None and late is not None:
            timer = loop.call_later(seconds, self._give_up, ticket, late)
        try:
            return await ticket.future
        except asyncio.CancelledError:
            self._leave(ticket)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def close(self, seconds: float) -> bool:
        """Ends the thread after what it has begun; whether it did so within so many seconds.

        What was not begun is refused, now and from now on.
        """
        with self._changed:
            self._is_closed = True
            refused = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
            thread = self._thread
        _give(refused, [_stopping()] * len(refused))
        if thread is None:
            return True
        thread.join(seconds)
        return not thread.is_alive()

    def _put(self, ticket: _Ticket[Asked, Made]) -> None:
        with self._changed:
            if self._is_closed:
                raise _stopping()
            self._waiting.append(ticket)
            if self._is_idle:
                self._is_idle = False
                self._changed.notify()
            elif self._thread is None:
                self._thread = self._started(ticket)

    def _started(self, ticket: _Ticket[Asked, Made]) -> Thread:
        """The thread, begun; where the machine gives none, the request is taken back."""
        thread = Thread(target=self._run, name=self._name, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self._waiting.remove(ticket)
            raise StoreUnavailable(
                f"expected a thread for {self._name}, found none to be had; nothing was stored"
            ) from error
        return thread

    def _leave(self, ticket: _Ticket[Asked, Made]) -> bool:
        """Takes a request back, unless it was begun; whether it was."""
        with self._changed:
            if not ticket.is_begun and ticket in self._waiting:
                self._waiting.remove(ticket)
            return ticket.is_begun

    def _give_up(self, ticket: _Ticket[Asked, Made], late: Callable[[bool], Exception]) -> None:
        if not ticket.future.done():
            ticket.settle(late(self._leave(ticket)))

    def _run(self) -> None:
        while group := self._next_group():
            outcomes: Sequence[Made | Exception]
            try:
                outcomes = self._work([ticket.asked for ticket in group])
            except Exception as error:  # noqa: BLE001 - given to those who wait for it
                outcomes = [error] * len(group)
            except BaseException:  # nobody may wait for a thread that is gone
                with self._changed:
                    self._thread = None
                _give(group, [OutcomeUnknown(_INTERRUPTED)] * len(group))
                raise
            _give(group, outcomes)

    def _next_group(self) -> list[_Ticket[Asked, Made]]:
        """What is done next, waited for; nothing: the thread ends."""
        with self._changed:
            if not self._waiting and not self._is_closed:
                self._is_idle = True
                self._changed.wait_for(self._has_changed, IDLE_S)
                self._is_idle = False
            group: list[_Ticket[Asked, Made]] = []
            size = 0
            while self._waiting and (not group or size + self._waiting[0].size <= self._most):
                ticket = self._waiting.popleft()
                ticket.is_begun = True
                size += ticket.size
                group.append(ticket)
            if not group:
                self._thread = None
            return group

    def _has_changed(self) -> bool:
        return bool(self._waiting) or self._is_closed


def _give(group: Sequence[_Ticket[Asked, Made]], outcomes: Sequence[Made | Exception]) -> None:
    """Wakes each on its own event loop; there is one, but for tests."""
    pairs = list(zip(group, outcomes, strict=True))
    for loop in {ticket.future.get_loop() for ticket in group}:
        own = [each for each in pairs if each[0].future.get_loop() is loop]
        with suppress(RuntimeError):  # it is closed: nobody waits there
            loop.call_soon_threadsafe(_settle, own)


def _settle(pairs: Sequence[tuple[_Ticket[Asked, Made], Made | Exception]]) -> None:
    for ticket, outcome in pairs:
        ticket.settle(outcome)


def _stopping() -> StoreUnavailable:
    return StoreUnavailable("the service stops; nothing was stored")
