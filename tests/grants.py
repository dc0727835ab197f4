"""Access grants for tests: one kind that has every sort of personal field."""

from datetime import UTC, datetime
from typing import Any, Final

from ledger.events import Event, event_from_mapping

OCCURRED_AT: Final = datetime(2026, 1, 1, 10, 0, tzinfo=UTC)


def grant(**fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    """A grant to Jan of the customer file, with these fields instead or beside."""
    return event_from_mapping(
        {
            "kind": "access.granted",
            "occurred_at": OCCURRED_AT.isoformat(),
            "grant_id": "G-17",
            "grantee": "person:jan@example.nl",
            "resource": "customer-file",
            **fields,
        }
    )
