"""What a computation takes and gives: anchors, steps in words and data, readings, results.

A result is a value of its inputs: computing twice gives equal results, and encoding and decoding
one gives it back. It says "computed from X under rule Y", never "the deadline".
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from ledger.errors import FormatError
from projections.deadlines.legal_calendar import CalendarRef
from projections.deadlines.local_times import local_date
from projections.deadlines.refusals import Refusal
from projections.deadlines.rules import Standing


class Anchor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A moment that a clock starts from: an instant or a local date, with its event if any.

    Exactly one of `at` (aware) and `on` is given. Rules in hours need an instant.
    """

    at: datetime | None = None
    on: date | None = None
    event_id: UUID | None = None

    def __post_init__(self) -> None:
        """Refuses an anchor that is two moments or none."""
        if (self.at is None) == (self.on is None):
            raise ValueError("anchor: expected either `at` or `on`")

    def local_date(self, zone: ZoneInfo) -> date:
        """The local date of the moment."""
        if self.at is not None:
            return local_date(self.at, zone)
        assert self.on is not None  # noqa: S101 - see __post_init__
        return self.on


class UsedAnchor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An anchor with its name and meaning, as the computation took it."""

    name: str
    meaning: str
    at: datetime | None = None
    on: date | None = None
    event_id: UUID | None = None


class ClosedDay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day that was passed over, and why."""

    on: date
    why: str


class DoneStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One computation step: what was done, and the instant or date it came to."""

    operation: str
    words: str
    amount: int | None = None
    unit: str | None = None
    at: datetime | None = None
    on: date | None = None
    passed_over: tuple[ClosedDay, ...] = ()


class Reading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One reading of a rule with its limit; `due_at` is an exclusive end, in UTC."""

    name: str
    label: str
    standing: Standing
    due_at: datetime
    steps: tuple[DoneStep, ...]
    due_on: date | None = None
    """The last local day in time, for periods in days, weeks and months."""
    calendar: CalendarRef | None = None


class RefusedReading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reading that cannot be computed while the leading one can."""

    name: str
    label: str
    refusal: Refusal


class Finding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a reader of the result must know, as a word and as a sentence."""

    code: str
    words: str


class DeadlineResult(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A computed limit that explains itself.

    `leading` is the reading to plan by; `alternatives` are all others, each with its label and
    standing. In time means before `due_at`.
    """

    rule_id: str
    rule_version: int
    title: str
    source: str
    bearer: str
    zone: str
    country: str
    anchors: tuple[UsedAnchor, ...]
    parameters: dict[str, int | bool]
    words: str
    leading: Reading
    alternatives: tuple[Reading, ...] = ()
    refused: tuple[RefusedReading, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: str = ""
    """What is disputed, secondary or not known about the rule."""

    @property
    def due_at(self) -> datetime:
        """The leading instant, in UTC, exclusive."""
        return self.leading.due_at

    @property
    def due_on(self) -> date | None:
        """The last day in time, for a period in days, weeks or months."""
        return self.leading.due_on

    @property
    def readings(self) -> tuple[Reading, ...]:
        """All computed readings, the leading one first."""
        return (self.leading, *self.alternatives)

    @property
    def calendars(self) -> tuple[CalendarRef, ...]:
        """Every calendar that a reading rests on, once each."""
        return tuple(
            {
                str(each.calendar): each.calendar
                for each in self.readings
                if each.calendar is not None
            }.values()
        )

    def reading(self, name: str) -> Reading | None:
        """The reading of that name, if it was computed."""
        return next((each for each in self.readings if each.name == name), None)

    def finding(self, code: str) -> Finding | None:
        """The finding of that code, if there is one."""
        return next((each for each in self.findings if each.code == code), None)

    def is_in_time(self, at: datetime) -> bool:
        """Whether what was done then was done in time, by the leading reading."""
        return at < self.due_at

    def remaining(self, now: datetime) -> timedelta:
        """What is left until the leading limit; negative when it has passed."""
        return self.due_at - now


Anchors = Mapping[str, Anchor]
Parameters = Mapping[str, int | bool]

_DECODER: Final[msgspec.json.Decoder[DeadlineResult]] = msgspec.json.Decoder(DeadlineResult)


def encode_result(result: DeadlineResult) -> bytes:
    """A result as JSON, from which `decode_result` gives an equal one."""
    return msgspec.json.encode(result)


def decode_result(document: bytes) -> DeadlineResult:
    """The result that `encode_result` wrote.

    Raises:
        FormatError: it is none.
    """
    try:
        return _DECODER.decode(document)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FormatError("deadline result", "what encode_result wrote", str(error)) from error
