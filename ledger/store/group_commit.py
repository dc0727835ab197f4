"""Lets callers that wait for the same log share one transaction.

One of them leads: it writes what all have asked for by then, and while it commits, the next group
gathers. Each caller returns only after the commit that holds its request, and a request that fails
hurts no other: the group is undone and each is written alone.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final

from ledger.draft import Conflict, Receipt
from ledger.errors import StoreUnavailable
from ledger.store.requests import AppendRequest

MOST_DRAFTS: Final = 2_000
"""A group takes no further request beyond this; a single request may be larger."""

Outcomes = list[Receipt | Conflict]
Write = Callable[[Sequence[AppendRequest]], list[Outcomes]]
"""Writes requests in one transaction: the outcomes of each, durable, or an error and nothing."""


class Ticket:
    """One caller's request, and the lock it sleeps on until it is served or has to lead."""

    __slots__ = ("error", "outcomes", "request", "woken")

    def __init__(self, request: AppendRequest) -> None:
        """A request that nobody has served yet."""
        self.request = request
        self.outcomes: Outcomes | None = None
        self.error: Exception | None = None
        self.woken = Lock()
        self.woken.acquire()

    @property
    def served(self) -> bool:
        """Whether its outcomes, or its error, are known."""
        return self.outcomes is not None or self.error is not None


class GroupCommit:
    """The callers of one log in this process."""

    def __init__(self, write: Write) -> None:
        """Groups calls of `write`, which is never called twice at the same time."""
        self._write = write
        self._lock = Lock()
        self._waiting: deque[Ticket] = deque()
        self._led = False

    def submit(self, request: AppendRequest) -> Outcomes:
        """The outcomes of a request, durable when this returns; raises what `write` raises."""
        ticket = Ticket(request)
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
            raise StoreUnavailable("the append was interrupted; whether it was stored is not known")
        return ticket.outcomes

    def _sleep(self, ticket: Ticket) -> None:
        try:
            ticket.woken.acquire()
        except BaseException:  # an interrupted caller must not be chosen to lead
            with self._lock:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
                    if ticket.woken.acquire(blocking=False):
                        self._pass_on()
            raise

    def _lead(self, ticket: Ticket) -> None:
        group: list[Ticket] = []
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

    def _next_group(self) -> list[Ticket]:
        with self._lock:
            group = [self._waiting.popleft()]
            size = len(group[0].request.drafts)
            while self._waiting and size + len(self._waiting[0].request.drafts) <= MOST_DRAFTS:
                group.append(self._waiting.popleft())
                size += len(group[-1].request.drafts)
            return group

    def _serve(self, group: Sequence[Ticket]) -> None:
        try:
            written = self._write([member.request for member in group])
        except Exception as error:  # noqa: BLE001 - given to the caller that it belongs to
            if len(group) == 1:
                group[0].error = error
                return
            for member in group:
                self._serve([member])
        else:
            for member, outcomes in zip(group, written, strict=True):
                member.outcomes = outcomes


def _wake(group: Sequence[Ticket]) -> None:
    for member in group:
        if member.woken.locked():
            member.woken.release()
