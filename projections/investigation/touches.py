"""Who touched the data of somebody, and why: uses, exchanges, processing, storing and deleting.

A fact counts if it names the data subject. What was done with a whole file or dataset is no touch
of any one person in it that the log could know of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ledger.events import KINDS, Event
from ledger.events.access import AccessUsed
from ledger.events.envelope import Envelope
from ledger.events.exchange import ExchangeFields, ExchangePerformed
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.personal import WITHHELD
from ledger.units import Index, Size
from projections.investigation.extent import corrected_among
from projections.kinds import kind_names

TOUCHING: Final = tuple(
    kind
    for kind in sorted(KINDS)
    if kind in kind_names(AccessUsed, ExchangePerformed)
    or kind.partition(".")[0] in {"contact", "data", "file", "processing"}
)
"""Kinds of facts that touch data; an exchange that was stopped or failed touched none."""

_GROUNDS: Final = {
    "grant_id": "grant",
    "consent_id": "consent",
    "contract_id": "contract",
    "specification_id": "specification",
    "request_id": "request",
    "ticket": "ticket",
    "processing_activity_id": "activity",
}
"""Fields that name what allows an act, with the word for it."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One fact that touched the data."""

    index: Index
    occurred_at: datetime
    kind: str
    system: str | None
    who: str | None
    """The acting person, else the organisation that acted."""
    purpose: str | None
    legal_basis: str | None
    grounds: dict[str, str]
    """What it names that allows it, by word: `grant`, `consent`, `contract`."""
    justification: str | None
    """In the words of who acted; `withheld` where identities are not shown."""
    event: Event


def touches(ledger: Ledger, found: Sequence[OpenedRecord], known_size: Size) -> list[Touch]:
    """The facts among some records that touched data and that no later record takes back.

    In the order of the world.

    Args:
        ledger: The log.
        found: Records of the kinds `TOUCHING` that name the data subject, in any order.
        known_size: Only records below this index count.
    """
    corrected = corrected_among(ledger, found, known_size)
    standing = (
        _touch(record.stored.index, record.stored.kind, record.event)
        for record in found
        if record.event is not None and record.stored.event_id not in corrected
    )
    return sorted(standing, key=lambda touch: (touch.occurred_at, touch.index))


def _touch(index: int, kind: str, event: Event) -> Touch:
    return Touch(
        index=Index(index),
        occurred_at=event.occurred_at,
        kind=kind,
        system=event.system,
        who=acting(event),
        purpose=event.purpose,
        legal_basis=event.legal_basis,
        grounds=_grounds(event),
        justification=getattr(event, "justification", None) or getattr(event, "reason", None),
        event=event,
    )


def acting(event: Event) -> str | None:
    """Who acted: the person, else the organisation that is named or that sent."""
    if event.actor is not None:
        return event.actor
    if event.actor_organisation is not None:
        return event.actor_organisation
    if isinstance(event, ExchangeFields) and event.sender is not None:
        return event.sender.organisation or event.sender.category or event.sender_person
    return event.on_behalf_of


def _grounds(event: Envelope) -> dict[str, str]:
    named = ((word, getattr(event, name, None)) for name, word in _GROUNDS.items())
    return {word: value for word, value in named if isinstance(value, str) and value != WITHHELD}
