"""Records as an export gives them, made from events without a log."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from formats.answers.record import event_fields
from formats.export.writing import Exported, Provenance, Records
from formats.json_form import plain
from formats.sentences import sentence
from ledger.events import Event, kind_of

RECORDED: Final = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
PROVENANCE: Final = Provenance(
    origin="log.example.nl/audit",
    size=1000,
    root_hash=bytes(range(32)),
    question="kind=access",
    identities=True,
    program="zegel/1.2",
    zone="Europe/Amsterdam",
)


def exported(event: Event, index: int = 0, personal: Mapping[str, str] | None = None) -> Exported:
    """The record of a completed event at an index, all of it open unless it is said otherwise."""
    recorded_at = RECORDED + timedelta(microseconds=index)
    document: dict[str, Any] = {
        "index": index,
        "recorded_at": recorded_at,
        "kind": kind_of(event),
        "stream": event.event_id,
        "version": 0,
        "leaf_hash": leaf_hash(index),
        "event": event_fields(event),
        "personal": dict(personal or {}),
        "erased": {},
    }
    return Exported(
        index=index,
        kind=kind_of(event),
        event_id=event.event_id,
        recorded_at=recorded_at,
        occurred_at=event.occurred_at,
        leaf_hash=leaf_hash(index),
        previous_hash=leaf_hash(index - 1) if index else None,
        document=msgspec.to_builtins(plain(document)),
        system=event.system,
        actor=event.actor,
        sentence=sentence(event, UTC),
    )


def raw(index: int = 0) -> Exported:
    """A record whose bytes are no event of a known kind."""
    recorded_at = RECORDED + timedelta(microseconds=index)
    document = {"index": index, "recorded_at": f"{recorded_at.isoformat()}", "event": "00ff"}
    return Exported(
        index=index,
        kind="later.invented.v7",
        event_id=None,
        recorded_at=recorded_at,
        occurred_at=None,
        leaf_hash=leaf_hash(index),
        previous_hash=None,
        document=document,
        sentence="no event of a kind that is known here",
    )


def leaf_hash(index: int) -> bytes:
    """Some 32 bytes for each index."""
    return hashlib.sha256(str(index).encode()).digest()


def records_of(
    found: Iterable[Exported], *, limit: int | None = None, more: bool = False
) -> Records:
    """These records, with more of them to come where that is said."""
    return Records(iter(found), lambda _: more, limit=limit)
