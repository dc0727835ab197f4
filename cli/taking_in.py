"""Takes outcomes of readers into the log, batch by batch: each durable before it is counted.

A batch that is taken in again, after a crash or a database that was away, adds nothing twice. What
came another way before, imported first and watched later, stays as it was told first: such facts
differ only in who collected them and when, and those are taken over.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from cli.recording_rights import RecordingRights
from formats.reading import Outcome, Skipped, Translated, Unreadable
from ledger.draft import Conflict, Receipt
from ledger.errors import EventIdReused, MalformedEvent, RecordingRefused
from ledger.events import Event, encode_event
from ledger.record import decode_record

if TYPE_CHECKING:
    from ledger.ledger import Ledger

BATCH_EVENTS: Final = 1000
SECONDS_OF_BATCH: Final = 1.0
"""A slow source, such as a pipe that somebody follows, is made durable at least this often."""


class _HowCollected(msgspec.Struct, frozen=True):
    """The fields that tell how a fact came in, not what it says."""

    collector: str | None = None
    observed_at: datetime | None = None


def never_observed(_end_offset: int) -> None:
    """When a line was first seen by a program that reads what others collected: nobody knows."""


@dataclass(frozen=True, slots=True)
class Collecting:
    """What a collector adds to events that do not say it themselves."""

    collector: str
    """A program, such as `zegel-import/1`."""
    observed_at: Callable[[int], datetime | None] = never_observed
    """When the collector first saw what ends at a byte offset of the source."""
    again: bool = False
    """Whether facts that are there already may stand behind new ones, as in a file that was written
    anew, or in a quarantine."""

    def complete(self, outcome: Translated) -> Event:
        """The event with who collected it and when."""
        event = outcome.event
        return replace(
            event,
            collector=event.collector or self.collector,
            observed_at=event.observed_at or self.observed_at(outcome.end_offset),
        )


@dataclass(slots=True)
class Taken:
    """What became of one batch; durable in the log."""

    end_offset: int
    """Up to which byte of the source."""
    recorded: int = 0
    already_there: int = 0
    conflicts: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)
    """What could not be read, and what the log refused."""
    skipped: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    systems: set[str] = field(default_factory=set)


def batches(outcomes: Iterator[Outcome], done: int) -> Iterator[list[Outcome]]:
    """Outcomes behind a byte offset, some at a time; what ends at one offset is never parted.

    Whoever goes on after a batch goes on after the offset of its last outcome: several facts of one
    line stay together.
    """
    batch: list[Outcome] = []
    began_at = time.monotonic()
    for outcome in outcomes:
        if outcome.end_offset <= done and done:
            continue
        if batch and outcome.end_offset != batch[-1].end_offset and is_due(batch, began_at):
            yield batch
            batch, began_at = [], time.monotonic()
        batch.append(outcome)
    if batch:
        yield batch


def is_due(batch: Sequence[Outcome], began_at_s: float) -> bool:
    """Whether a batch is large or old enough to be made durable."""
    return len(batch) >= BATCH_EVENTS or time.monotonic() - began_at_s > SECONDS_OF_BATCH


def take_in(
    ledger: "Ledger", rights: RecordingRights, batch: Sequence[Outcome], collecting: Collecting
) -> Taken:
    """What became of a batch, whose events are durable then.

    Args:
        ledger: Where they go.
        rights: What the account may record.
        batch: At least one outcome.
        collecting: Who collected them, and when.

    Raises:
        StoreUnavailable: the database cannot be used; the batch can be taken in again.
    """
    taken = Taken(max(outcome.end_offset for outcome in batch))
    translated = [outcome for outcome in batch if isinstance(outcome, Translated)]
    allowed, taken.unreadable = _by_rights(rights, translated)
    _record(ledger, allowed, _as_told_before(ledger, allowed, collecting), taken)
    for outcome in batch:
        match outcome:
            case Translated():
                _note(taken, outcome)
            case Skipped():
                taken.skipped[outcome.reason] += outcome.count
            case Unreadable():
                taken.unreadable.append(outcome)
    return taken


def _note(taken: Taken, outcome: Translated) -> None:
    taken.warnings.update(outcome.warnings)
    if outcome.event.system is not None:
        taken.systems.add(outcome.event.system)


def _by_rights(
    rights: RecordingRights, translated: list[Translated]
) -> tuple[list[Translated], list[Unreadable]]:
    """What the account may record, and what not, such as the end of a legal hold."""
    allowed: list[Translated] = []
    forbidden: list[Unreadable] = []
    for outcome in translated:
        refusal = rights.refusal(outcome.event)
        if refusal is None:
            allowed.append(outcome)
        else:
            forbidden.append(_refused(outcome, refusal))
    return allowed, forbidden


def _as_told_before(
    ledger: "Ledger", translated: Sequence[Translated], collecting: Collecting
) -> list[Event]:
    """The events as they are collected now, or as they were collected the first time.

    A source is taken in from its beginning on, so the first event that is new ends the search,
    unless it is one that was read before in another order.
    """
    events = [collecting.complete(outcome) for outcome in translated]
    for place, event in enumerate(events):
        if event.event_id is None:
            continue
        stored = ledger.log.find_event(event.event_id)
        if stored is None:
            if collecting.again:
                continue
            break
        said, told = translated[place].event, _how_collected(stored.sealed)
        events[place] = replace(
            event,
            collector=said.collector or told.collector,
            observed_at=said.observed_at or told.observed_at,
        )
    return events


def _how_collected(sealed: bytes) -> _HowCollected:
    return msgspec.json.decode(decode_record(sealed).body, type=_HowCollected)


def _record(
    ledger: "Ledger", translated: Sequence[Translated], events: Sequence[Event], taken: Taken
) -> None:
    """Records a batch in one transaction; where one event is refused, each by itself."""
    if not events:
        return
    try:
        for answer in ledger.record_many(events):
            _count(answer, taken)
    except RecordingRefused:
        for outcome, event in zip(translated, events, strict=True):
            _record_one(ledger, outcome, event, taken)


def _record_one(ledger: "Ledger", outcome: Translated, event: Event, taken: Taken) -> None:
    try:
        _count(ledger.record(event), taken)
    except EventIdReused:
        taken.conflicts += 1
    except RecordingRefused as error:
        taken.unreadable.append(_refused(outcome, error))


def _count(answer: Receipt | Conflict, taken: Taken) -> None:
    if isinstance(answer, Conflict):
        taken.conflicts += 1
    elif answer.duplicate:
        taken.already_there += 1
    else:
        taken.recorded += 1


def _refused(outcome: Translated, error: RecordingRefused) -> Unreadable:
    return Unreadable(outcome.place, str(error), _raw(outcome), outcome.end_offset)


def _raw(outcome: Translated) -> bytes:
    """What the operator needs to mend a refused event; the quarantine is as closed as the vault."""
    try:
        return encode_event(outcome.event)
    except MalformedEvent:
        return b""
