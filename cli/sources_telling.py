"""Records what a collector notes about one source, each fact once however often it is noted."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ledger.own_records import SOURCES

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class SourceTeller:
    """Who tells, in which log and about which source."""

    ledger: "Ledger"
    name: str
    """Of the files about the source: from `name_of_files`."""
    source: str | None
    """Its system."""
    source_format: str
    collector: str
    parser: str | None

    def event_id(self, *parts: bytes | str) -> UUID:
        """The id of a fact about the source: it follows from what the fact is about."""
        encoded = [part.encode() if isinstance(part, str) else part for part in (self.name, *parts)]
        whole = b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
        return self.ledger.derive_id(None, b"source note" + whole)

    def said(self, occurred_at: datetime) -> dict[str, Any]:
        """The fields that every fact about the source has."""
        return {
            "occurred_at": occurred_at,
            "system": SOURCES,
            "source": self.source,
            "collector": self.collector,
            "parser": self.parser,
        }

    def tell(self, event: "Event") -> None:
        """Returns when the fact is durable; one of that id that is there already stays as it is.

        Raises:
            StoreUnavailable: the database cannot be written.
        """
        self.ledger.record_own_once(event)
