"""What every route works with, made once when the service starts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, cast

from anyio import CapacityLimiter
from fastapi import Depends, Request

from ledger.home import Home
from ledger.ledger import Ledger
from ledger.notes.checkpoint import KeyTerm
from ledger.serve_settings import ServeSettings
from ledger.verification_record import RecordKeeper, keeper_of
from service.access.caller import Caller
from service.access.refusals import Refusals
from service.operations.remembering import Remembering
from service.operations.state import Operations
from service.queries.tails import Tails

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
    refusals: Refusals = field(init=False)
    """Who was refused; settled before the ledger is closed."""
    verification: RecordKeeper = field(init=False)
    """What the last verifications of the log found."""

    def __post_init__(self) -> None:
        """Refusals are recorded in the log that is served; what was verified, in its home."""
        refusals = Refusals(self.ledger.record_own, self.ledger.clock)
        object.__setattr__(self, "refusals", refusals)
        keeper = keeper_of(self.home.folder, self.ledger.origin)
        object.__setattr__(self, "verification", keeper)


def context_of(request: Request) -> Context:
    """The context of the application that a request came to."""
    return cast("Context", request.app.state.context)


ContextOf = Annotated[Context, Depends(context_of)]
"""How a route asks for it."""
