"""Lets callers that wait to write the same tables share one transaction.

One of them leads: it writes what all have asked for by then, and while it commits, the next group
gathers. Each caller returns only after the commit that holds its request, and a request that fails
hurts no other: the group is undone and each is written alone. Where nobody can tell whether the
group was stored, each caller hears that.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final, Generic, TypeVar

from ledger.errors import OutcomeUnknown

MOST_ROWS: Final = 2_000
"""A group takes no further request beyond this; a single request may be larger."""

Asked = TypeVar("Asked")
Given = TypeVar("Given")


class Ticket(Generic[Asked, Given]):
    """One caller's request, and the lock it sleeps on until it is served or has to lead."""

    __slots__ = ("error", "outcomes", "request", "woken")

    def __init__(self, request: Asked) -> None:
        """A request that nobody has served yet."""
        self.request = request
        self.outcomes: Given | None = None
        self.error: Exception | None = None
        self.woken = Lock()
        self.woken.acquire()

    @property
    def served(self) -> bool:
        """Whether its outcomes, or its error, are known."""
        return self.outcomes is not None or self.error is not None


class GroupCommit(Generic[Asked, Given]):
    """The callers of one log in this process, of whom each asks for something to be written."""

    def __init__(
        self, write: Callable[[Sequence[Asked]], list[Given]], rows: Callable[[Asked], int]
    ) -> None:
        """Groups calls of `write`, which is never called twice at the same time.

        Args:
            write: Writes requests in one transaction: what each is given, durable, or an error and
                nothing.
            rows: How many rows a request writes.
        """
        self._write = write
        self._rows = rows
        self._lock = Lock()
        self._waiting: deque[Ticket[Asked, Given]] = deque()
        self._led = False

    def submit(self, request: Asked) -> Given:
        """What a request is given, durable when this returns; raises what `write` raises."""
        ticket: Ticket[Asked, Given] = Ticket(request)
        with self._lock:
            self._waiting.append(ticket)
            leads, self._led = not self._led, True
        if not leads:
            self._sleep(ticket)
            with self._lock:  # woken without having been served, a caller leads the next group
                leads = ticket in self._waiting
        if leads:
            self._lead(ticket)
        if ticket.error is not None:
            raise ticket.error
        if ticket.outcomes is None:
            raise OutcomeUnknown("the append was interrupted; whether it was stored is not known")
        return ticket.outcomes

    def _sleep(self, ticket: Ticket[Asked, Given]) -> None:
        try:
            ticket.woken.acquire()
        except BaseException:  # an interrupted caller must not be chosen to lead
            with self._lock:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
                    if ticket.woken.acquire(blocking=False):
                        self._pass_on()
            raise

    def _lead(self, ticket: Ticket[Asked, Given]) -> None:
        group: list[Ticket[Asked, Given]] = []
        try:
            while not ticket.served:
                group = self._next_group()
                self._serve(group)
                _wake(group)
        finally:
            with self._lock:
                self._pass_on()
            _wake(group)

    def _pass_on(self) -> None:
        """Lets the caller that waits longest lead; the lock is held."""
        if self._waiting:
            self._waiting[0].woken.release()
        else:
            self._led = False

    def _next_group(self) -> list[Ticket[Asked, Given]]:
        with self._lock:
            group = [self._waiting.popleft()]
            size = self._rows(group[0].request)
            while self._waiting and size + self._rows(self._waiting[0].request) <= MOST_ROWS:
                group.append(self._waiting.popleft())
                size += self._rows(group[-1].request)
            return group

    def _serve(self, group: Sequence[Ticket[Asked, Given]]) -> None:
        try:
            written = self._write([member.request for member in group])
        except Exception as error:  # noqa: BLE001 - given to the caller that it belongs to
            if len(group) == 1:
                group[0].error = error
                return
            if isinstance(error, OutcomeUnknown):  # tried alone, it could be called not stored
                for member in group:
                    member.error = OutcomeUnknown(str(error))
                return
            for member in group:
                self._serve([member])
        else:
            for member, outcomes in zip(group, written, strict=True):
                member.outcomes = outcomes


def _wake(group: Sequence[Ticket[Asked, Given]]) -> None:
    for member in group:
        if member.woken.locked():
            member.woken.release()
