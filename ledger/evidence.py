"""The events that the ledger records about itself: refused conflicts, clocks, readings.

The digest of refused content is left out of a conflict's sealed bytes: whoever holds the keys could
check a guess against it, and no erasure would ever reach it. The derived event id tells two
conflicts apart just as well, in 74 bits.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from ledger.draft import Conflict, Draft
from ledger.events.access import AccessAttemptDenied
from ledger.events.log_integrity import LogClockSkewRecorded, LogConflictRecorded, LogRead
from ledger.identifiers import masked
from ledger.own_records import IDENTITIES, READINGS
from ledger.shown_records import MOST_CHARACTERS, Runs

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_MILLISECOND_BITS: Final = 48
_RANDOM_BITS: Final = 62


@dataclass(frozen=True, slots=True)
class Reading:
    """Who is shown identities, and what for."""

    reader: str
    """`person:…`"""
    purpose: str
    """A word of `ledger.purposes.PURPOSES`: `incident-investigation`."""
    reason: str | None = None
    """In the reader's own words."""
    is_program: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who is answered by tokens alone."""

    identity: str
    """`person:…`"""
    is_program: bool = False
    purpose: str | None = None
    """A word of `ledger.purposes.PURPOSES`, if one was named."""
    reason: str | None = None
    """The case that was named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a reader is about to be shown."""

    records: int
    identities: int
    """How many names, each counted in every place where it stands."""
    runs: Runs
    """Which records."""
    subjects: str | None = None
    """Tokens, parted by blanks, of those whose identities alone are shown; `None`: of all."""
    subjects_are_all: bool = True
    """False where there were too many to name: then anybody in the records may have been meant."""


def identifier(occurred_at: datetime | None, keyed_digest: bytes) -> UUID:
    """A UUID made of a keyed digest: the same each time, and it reveals nothing.

    Args:
        occurred_at: Aware; its milliseconds since 1970 order the id in time (version 7). `None`
            leaves the time out (version 8): the same fact told with two times keeps one id.
        keyed_digest: At least 16 bytes that nobody without the key can foresee.

    Source: RFC 9562 §5.7 and §5.8 (UUID versions 7 and 8).
    """
    if occurred_at is None:
        return _of_digest_alone(keyed_digest)
    milliseconds = max(0, (occurred_at - _EPOCH) // _MILLISECOND) & ((1 << _MILLISECOND_BITS) - 1)
    digest = int.from_bytes(keyed_digest[:10], "big")
    random_a = digest >> 68 & 0xFFF
    random_b = digest & ((1 << _RANDOM_BITS) - 1)
    return UUID(
        int=milliseconds << 80 | 0x7 << 76 | random_a << 64 | 0b10 << _RANDOM_BITS | random_b
    )


def _of_digest_alone(keyed_digest: bytes) -> UUID:
    version_and_variant = 0x8 << 76 | 0b10 << _RANDOM_BITS
    kept = ~(0xF << 76 | 0b11 << _RANDOM_BITS)
    return UUID(int=int.from_bytes(keyed_digest[:16], "big") & kept | version_and_variant)


def conflict_recorded(
    draft: Draft, conflict: Conflict, *, event_id: UUID, now: datetime
) -> LogConflictRecorded:
    """The evidence that an event id came again with other content."""
    return LogConflictRecorded(
        event_id=event_id,
        occurred_at=now,
        reused_event_id=conflict.event_id,
        first_index=conflict.index,
        refused_kind=draft.kind,
    )


def clock_skew_recorded(offset: timedelta, now: datetime) -> LogClockSkewRecorded:
    """The record of a clock of ours that went back.

    Args:
        offset: How far the clock is from the last `recorded_at`; negative.
        now: What the clock says.
    """
    return LogClockSkewRecorded(occurred_at=now, offset=-offset, skew_from=now)


def log_read(
    reading: Reading, question: str, shown: Shown, now: datetime, *, lines: int | None = None
) -> LogRead:
    """The record that somebody was shown identities.

    Args:
        reading: Who, and what for.
        question: What was asked, without identities in it.
        shown: Which records, and how many names.
        now: When.
        lines: How many lines that are no records, if any were asked for.
    """
    return LogRead(
        occurred_at=now,
        system=READINGS,
        actor=reading.reader,
        actor_kind="service" if reading.is_program else "person",
        purpose=reading.purpose,
        note=None if reading.reason is None else masked(reading.reason),
        question=question[:MOST_CHARACTERS],
        records=shown.records,
        identities=shown.identities,
        shown=shown.runs.text(),
        shown_exactly=shown.runs.is_exact and shown.subjects_are_all,
        shown_subjects=shown.subjects,
        lines=lines,
    )


def consulted(reader: Reader, question: str, records: int, now: datetime) -> LogRead:
    """The record that somebody was answered without any identity: it shows nobody.

    Args:
        reader: Who asked.
        question: What was asked, without identities in it.
        records: How many records or rows the answer tells of.
        now: When.
    """
    return LogRead(
        occurred_at=now,
        system=READINGS,
        actor=reader.identity,
        actor_kind="service" if reader.is_program else "person",
        purpose=reader.purpose,
        note=None if reader.reason is None else masked(reader.reason)[:MOST_CHARACTERS],
        question=masked(question)[:MOST_CHARACTERS],
        records=records,
        identities=0,
    )


def attempt_denied(person: str, role: str, now: datetime) -> AccessAttemptDenied:
    """The record that somebody tried what only a role allows."""
    return AccessAttemptDenied(
        occurred_at=now,
        system=READINGS,
        actor=person,
        actor_kind="person",
        outcome="denied",
        resource=IDENTITIES,
        act=role,
    )
