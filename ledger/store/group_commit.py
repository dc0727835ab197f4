"""Lets callers that wait to write the same tables share one transaction.

One of them leads: it writes what all have asked for by then, and while it commits, the next group
gathers. Each caller returns only after the commit that holds its requests, and a request that fails
hurts no other: the group is undone, and its halves are written apart, down to one alone. Where
nobody can tell whether the group was stored, each caller hears that.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final, Generic, TypeVar

from ledger.errors import OutcomeUnknown

MOST_ROWS: Final = 2_000
"""A group takes no further caller beyond this; what a single one asks for may be larger."""

Asked = TypeVar("Asked")
Given = TypeVar("Given")


class Ticket(Generic[Asked, Given]):
    """One caller's requests, and the lock it sleeps on until they are served or it has to lead."""

    __slots__ = ("outcomes", "requests", "served", "woken")

    def __init__(self, requests: Sequence[Asked]) -> None:
        """Requests that nobody has served yet."""
        self.requests = requests
        self.outcomes: list[Given | Exception | None] = [None] * len(requests)
        self.served = False
        """Whether each outcome, or its error, is known."""
        self.woken = Lock()
        self.woken.acquire()


_Member = tuple[Ticket[Asked, Given], int]
"""One request: whose, and which of theirs."""


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
        (outcome,) = self.submit_all([request])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def submit_all(self, requests: Sequence[Asked]) -> list[Given | Exception]:
        """What each request is given, durable when this returns, or the error that it alone met."""
        ticket: Ticket[Asked, Given] = Ticket(requests)
        with self._lock:
            self._waiting.append(ticket)
            leads, self._led = not self._led, True
        if not leads:
            self._sleep(ticket)
            with self._lock:  # woken without having been served, a caller leads the next group
                leads = ticket in self._waiting
        if leads:
            self._lead(ticket)
        return [_known(outcome) for outcome in ticket.outcomes]

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
                self._serve(
                    [(each, place) for each in group for place in range(len(each.outcomes))]
                )
                for each in group:
                    each.served = True
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
            size = self._rows_of(group[0])
            while self._waiting and size + self._rows_of(self._waiting[0]) <= MOST_ROWS:
                group.append(self._waiting.popleft())
                size += self._rows_of(group[-1])
            return group

    def _rows_of(self, ticket: Ticket[Asked, Given]) -> int:
        return sum(map(self._rows, ticket.requests))

    def _serve(self, members: Sequence[_Member[Asked, Given]]) -> None:
        try:
            written = self._write([ticket.requests[place] for ticket, place in members])
        except Exception as error:  # noqa: BLE001 - given to the caller that it belongs to
            if len(members) == 1:
                ticket, place = members[0]
                ticket.outcomes[place] = error
                return
            if isinstance(error, OutcomeUnknown):  # tried apart, it could be called not stored
                for ticket, place in members:
                    ticket.outcomes[place] = OutcomeUnknown(str(error))
                return
            half = len(members) // 2
            self._serve(members[:half])
            self._serve(members[half:])
        else:
            for (ticket, place), outcome in zip(members, written, strict=True):
                ticket.outcomes[place] = outcome


def _known(outcome: Given | Exception | None) -> Given | Exception:
    if outcome is None:
        return OutcomeUnknown("the append was interrupted; whether it was stored is not known")
    return outcome


def _wake(group: Sequence[Ticket[Asked, Given]]) -> None:
    for member in group:
        if member.woken.locked():
            member.woken.release()
