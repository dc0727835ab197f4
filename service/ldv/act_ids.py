"""The ids of an act: fresh ones, or those that follow from an `Idempotency-Key`.

With a key, whoever sends an act again that was stored gets the same answer, and nothing is stored
twice. What replaces an event has an id that follows from the id of that event: of two who replace
the same one, the second conflicts.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import UUID

from msgspec import UNSET
from uuid_utils.compat import uuid4, uuid7

from formats.vng.bodies import SentAct
from formats.vng.events import ActPlace, Fresh
from ledger.ledger import Ledger
from ledger.store.requests import instant_of
from projections.processing.line_ids import line_id
from service.access.caller import Caller
from service.intake.idempotency import id_of_key

_SPANS = 1_000_000
_TRACE = 2_000_000
"""Numbers under a key beyond those of its events."""


@dataclass(frozen=True, slots=True)
class ActIds:
    """What gives an act its ids, and when it is registered."""

    place: ActPlace
    fresh: Fresh
    now: datetime


def fresh_ids(ledger: Ledger, place: ActPlace) -> ActIds:
    """The ids of a new version of an act."""
    return ActIds(place, Fresh(uuid7, _next_id(ledger), _random_span), ledger.clock())


def ids_of_new(ledger: Ledger, caller: Caller, act: SentAct, key: str | None) -> ActIds:
    """The ids of an act that is registered; blocking.

    Args:
        ledger: The log.
        caller: Who registers it, and whose key it is.
        act: As it was sent.
        key: The `Idempotency-Key`, if there is one.
    """
    if key is None:
        return fresh_ids(ledger, _place(ledger, act, uuid4, _random_span))
    numbers, spans = count(1), count(_SPANS)

    def keyed(number: int) -> UUID:
        return id_of_key(ledger.derive_id, caller, key, number)

    def span_id() -> str:
        return keyed(next(spans)).hex[:16]

    place = _place(ledger, act, lambda: keyed(_TRACE), span_id)
    fresh = Fresh(lambda: keyed(next(numbers)), _next_id(ledger), span_id)
    registration = ledger.log.find_event(keyed(len(act.verwerkte_objecten) + 2))
    if registration is None or registration.occurred_at_us is None:
        return ActIds(place, fresh, ledger.clock())
    return ActIds(place, fresh, instant_of(registration.occurred_at_us))


def _place(
    ledger: Ledger, act: SentAct, trace: Callable[[], UUID], span_id: Callable[[], str]
) -> ActPlace:
    given = None if act.verwerking_id is UNSET else act.verwerking_id
    trace_id = (given if given is not None and given.int else trace()).hex
    span = span_id()
    return ActPlace(act_id=line_id(ledger.origin, trace_id, span), trace_id=trace_id, span_id=span)


def _next_id(ledger: Ledger) -> Callable[[UUID], UUID]:
    return lambda event_id: ledger.derive_id(None, b"vng\x00next\x00" + event_id.bytes)


def _random_span() -> str:
    return f"{secrets.randbits(63) + 1:016x}"  # never all zero
