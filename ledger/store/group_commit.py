"""Lets callers that wait for the same log share one transaction.

Whoever gets the lock first writes what all have asked for by then; while it commits, the next group
gathers. Each caller returns only after the commit that holds its request, and a request that fails
hurts no other: the group is undone and each is written alone.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(slots=True)
class _Ticket:
    request: AppendRequest
    outcomes: Outcomes | None = None
    error: Exception | None = None


class GroupCommit:
    """The callers of one log in this process."""

    def __init__(self, write: Write) -> None:
        """Groups calls of `write`, which is never called twice at the same time."""
        self._write = write
        self._one_writer = Lock()
        self._waiting: deque[_Ticket] = deque()

    def submit(self, request: AppendRequest) -> Outcomes:
        """The outcomes of a request, durable when this returns; raises what `write` raises."""
        ticket = _Ticket(request)
        self._waiting.append(ticket)
        with self._one_writer:
            if ticket.outcomes is None and ticket.error is None:
                self._write_until(ticket)
        if ticket.error is not None:
            raise ticket.error
        if ticket.outcomes is None:
            raise StoreUnavailable("the append was interrupted; whether it was stored is not known")
        return ticket.outcomes

    def _write_until(self, ticket: _Ticket) -> None:
        while ticket.outcomes is None and ticket.error is None:
            group = self._next_group()
            try:
                for member, outcomes in zip(
                    group, self._write([member.request for member in group]), strict=True
                ):
                    member.outcomes = outcomes
            except Exception as error:  # noqa: BLE001 - given to the caller that it belongs to
                self._write_alone(group, error)

    def _next_group(self) -> list[_Ticket]:
        group = [self._waiting.popleft()]
        size = len(group[0].request.drafts)
        while self._waiting and size + len(self._waiting[0].request.drafts) <= MOST_DRAFTS:
            group.append(self._waiting.popleft())
            size += len(group[-1].request.drafts)
        return group

    def _write_alone(self, group: Sequence[_Ticket], error: Exception) -> None:
        if len(group) == 1:
            group[0].error = error
            return
        for member in group:
            try:
                (member.outcomes,) = self._write([member.request])
            except Exception as own_error:  # noqa: BLE001 - given to the caller that it belongs to
                member.error = own_error
