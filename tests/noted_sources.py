"""A source that a collector notes things about, for tests: its log, its lines, what was noted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cli.sources_notes import SourceNotes
from formats import FORMATS, Format
from formats.reading import Numbered, Outcome, ReadContext, Skipped, Translated, Unreadable
from ledger.events import Event, event_from_mapping
from ledger.home import Home
from ledger.ledger import Ledger
from ledger.own_records import SOURCES
from ledger.query import EventQuery
from ledger.units import utc_now

IDENTITY = b"\x01" * 32
BEGIN = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
LINE_BYTES = 100


@dataclass
class HandClock:
    """A clock that stands still until a test moves it."""

    now: datetime = field(default_factory=utc_now)

    def __call__(self) -> datetime:
        """The present."""
        return self.now

    def on(self, **span: float) -> datetime:
        """The present after it moved on."""
        self.now += timedelta(**span)
        return self.now


@dataclass
class NotedSource:
    """One source in one home."""

    ledger: Ledger
    home: Path
    clock: HandClock
    system: str = "gateway"
    begins_at: int = 0
    """The first index that is its own: a log may serve several tests."""

    @property
    def reader(self) -> Format:
        """The language that it is read in."""
        return FORMATS["openssh"]

    @property
    def context(self) -> ReadContext:
        """What its owner states."""
        return ReadContext(
            derive_id=self.ledger.derive_id,
            system=self.system,
            zone=ZoneInfo("Europe/Amsterdam"),
            year=2026,
            source_identity=IDENTITY,
            now=self.clock.now,
        )

    def notes(self) -> SourceNotes:
        """What a run of a collector begins with; again, as after a crash."""
        return SourceNotes(
            self.ledger,
            self.home,
            name="/var/log/auth.log",
            reader=self.reader,
            context=self.context,
            collector="zegel-watch/1",
        )

    def told(self) -> list[Event]:
        """What was noted so far, in the order of the log; kinds as classes, people as tokens."""
        found = self.ledger.read(EventQuery(system=SOURCES, start=self.begins_at))
        return [record.event for record in found if record.event is not None]


def noted_log(folder: Path) -> Iterator[tuple[Ledger, HandClock]]:
    """A fresh log with a clock of its own, closed afterwards."""
    clock = HandClock()
    ledger = Home(folder / "home").init("log.example/test")
    ledger.clock = clock
    yield ledger, clock
    ledger.close()


def noted_source(log: tuple[Ledger, HandClock], home: Path) -> NotedSource:
    """A source of a log, of which nothing was noted yet.

    Args:
        log: From `noted_log`; may be used again.
        home: An empty folder, in place of the home of the log.
    """
    ledger, clock = log
    size = ledger.head().size
    return NotedSource(ledger, home, clock, f"gateway-{size}", size)


def fact(number: int, *, numbered: int | None = None, series: str = "s", **more: Any) -> Translated:  # noqa: ANN401 - fields of the event
    """The fact of line `number`, from 0, which happened so many hours after the begin."""
    event = event_from_mapping(
        {
            "kind": "access.used",
            "occurred_at": (BEGIN + timedelta(hours=number)).isoformat(),
            "resource": "ssh/gateway",
            "system": "gateway",
            **more,
        }
    )
    return Translated(f"line {number + 1}", event, _end(number), numbered=_of(series, numbered))


def skipped(number: int, *, numbered: int | None = None, series: str = "s") -> Skipped:
    """Line `number`, which tells no fact."""
    return Skipped(f"line {number + 1}", "no fact", 1, _end(number), _of(series, numbered))


def unreadable(number: int, reason: str = "expected a time, found none") -> Unreadable:
    """Line `number`, which cannot be read."""
    raw = b"line %d" % number
    return Unreadable(f"line {number + 1}", reason, raw, _end(number), offset=_end(number - 1))


def noted(
    notes: SourceNotes,
    *batch: Outcome,
    seen: datetime | None = None,
    written_by: datetime | None = None,
) -> None:
    """One batch, whose facts are taken to be durable."""
    wrong = [each for each in batch if isinstance(each, Unreadable)]
    notes.note(batch, wrong, observed_at=lambda _end: seen, written_by=written_by)


def _end(number: int) -> int:
    return (number + 1) * LINE_BYTES


def _of(series: str, number: int | None) -> Numbered | None:
    return None if number is None else Numbered(series, number)
