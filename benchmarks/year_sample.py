"""A year of a busy organisation: uses of access, exchanges, files, contacts, attempts to get in."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from ledger.events import Event, event_from_mapping
from ledger.ledger import Ledger

YEAR: Final = timedelta(days=365)
_BEGINS: Final = datetime(2025, 11, 1, tzinfo=UTC)
_BATCH: Final = 2_000
_SYSTEMS: Final = ("crm", "hr-portal", "gateway", "file-exchange", "web")
_RESOURCES: Final = ("customer-file", "reports", "contracts", "invoices")
_PARTIES: Final = tuple(f"organisation-{number}" for number in range(20))
_WEIGHTS: Final = {
    "access.used": 70,
    "exchange.performed": 10,
    "intrusion.attempt_detected": 10,
    "file.received": 5,
    "contact.requested": 5,
}


def fill(ledger: Ledger, count: int) -> None:
    """Records so many facts of one year, in the order in which they occurred."""
    facts = year(count)
    while batch := list(islice(facts, _BATCH)):
        ledger.record_many(batch)


def year(count: int) -> Iterator[Event]:
    """So many facts, evenly over a year, the same ones every time."""
    chance = random.Random(11)  # noqa: S311 - repeatable, not secret
    kinds = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=count)
    for number, kind in enumerate(kinds):
        yield event_from_mapping(
            {
                "kind": kind,
                "occurred_at": (_BEGINS + YEAR * number / count).isoformat(),
                "system": chance.choice(_SYSTEMS),
                **_fields(kind, number, chance),
            }
        )


def _fields(kind: str, number: int, chance: random.Random) -> dict[str, Any]:
    match kind:
        case "access.used":
            return {
                "actor": f"person:employee{chance.randrange(500)}@example.nl",
                "customer_id": f"data-subject:CUSTOMER:{chance.randrange(2_000)}",
                "resource": chance.choice(_RESOURCES),
                "act": "read",
                "records_count": chance.randrange(1, 50),
            }
        case "exchange.performed":
            return {
                "direction": chance.choice(("in", "out")),
                "exchange_kind": "sync",
                "sender": {"role": "processor", "organisation": chance.choice(_PARTIES)},
                "recipient": {"role": "controller", "organisation": chance.choice(_PARTIES)},
                "size_bytes": chance.randrange(1, 9_000_000),
            }
        case "intrusion.attempt_detected":
            return {"ip": f"ip:198.51.{chance.randrange(100)}.{chance.randrange(200)}"}
        case "file.received":
            return {"file_id": f"file-{number}", "size_bytes": chance.randrange(1, 9_000_000)}
        case _:
            return {
                "channel": "phone",
                "actor": f"person:employee{chance.randrange(500)}@example.nl",
            }
