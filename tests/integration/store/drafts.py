"""Drafts as the vault would make them, from random bytes."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from ledger.draft import Conflict, Draft, Receipt, SealedDisclosure

NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_draft(*subjects: UUID, **changes: Any) -> Draft:  # noqa: ANN401 - fields of Draft
    """A draft that names these subjects as `actor`, with any field changed."""
    fields: dict[str, Any] = {
        "stream": uuid7(),
        "kind": "access.used.v1",
        "body": b'{"kind":"access.used.v1","resource":"customer-file"}',
        "event_id": uuid7(),
        "occurred_at": NOON,
        "system": "infactor-web",
        "disclosures": tuple(SealedDisclosure(s, "actor", os.urandom(60)) for s in subjects),
        "sameness": os.urandom(32),
        "fresh_stream": True,
    }
    return Draft(**(fields | changes))


def receipts_of(outcomes: Sequence[Receipt | Conflict]) -> list[Receipt]:
    """The outcomes of drafts that were all stored."""
    receipts = [outcome for outcome in outcomes if isinstance(outcome, Receipt)]
    assert len(receipts) == len(outcomes)
    return receipts


class HandClock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The instant it was set to."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Sets the clock forward, or back."""
        self.now += by
