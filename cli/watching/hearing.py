"""One source on its way into the log: what is remembered of it, and what its waiting tells."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from cli.sources_notes import SourceNotes
from cli.watching.collecting import Tell
from cli.watching.config import WatchedSource
from cli.watching.recorder import COLLECTOR, Recorder
from cli.watching.source_state import Part, SourceState, StateFile
from cli.watching.standing import Standing
from cli.watching.streams import Stopped
from formats import FORMATS
from formats.reading import ReadContext
from ledger.units import Clock, utc_now

if TYPE_CHECKING:
    from ledger.ledger import Ledger

WAIT_S: Final = 0.5
"""How long a source that gives nothing is left alone."""

NOTES_S: Final = 5.0
"""How often waiting is looked at for what it tells: gaps, silence."""

FOLDER: Final = "watch"

Covered = Callable[[datetime | None], None]
"""Told up to when a source was read to its end; `None`: it is not there."""

_NANOSECONDS: Final = 1_000_000_000


class Hearing:
    """All that the reading of one source needs; it happens in one thread."""

    def __init__(
        self,
        source: WatchedSource,
        home: Path,
        recorder: Recorder,
        *,
        zone: ZoneInfo,
        stop: Event,
        once: bool,
        tell: Tell,
        covered: Covered,
        clock: Clock = utc_now,
    ) -> None:
        """Reads what is remembered of the source; records nothing.

        Args:
            source: What is read.
            home: The folder of the home.
            recorder: The way into the log.
            zone: Of times written without one.
            stop: Set when the program is to end.
            once: End when all that is there was read.
            tell: What an operator should know.
            covered: Who declares coverage.
            clock: Gives the present.

        Raises:
            StoreUnavailable: what is remembered cannot be read.
        """
        self.source, self.recorder, self.once, self.clock = source, recorder, once, clock
        self.tell = tell
        self.standing = Standing(source)
        self.folder = home / FOLDER / source.name
        self.folder.parent.mkdir(mode=0o700, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.reader = FORMATS[source.format]
        self.zone = source.zone or zone
        self._stop, self._covered = stop, covered
        self._file = StateFile(self.folder)
        self.state = self._fitting(self._file.read())
        self.notes = SourceNotes(
            recorder.ledger,
            home,
            name=source.name,
            reader=self.reader,
            context=self.context(Part(identity="")),
            collector=COLLECTOR,
        )
        self.standing.last_heard_at = self.notes.heard_at
        self._noted_at_s = time.monotonic()

    @property
    def ledger(self) -> "Ledger":
        """The log."""
        return self.recorder.ledger

    @property
    def is_stopping(self) -> bool:
        """Whether the program is to end."""
        return self._stop.is_set()

    def begin(self, medium: str) -> None:
        """Notes that the source is followed: at home, and in the log, unless it is known there.

        What is rotated from then on is read, even if this program ends before it reads a line.
        """
        self.keep()
        if not self.once:
            span, now = self.source.silent_after, self.clock()
            counts_from = now if self.source.medium == "listen" else None
            self.recorder.durably(
                lambda: self.notes.watch(medium, span, counts_from=counts_from), self.tell
            )

    def keep(self) -> None:
        """Makes what is remembered of the source durable; waits for a disk that is full."""
        self.recorder.durably(lambda: self._file.write(self.state), self.tell)

    def context(self, part: Part) -> ReadContext:
        """What a reader of one part is told."""
        return ReadContext(
            derive_id=self.ledger.derive_id,
            system=self.source.system,
            zone=self.zone,
            year=part.year,
            source_identity=bytes.fromhex(part.identity),
            now=self.clock(),
            programs=self.source.programs,
            systems=self.source.systems,
            clock=self.clock,
        )

    def wait(self, covered_until: datetime | None, rest: Callable[[float], object]) -> None:
        """Waits while nothing comes, and notes what that tells.

        Args:
            covered_until: Up to when the source was read to its end, all of it durable; `None`:
                it is not there.
            rest: Waits for at most so many seconds, such as for a spool that grows.

        Raises:
            Stopped: it is time to end.
        """
        self.standing.condition = "away" if covered_until is None else "following"
        self.recorder.durably(lambda: self._covered(covered_until), self.tell)
        if self.once:
            self.recorder.durably(self.notes.finish, self.tell)
        if self.once or self.is_stopping:
            raise Stopped
        if time.monotonic() - self._noted_at_s >= NOTES_S:
            self.recorder.durably(lambda: self.notes.idle(self.clock()), self.tell)
            self._noted_at_s = time.monotonic()
        rest(WAIT_S)

    def pause(self, seconds: float) -> None:
        """Waits, but not beyond the moment when the program is to end."""
        self._stop.wait(seconds)

    def _fitting(self, kept: SourceState | None) -> SourceState:
        """What is remembered, if it is about this log and read the same way; else a new state."""
        ledger, source = self.ledger, self.source
        if (
            kept is not None
            and (kept.format, kept.system, kept.origin)
            == (source.format, source.system, ledger.origin)
            and kept.log_size <= ledger.head().size
        ):
            return kept
        return SourceState(
            format=source.format,
            system=source.system,
            origin=ledger.origin,
            log_size=0,
            began_ns=int(self.clock().timestamp() * _NANOSECONDS),
        )
