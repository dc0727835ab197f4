"""The rule INF-08: an address is kept only of who tries to get in repeatedly."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from cli.demo.fact import Fact
from ledger.events.blocking import IntrusionAttemptDetected
from ledger.evidence import Reading
from ledger.query import EventQuery

if TYPE_CHECKING:
    from ledger.ledger import Ledger

LEAST_ATTEMPTS: Final = 2
WINDOW: Final = timedelta(hours=24)
MOST_NAMED: Final = 1000
"""So many attempts are named at most in one event: a record holds 65,535 bytes."""

GUARDS: Final = "person:beveiliging@infactor.example"
"""Who guards the server, and looks at the addresses for that."""

ATTEMPT: Final = "intrusion.attempt_detected"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to get in; a line that tells of several counts as often."""

    ip: str
    occurred_at: datetime
    event_id: UUID
    count: int


@dataclass(frozen=True, slots=True)
class Intruder:
    """An address that tried repeatedly, with the attempts that show it."""

    ip: str
    attempts: tuple[Attempt, ...]


def repeat_intruders(attempts: Iterable[Attempt]) -> list[Intruder]:
    """The addresses with two attempts or more within 24 hours, in the order of their first one.

    Args:
        attempts: In any order.
    """
    by_address: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in sorted(attempts, key=lambda each: each.occurred_at):
        by_address[attempt.ip].append(attempt)
    return [Intruder(ip, tuple(found)) for ip, found in by_address.items() if _is_repeated(found)]


def _is_repeated(found: list[Attempt]) -> bool:
    if any(attempt.count >= LEAST_ATTEMPTS for attempt in found):
        return True
    return any(
        later.occurred_at - earlier.occurred_at <= WINDOW
        for earlier, later in zip(found, found[LEAST_ATTEMPTS - 1 :], strict=False)
    )


def recorded_attempts(ledger: "Ledger", system: str) -> list[Attempt]:
    """The attempts that a system reported, with addresses; that they were looked at is recorded."""
    reading = Reading(
        reader=GUARDS,
        purpose="intrusion-prevention",
        reason="INF-08: who tried twice or more within 24 hours",
    )
    found = ledger.read(EventQuery(kinds=(ATTEMPT,), system=system), reading=reading)
    return [
        Attempt(event.ip, event.occurred_at, event.event_id, event.attempts or 1)
        for opened in found
        if isinstance(event := opened.event, IntrusionAttemptDetected)
        and event.event_id is not None
    ]


def measures(intruders: Iterable[Intruder], system: str, decided_at: datetime) -> Iterator[Fact]:
    """The facts that each intruder's address was kept, and is kept out from then on.

    Args:
        intruders: With their attempts.
        system: Which system keeps them out.
        decided_at: When; after the last attempt.
    """
    for intruder in intruders:
        named = [str(attempt.event_id) for attempt in intruder.attempts[:MOST_NAMED]]
        common = {
            "occurred_at": decided_at.isoformat(),
            "system": system,
            "ip": intruder.ip,
            "attempt_ids": named,
            "purpose": "intrusion-prevention",
            "legal_basis": "legitimate-interests",
        }
        yield {"kind": "ip.recorded", "target": system, **common}
        yield {
            "kind": "ip.blocked",
            "block_id": f"{system} {intruder.ip}",
            "scope": system,
            "decided_by": "automatic",
            **common,
        }
