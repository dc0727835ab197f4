"""Facts as their senders write them, and what the log then has."""

import json
from typing import Any, Final
from uuid import UUID, uuid5

from service.context import Context

PATH: Final = "/v1/events"
STRUCTURED: Final = {"Content-Type": "application/cloudevents+json"}
BATCH: Final = {"Content-Type": "application/cloudevents-batch+json"}
NATIVE: Final = {"Content-Type": "application/json"}
LINES: Final = {"Content-Type": "application/x-ndjson"}

_NAMESPACE: Final = UUID("0192f5f0-7a10-7c2e-9b1a-5d2f4c6e8a01")


def native(number: int | None = None, **values: object) -> dict[str, Any]:
    """An event of ours; with a number it has an id."""
    own_id = {} if number is None else {"event_id": str(uuid5(_NAMESPACE, str(number)))}
    return {
        "kind": "access.used",
        "occurred_at": "2026-11-22T09:30:00Z",
        "system": "web-1",
        "actor": "person:j.jansen@example.nl",
        "resource": "customer-file",
        **own_id,
        **values,
    }


def cloud_event(number: int, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """The same as a CloudEvent; further values go into its data."""
    data = native(None, **values)
    del data["kind"], data["occurred_at"]
    return {
        "specversion": "1.0",
        "id": f"request {number}",
        "source": "https://web.example.nl/application",
        "type": "access.used",
        "time": "2026-11-22T09:30:00Z",
        "data": data,
    }


def lines(*values: object) -> bytes:
    """Values of JSON, one on each line."""
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def kinds(context: Context) -> list[str]:
    """The kinds of all records, in order, without their versions."""
    return [row.kind.rpartition(".")[0] for row in context.ledger.log.scan()]
