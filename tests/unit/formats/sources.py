"""Sources to read in tests: a context whose ids can be predicted, and outcomes by sort."""

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec.structs import asdict

from formats.reading import Outcome, ReadContext, Skipped, Translated, Unreadable

NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)

Read = Callable[[BinaryIO, ReadContext], Iterator[Outcome]]


def derived_id(occurred_at: datetime | None, identity: bytes) -> UUID:
    """An id that depends on both arguments and on nothing else."""
    digest = hashlib.sha256(f"{occurred_at}\0".encode() + identity).digest()
    return UUID(bytes=digest[:16], version=5)


def context_of(
    *,
    system: str | None = "web-1",
    zone: str | None = "Europe/Amsterdam",
    year: int | None = 2026,
    source: bytes = b"source",
    now: datetime = NOW,
) -> ReadContext:
    """What the owner of a source states about it."""
    return ReadContext(
        derive_id=derived_id,
        system=system,
        zone=ZoneInfo(zone) if zone else None,
        year=year,
        source_identity=hashlib.sha256(source).digest(),
        now=now,
    )


def outcomes(read: Read, content: bytes | str, **stated: Any) -> list[Outcome]:  # noqa: ANN401 - the arguments of context_of
    """What becomes of a source in one language."""
    raw = content.encode() if isinstance(content, str) else content
    return list(read(io.BytesIO(raw), context_of(**stated)))


def facts(found: Iterable[Outcome]) -> list[dict[str, Any]]:
    """The events among outcomes as plain values, fields without value left out."""
    events = (outcome.event for outcome in found if isinstance(outcome, Translated))
    return [
        {name: value for name, value in asdict(event).items() if value not in (None, ())}
        | {"kind": str(event.__struct_config__.tag)}
        for event in events
    ]


def reasons(found: Iterable[Outcome]) -> list[str]:
    """Why each unreadable part could not be read."""
    return [outcome.reason for outcome in found if isinstance(outcome, Unreadable)]


def skipped(found: Iterable[Outcome]) -> list[str]:
    """Why each part was left out on purpose."""
    return [outcome.reason for outcome in found if isinstance(outcome, Skipped)]


def warnings(found: Iterable[Outcome]) -> list[str]:
    """Every warning of the events."""
    return [
        text for outcome in found if isinstance(outcome, Translated) for text in outcome.warnings
    ]
