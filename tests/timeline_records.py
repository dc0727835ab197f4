"""Records as an export gives them, made from events alone, for tests of timelines and bundles."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from formats.export.writing import Exported, Provenance, Records
from formats.sentences import sentence
from ledger.events import Event, event_from_mapping, kind_of

RECORDED_FROM: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROOT: Final = bytes(range(32))


def provenance(*, identities: bool = True, size: int = 40, **settings: str) -> Provenance:
    """Of a log for examples."""
    return Provenance(
        origin="log.example/test",
        size=size,
        root_hash=ROOT,
        question="kind=ip",
        identities=identities,
        program="zegel/1",
        zone="Europe/Amsterdam",
        settings=settings,
    )


def exported(index: int, event: Event, stream: str | None = None) -> Exported:
    """The record of an event that was recorded so many seconds after the first one."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    return Exported(
        index=index,
        kind=kind_of(event),
        event_id=event.event_id or UUID(int=index),
        recorded_at=RECORDED_FROM + timedelta(seconds=index),
        occurred_at=event.occurred_at.astimezone(UTC),
        leaf_hash=sha256(str(index).encode()).digest(),
        previous_hash=None,
        document={
            "index": index,
            "stream": stream or f"stream-{index}",
            "event": fields,
            "personal": {},
            "erased": {},
        },
        system=event.system,
        actor=event.actor,
        sentence=sentence(event, ZoneInfo("Europe/Amsterdam")),
    )


def raw(index: int) -> Exported:
    """A record of a kind that nobody here knows."""
    return Exported(
        index=index,
        kind="future.happened.v9",
        event_id=None,
        recorded_at=RECORDED_FROM + timedelta(seconds=index),
        occurred_at=None,
        leaf_hash=sha256(str(index).encode()).digest(),
        previous_hash=None,
        document={"index": index, "stream": "s", "event": "00ff", "personal": {}, "erased": {}},
        sentence="no event of a kind that is known here",
    )


def told(kind: str, occurred_at: str, **fields: Any) -> Event:  # noqa: ANN401 - of any kind
    """An event by its fields, which may be plain values."""
    return event_from_mapping({"kind": kind, "occurred_at": occurred_at, **fields})


def records(found: Iterable[Exported], *, cut: bool = False) -> Records:
    """They, as an export gets them; cut off where more were asked for."""
    listed = list(found)
    return Records(iter(listed), lambda _index: cut, limit=len(listed) if cut else None)
