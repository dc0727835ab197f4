"""Makes the events of a step from what somebody gave."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from ledger.events import Event, event_from_mapping
from ledger.events.subject_requests import DsrReceived


def step_event(values: Mapping[str, Any], now: datetime) -> Event:
    """The event of a step given as builtins.

    Args:
        values: Its kind, its case and its fields.
        now: When it occurred, if it says neither that nor when it was told.

    Raises:
        MalformedEvent: a field is missing, unknown or none of what it takes.
    """
    event = event_from_mapping({"occurred_at": now.isoformat(), **values})
    return event if "occurred_at" in values else _at_its_moment(event)


def _at_its_moment(event: Event) -> Event:
    """A notice or a receipt occurs when it is given, also where it is recorded later.

    Otherwise a question about the days between would not find it.
    """
    given = getattr(event, "notified_at", None)
    if isinstance(event, DsrReceived):
        given = event.received_at
    if given is None or given >= event.occurred_at:
        return event
    return msgspec.structs.replace(event, occurred_at=given)


def signal_events(
    values: Mapping[str, Any], case: str, incident: str | None, now: datetime
) -> tuple[Event, Event]:
    """A signal, and what ties its incident to a breach.

    Args:
        values: The fields of the signal.
        case: The breach.
        incident: What the incident is called; as the breach, if it has no name of its own.
        now: When it came in, if it does not say so.

    Raises:
        MalformedEvent: a field is missing, unknown or none of what it takes.
    """
    named = incident or case
    signal = step_event({**values, "kind": "incident.signalled", "incident_id": named}, now)
    tie = event_from_mapping(
        {
            **{name: values[name] for name in ("actor", "actor_kind", "system") if name in values},
            "kind": "incident.triaged",
            # The signal belonged to the case from its start.
            "occurred_at": signal.occurred_at.isoformat(),
            "incident_id": named,
            "breach_id": case,
        }
    )
    return signal, tie
