"""What a collector notes about a source beside its facts: gaps, silence, lines that it cannot read.

Each is a fact of the log, recorded once however often the source is read again: its event id
follows from what it is about. Order of one batch: its facts are durable (by the caller), then the
lines in quarantine, then what is noted, then the state here, then the cursor (by the caller).
Stopped in between, the same batch comes again and changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cli.quarantine_files import SUFFIX, QuarantineFile
from cli.quarantine_notes import QuarantineNotes
from cli.sources_gaps import GapNotes
from cli.sources_numbers import PATIENCE
from cli.sources_silence import SilenceNotes
from cli.sources_state import (
    SourceState,
    Stated,
    name_of_files,
    read_state,
    state_file,
    write_state,
)
from cli.sources_telling import SourceTeller
from cli.taking_in import never_observed
from formats.reading import Outcome, ReadContext, Translated, Unreadable
from ledger.identifiers import masked
from ledger.own_records import is_reserved
from ledger.units import SystemId

if TYPE_CHECKING:
    from formats import Format
    from ledger.ledger import Ledger

ObservedAt = Callable[[int], datetime | None]
"""When the collector first saw what ends at a byte offset of the source, if that is known."""


class SourceNotes:
    """Notes about one source, read as one format for one system."""

    def __init__(
        self,
        ledger: "Ledger",
        home: Path,
        *,
        name: str,
        reader: "Format",
        context: ReadContext,
        collector: str,
    ) -> None:
        """Reads what is remembered of the source; records nothing.

        Args:
            ledger: Where notes are recorded.
            home: The folder of the home.
            name: What the source is called over all its runs: its resolved path, or the word of its
                configuration.
            reader: The language that it is read in.
            context: What its owner states. Where its identity changes on the way, as with a rotated
                log, set `context` before the next batch.
            collector: The program that reads it.
        """
        self.context = context
        self._ledger = ledger
        files = name_of_files(name, reader.name, context.system)
        teller = SourceTeller(
            ledger, files, _source_of(context), reader.name, collector, parser_of(reader)
        )
        self._path = state_file(home, files)
        self._file = QuarantineFile(home / "quarantine" / f"{files}{SUFFIX}")
        kept = read_state(self._path)
        if kept is None or kept.origin != ledger.origin:
            kept = SourceState(
                source=masked(name),
                format=reader.name,
                system=context.system,
                origin=ledger.origin,
            )
        kept.parser, kept.collector = teller.parser, collector
        self._state = kept
        self._gaps = GapNotes(teller, kept.numbers)
        self._silence = SilenceNotes(teller, kept)
        self._quarantine = QuarantineNotes(teller, self._file, kept)

    @property
    def quarantine_path(self) -> Path | None:
        """The file of lines that could not be read, if there is one."""
        return self._file.path if self._file.path.exists() else None

    @property
    def heard_at(self) -> datetime | None:
        """The last sign of life of the source; `None`: there was none yet."""
        return self._state.heard_at

    def watch(
        self, medium: str, silent_after: timedelta | None, *, counts_from: datetime | None = None
    ) -> None:
        """Begins to follow the source; that is a fact, unless it is followed on the same terms.

        Args:
            medium: How it comes in, a word of `LogSourceWatched.medium`.
            silent_after: How long it may say nothing; `None`: as long as it likes.
            counts_from: Silence before this instant does not count. For a medium that keeps nothing
                while nobody takes it, such as UDP: when the collector began to.

        Raises:
            StoreUnavailable: it cannot be recorded; call again.
        """
        self._silence.watch(medium, silent_after, counts_from, self._ledger.clock())
        write_state(self._path, self._state)

    def note(
        self,
        batch: Sequence[Outcome],
        unreadable: Sequence[Unreadable],
        *,
        observed_at: ObservedAt = never_observed,
        written_by: datetime | None = None,
    ) -> None:
        """Notes what is to be said of a batch whose facts are durable; durable on return.

        Args:
            batch: In the order of the source; the same batch again changes nothing.
            unreadable: All that goes into quarantine: outcomes of the batch themselves, and beside
                them facts of it that the log refused, each as its event (see `Taken.unreadable`).
            observed_at: When the collector first saw what ends at a byte offset of the source.
            written_by: When all of the batch was written at the latest, as the time of its file
                tells: an old log that is seen today said nothing today. `None`: nothing tells.

        Raises:
            StoreUnavailable: it cannot be recorded; call again with the same batch.
        """
        now = self._ledger.clock()
        zone = self.context.zone.key if self.context.zone is not None else None
        self._state.state(
            self.context.source_identity.hex(), Stated(zone=zone, year=self.context.year)
        )
        near_at: dict[int, datetime | None] = {}
        for outcome in batch:
            near_at[id(outcome)] = last_fact_at = self._state.last_fact_at
            self._gaps.follow(outcome, self.context.source_identity, last_fact_at, now)
            if isinstance(outcome, Translated):
                self._state.last_fact_at = outcome.event.occurred_at
        self._keep(unreadable, near_at, observed_at, max((o.end_offset for o in batch), default=0))
        self._gaps.take_back(now)
        self._gaps.tell(before=now - PATIENCE)
        self._silence.hear(list(_signs_of_life(batch, observed_at, now, written_by)))
        write_state(self._path, self._state)

    def idle(self, now: datetime) -> None:
        """Notes what waiting tells: gaps that nothing filled, and silence.

        To be called now and then while the source is read to its end and nothing comes.

        Raises:
            StoreUnavailable: it cannot be recorded; call again.
        """
        is_told = self._gaps.tell(before=now - PATIENCE)
        if self._silence.fall_silent(now) or is_told:
            write_state(self._path, self._state)

    def finish(self) -> None:
        """Notes the gaps that are still open, as the source was read to its end.

        Raises:
            StoreUnavailable: it cannot be recorded; call again.
        """
        if self._gaps.tell(before=None):
            write_state(self._path, self._state)

    def _keep(
        self,
        unreadable: Sequence[Unreadable],
        near_at: Mapping[int, datetime | None],
        observed_at: ObservedAt,
        end: int,
    ) -> None:
        """Keeps what could not be read; what is none of the outcomes of the batch is an event."""
        now, kept = self._ledger.clock(), self._quarantine
        lines = [
            kept.line(
                each,
                self.context,
                (near_at.get(id(each)), observed_at(each.end_offset), now),
                is_event=id(each) not in near_at,
            )
            for each in unreadable
        ]
        kept.keep(lines, self.context.source_identity.hex(), end, now)


def _signs_of_life(
    batch: Sequence[Outcome],
    observed_at: ObservedAt,
    now: datetime,
    written_by: datetime | None,
) -> Iterator[datetime]:
    """When the source was heard: its facts happened, or its other lines were first seen.

    A line that stands before a fact was written before it, however late both were seen.
    """
    for outcome in reversed(batch):
        if isinstance(outcome, Translated):
            written_by = min(outcome.event.occurred_at, now)
            yield written_by
        else:
            seen_at = observed_at(outcome.end_offset)
            if seen_at is not None:
                yield seen_at if written_by is None else min(seen_at, written_by)


def parser_of(reader: "Format") -> str | None:
    """Name and version of a reader, as its events say them; `None` where there is none."""
    found = getattr(import_module(reader.read.__module__), "PARSER", None)
    return found if isinstance(found, str) else None


def _source_of(context: ReadContext) -> str | None:
    """The system as the log can tell of it; `None` where its id is none, or one of the log."""
    try:
        return None if is_reserved(context.system) else msgspec.convert(context.system, SystemId)
    except msgspec.ValidationError:
        return None
