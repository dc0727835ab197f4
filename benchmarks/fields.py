"""What is measured: uses of access with two personal fields each, from a fixed seed.

Standard library only: the separate environment of `eventsourcing_sqlalchemy` imports this file
too, so that both sides store the same.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid4

BATCH: Final = 1_000
_PEOPLE: Final = 500
_CUSTOMERS: Final = 2_000
_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_RESOURCES: Final = ("customer-file", "reports", "contracts", "invoices")
_PURPOSES: Final = ("reporting", "investigation", "contract", "application-access")


@dataclass(frozen=True)  # no slots: the library reads the instance dictionary
class LibraryEvent:
    """The measured event as a plain event of the eventsourcing library, each its own stream."""

    originator_id: UUID
    originator_version: int
    timestamp: datetime
    system: str
    actor: str
    customer_id: str
    resource: str
    act: str
    purpose: str
    records_count: int


def fields(count: int) -> Iterator[dict[str, Any]]:
    """The field values of so many events, the same ones every time."""
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    for number in range(count):
        yield {
            "occurred_at": _START + timedelta(seconds=number),
            "system": f"system-{chance.randrange(5)}",
            "actor": f"person:employee{chance.randrange(_PEOPLE)}@example.nl",
            "customer_id": f"data-subject:CUSTOMER:{chance.randrange(_CUSTOMERS)}",
            "resource": chance.choice(_RESOURCES),
            "act": "read",
            "purpose": chance.choice(_PURPOSES),
            "records_count": chance.randrange(1, 50),
        }


def library_batches(count: int) -> Iterator[list[LibraryEvent]]:
    """The measured events for the library, in batches of 1,000, each made when it is asked for."""
    events = (
        LibraryEvent(uuid4(), 1, values.pop("occurred_at"), **values) for values in fields(count)
    )
    while batch := list(islice(events, BATCH)):
        yield batch
