"""How a writer records one event: through the ledger itself, or through the service."""

import json
import threading
import uuid
from pathlib import Path
from typing import Any, Final, Protocol

from ledger.errors import OutcomeUnknown, StoreUnavailable
from ledger.events import Event, event_from_mapping
from ledger.ledger import Ledger
from tests import killed_writers

_NAMESPACE: Final = uuid.UUID("5b1f4d7e-93ab-4c8c-8b5e-0a7a5a1f6a02")
_DONE: Final = (200, 201)


class Recorder(Protocol):
    """Records the events of writers, each known by its writer and its number."""

    def id_of(self, writer: int, number: int) -> str:
        """The event id; the same each time."""

    def record(self, writer: int, number: int) -> dict[str, Any]:
        """Index and leaf hash of the event.

        Raises:
            OutcomeUnknown: nobody knows whether it was stored.
            StoreUnavailable: it was not.
        """

    def close(self) -> None:
        """Ends what was opened."""


def event_of(prefix: str, writer: int, number: int) -> Event:
    """One event; the same in every run with the same prefix."""
    return event_from_mapping(
        {
            "kind": "ip.recorded",
            "event_id": str(uuid.uuid5(_NAMESPACE, f"{prefix} {writer} {number}")),
            "occurred_at": "2026-11-01T12:00:00Z",
            "ip": f"ip:10.{writer}.{number // 250 % 250}.{number % 250}",
        }
    )


class LedgerRecorder:
    """Writers that share a ledger of their process, and so its group commit."""

    def __init__(self, database: str, key_file: str, prefix: str) -> None:
        self._ledger = Ledger.open(database=database, key_file=Path(key_file))
        self._prefix = prefix

    def id_of(self, writer: int, number: int) -> str:
        """See `Recorder`."""
        return str(event_of(self._prefix, writer, number).event_id)

    def record(self, writer: int, number: int) -> dict[str, Any]:
        """See `Recorder`."""
        receipt = self._ledger.record(event_of(self._prefix, writer, number))
        assert receipt.leaf_hash is not None
        return {"index": int(receipt.index), "leaf_hash": receipt.leaf_hash.hex()}

    def close(self) -> None:
        """See `Recorder`."""
        self._ledger.close()


class ServiceRecorder:
    """Writers that send to a service, each over its own connection."""

    def __init__(self, url: str, key: str, prefix: str) -> None:
        self._place = (url, key, prefix)
        self._prefix = prefix
        self._own = threading.local()

    def id_of(self, writer: int, number: int) -> str:
        """See `Recorder`."""
        return str(killed_writers.event_id(self._prefix, writer, number))

    def record(self, writer: int, number: int) -> dict[str, Any]:
        """See `Recorder`."""
        if not hasattr(self._own, "sender"):
            self._own.sender = killed_writers.Writer(*self._place, writer)
        body = killed_writers.event_of(self._prefix, writer, number)
        status, text = self._own.sender._post(body)
        answer = json.loads(text) if text else {}
        if status in _DONE:
            return {"index": answer["index"], "leaf_hash": answer["leaf_hash"]}
        told = str(answer.get("type", ""))
        if status == 0 or told.endswith("outcome-unknown"):
            raise OutcomeUnknown(told)
        if status in {429, 503}:
            raise StoreUnavailable(told)
        raise AssertionError(f"{status}: {text!r}")

    def close(self) -> None:
        """See `Recorder`."""


def recorder_for(place: str, key: str, prefix: str) -> Recorder:
    """The recorder of a database with its key file, or of a service with an API key."""
    made = ServiceRecorder if place.startswith("http") else LedgerRecorder
    return made(place, key, prefix)
