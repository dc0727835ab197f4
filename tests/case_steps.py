"""Steps of cases for tests: events some hours after a fixed noon."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ledger.events import event_from_mapping
from ledger.units import Index
from projections.cases.reading import Step

NOON: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""A Friday, 13:00 in Amsterdam."""


def hours(count: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=count)


def step(
    index: int,
    kind: str,
    *,
    hour: float = 0,
    corrected_by: int | None = None,
    **fields: Any,  # noqa: ANN401 - any field of any kind
) -> Step:
    """A step of a case that occurred some hours after noon and was recorded at once."""
    at = hours(hour)
    first = kind.partition(".")[0]
    name = {"incident": "incident_id", "dsr": "request_id"}.get(first, "breach_id")
    event = event_from_mapping({"kind": kind, "occurred_at": at.isoformat(), name: "c", **fields})
    taken_back = None if corrected_by is None else Index(corrected_by)
    return Step(Index(index), None, at, event, taken_back)


def aware(index: int, at: float, *, hour: float | None = None, **more: Any) -> Step:  # noqa: ANN401 - any field
    """A decision on awareness from some hours after noon."""
    moment = hours(at).isoformat()
    decided = at if hour is None else hour
    return step(index, "breach.awareness_determined", aware_at=moment, hour=decided, **more)
