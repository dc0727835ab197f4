"""What every route works with, made once when the service starts."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Final, cast

from anyio import CapacityLimiter
from fastapi import Depends, Request

from ledger.draft import Receipt
from ledger.events import Event
from ledger.home import Home
from ledger.ledger import Ledger
from ledger.notes.checkpoint import KeyTerm
from ledger.serve_settings import ServeSettings
from ledger.together import record_together
from ledger.verification_record import RecordKeeper, keeper_of
from service.access.caller import Caller
from service.access.refusals import Refusals
from service.operations.remembering import Remembering
from service.operations.state import Operations
from service.queries.tails import Tails
from service.shared_thread import SharedThread

MOST_AT_ONCE: Final = 500
"""Facts, or keys, that a thread of all requests takes at a time."""

Authenticate = Callable[[Mapping[str, str]], Caller]
"""The caller whom the headers of a request (names in lower case) prove; blocking.

Raises `NotAuthenticated` where they prove nobody.
"""


@dataclass(frozen=True, slots=True)
class Context:
    """One log and how it is served."""

    ledger: Ledger
    home: Home
    settings: ServeSettings
    authenticate: Authenticate
    terms: Callable[[], Iterable[KeyTerm]]
    """The keys that sign checkpoints of the log."""
    writers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(128))
    """Threads that append: as many wait for one commit together."""
    refusers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(8))
    """Threads that record what was refused: however much is, an append finds a thread."""
    readers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(16))
    """Threads that answer questions: slow ones never keep an append waiting."""
    tails: Tails = field(default_factory=Tails)
    """Who follows the log live."""
    operations: Operations = field(default_factory=Operations)
    """Loops, numbers, and whether the service stops."""
    remembering: Remembering = field(default_factory=Remembering)
    """The last answers to slow questions."""
    appends: SharedThread[Sequence[Event], list[Receipt]] = field(init=False)
    """Appends the few facts of each request, together for all that wait."""
    proofs: SharedThread[Mapping[str, str], Caller] = field(init=False)
    """Finds who shows an API key, with one look at the grants for all that wait."""
    refusals: Refusals = field(init=False)
    """Who was refused; settled before the ledger is closed."""
    verification: RecordKeeper = field(init=False)
    """What the last verifications of the log found."""

    def __post_init__(self) -> None:
        """Refusals are recorded in the log that is served; what was verified, in its home."""
        appends = SharedThread("appends", partial(record_together, self.ledger), most=MOST_AT_ONCE)
        object.__setattr__(self, "appends", appends)
        proofs = SharedThread("proofs", self._proved, most=MOST_AT_ONCE)
        object.__setattr__(self, "proofs", proofs)
        refusals = Refusals(self.ledger.record_own, self.ledger.clock)
        object.__setattr__(self, "refusals", refusals)
        keeper = keeper_of(self.home.folder, self.ledger.origin)
        object.__setattr__(self, "verification", keeper)

    def close(self, seconds: float) -> bool:
        """Ends the threads that requests share; whether they ended within so many seconds."""
        until = time.monotonic() + seconds
        ended = [
            thread.close(max(0.0, until - time.monotonic()))
            for thread in (self.proofs, self.appends)
        ]
        return all(ended)

    def _proved(self, shown: Sequence[Mapping[str, str]]) -> list[Caller | Exception]:
        with self.ledger.grants.one_look():
            return [self._caller(headers) for headers in shown]

    def _caller(self, headers: Mapping[str, str]) -> Caller | Exception:
        try:
            return self.authenticate(headers)
        except Exception as error:  # noqa: BLE001 - given to the one who showed them
            return error


def context_of(request: Request) -> Context:
    """The context of the application that a request came to."""
    return cast("Context", request.app.state.context)


async def _dependency(request: Request) -> Context:
    return context_of(request)  # one that is not async would cost a thread for each request


ContextOf = Annotated[Context, Depends(_dependency)]
"""How a route asks for it."""
