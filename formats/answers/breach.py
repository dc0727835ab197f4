"""A breach with its clocks as a JSON object."""

from typing import TYPE_CHECKING, Any

from formats.answers.clock import clock_document
from formats.answers.record import event_fields

if TYPE_CHECKING:
    from uuid import UUID

    from projections.cases.breach import BreachCase
    from projections.cases.clock import Clock
    from projections.cases.reading import Moment, Step


def breach_document(
    stream: "UUID", breach: "BreachCase", clocks: "list[Clock]", moment: "Moment"
) -> dict[str, Any]:
    """A breach as one JSON object."""
    return {
        "breach": stream,
        "as_of": moment.as_of,
        "known_size": moment.known_size,
        "status": breach.status,
        "aware_at": breach.aware_at,
        "risk": breach.risk,
        "candidates": [
            {
                "anchor": each.anchor,
                "at": each.at,
                "index": each.index,
                "corrected_by": each.corrected_by,
            }
            for each in breach.candidates
        ],
        "facts": {
            name: {"value": value, "index": index} for name, (value, index) in breach.facts.items()
        },
        "open_items": list(breach.open_items()) if breach.notices_to("authority") else [],
        "steps": [_step_document(step) for step in breach.steps],
        "clocks": [clock_document(clock) for clock in clocks],
    }


def _step_document(step: "Step") -> dict[str, Any]:
    return {
        "index": step.index,
        "recorded_at": step.recorded_at,
        "event": event_fields(step.event),
    }
