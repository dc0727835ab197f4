"""Reads quarantined lines again, records what can be read now, and keeps the rest.

Crash order: facts are durable, then the fact that tells of the replay, then the lines leave the
quarantine. Stopped in between, the next replay finds the facts in the log already.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from cli.quarantine_files import KeptLine, QuarantineFile
from cli.quarantine_notes import quarantine_id
from cli.quarantine_readings import Readings
from cli.quarantine_stretches import MOST_LINES, Restated, stretches, why_not
from cli.recording_rights import RecordingRights
from cli.taking_in import Collecting, take_in
from formats import FORMATS
from formats.json_documents import parse_json
from formats.ndjson import event_of
from formats.reading import Outcome, ReadContext, SettingMissing, Translated, Unreadable, reason_of
from ledger.errors import FormatError, MalformedEvent
from ledger.events.log_sources import LogQuarantineReplayed
from ledger.own_records import SOURCES

if TYPE_CHECKING:
    from ledger.ledger import Ledger

COLLECTOR: Final = "zegel-import/1"
"""Of lines that do not say who collected them."""

UNKNOWN_FORMAT: Final = "unknown"
"""Of lines that an earlier version kept, which do not say their language."""

Advance = Callable[[int], None]


@dataclass(slots=True)
class Replayed:
    """What became of the lines of one file."""

    name: str
    source: str | None = None
    """The system that they came from."""
    format: str | None = None
    """The language that they were read in."""
    parser: str | None = None
    lines: int = 0
    recorded: int = 0
    already_recorded: int = 0
    systems: set[str] = field(default_factory=set)
    settled: set[bytes] = field(default_factory=set)
    """The keys of the lines that are understood now."""
    reasons: dict[bytes, str] = field(default_factory=dict)
    """By key, why a line still cannot be read."""
    never: dict[bytes, str] = field(default_factory=dict)
    """By key, why a line can never be read again in its place."""
    in_another: set[bytes] = field(default_factory=set)
    """The keys of lines that are read in another language than that in which they were kept."""
    needs: str | None = None
    """The setting without which some of the lines cannot be dated."""

    @property
    def left(self) -> int:
        """How many lines stay in quarantine."""
        return self.lines - len(self.settled)

    def reason_counts(self) -> dict[str, int]:
        """Why lines still cannot be read, with their numbers, the most frequent reason first."""
        counted = Counter((*self.reasons.values(), *self.never.values()))
        return dict(counted.most_common())


class Replaying:
    """One replay, of one or more files."""

    def __init__(
        self,
        ledger: "Ledger",
        context: ReadContext,
        restated: Restated,
        readings: Readings,
        *,
        dry_run: bool,
    ) -> None:
        """Reads nothing yet.

        Args:
            ledger: Where the facts go.
            context: How event ids are derived, the zone of times that name none, the present.
            restated: What is stated now in place of what was stated then.
            readings: How the sources were read at other times.
            dry_run: Record nothing and keep every line.
        """
        self._ledger = ledger
        self._context = context
        self._restated = restated
        self._readings = readings
        self._dry_run = dry_run
        self._rights = RecordingRights(ledger)

    def replay(self, file: QuarantineFile, actor: str, advance: Advance) -> Replayed:
        """What became of the lines of a file; durable on return.

        Args:
            file: Of the quarantine.
            actor: Who replays, `person:…`.
            advance: Told how many lines are done.

        Raises:
            FormatError: the file was changed by hand; nothing was recorded.
            StoreUnavailable: the log or the file cannot be written; replay again.
        """
        done = Replayed(file.name)
        self._describe(file, done)
        self._replay_events(file, done)
        advance(len(done.settled) + len(done.reasons))
        self._replay_lines(file, done, advance)
        if not self._dry_run and done.lines:
            self._tell(done, actor)
            file.rewrite(lambda line: self._fate(line, done))
        return done

    def _describe(self, file: QuarantineFile, done: Replayed) -> None:
        """Counts the lines, and finds whose they are and why some can never be read again."""
        from cli.sources_notes import parser_of  # noqa: PLC0415 - it needs what reads sources

        for line in file.read():
            done.lines += 1
            done.source, done.format = line.system, self._restated.format or line.format
            reason = why_not(self._stated_now(line), FORMATS)
            if reason is not None:
                done.never[line.key] = reason
            if done.format != line.format:
                done.in_another.add(line.key)
        reader = FORMATS.get(done.format or "")
        done.parser = None if reader is None else parser_of(reader)

    def _replay_events(self, file: QuarantineFile, done: Replayed) -> None:
        """Records facts that could not be recorded then, such as for want of a role."""
        events = (line for line in file.read() if line.is_event)
        while some := list(islice(events, MOST_LINES)):
            for collector, alike in groupby(some, key=lambda line: line.collector):
                lines = list(alike)
                outcomes = [_fact_of(line, number) for number, line in enumerate(lines)]
                self._take(outcomes, lines, lambda end: end - 1, collector, done)

    def _replay_lines(self, file: QuarantineFile, done: Replayed, advance: Advance) -> None:
        for stretch in stretches(self._readable(file)):
            reader = FORMATS[stretch.lines[0].format or ""]
            known = self._readings.told_before(
                self._ledger, stretch, reader, self._context, self._restated
            )
            done.settled |= {stretch.lines[number].key for number in known}
            done.already_recorded += len(known)
            try:
                outcomes = stretch.read(reader, self._context, self._restated)
            except SettingMissing as error:
                done.needs = f"expected {error.expected}, found {error.found}"
                keys = {line.key for line in stretch.lines} - done.settled
                done.reasons |= dict.fromkeys(keys, done.needs)
                continue
            fresh = [each for each in outcomes if stretch.line_at(each.end_offset) not in known]
            collector = stretch.lines[0].collector
            self._take(fresh, stretch.lines, stretch.line_at, collector, done)
            advance(len(done.settled) + len(done.reasons))

    def _readable(self, file: QuarantineFile) -> Iterator[KeptLine]:
        for line in file.read():
            stated = self._stated_now(line)
            if not line.is_event and why_not(stated, FORMATS) is None:
                yield stated

    def _stated_now(self, line: KeptLine) -> KeptLine:
        return replace(line, format=self._restated.format or line.format)

    def _take(
        self,
        outcomes: Sequence[Outcome],
        lines: Sequence[KeptLine],
        line_at: Callable[[int], int],
        collector: str | None,
        done: Replayed,
    ) -> None:
        """Records what lines tell, and notes which of them are understood now."""
        unreadable = [each for each in outcomes if isinstance(each, Unreadable)]
        if self._dry_run:
            done.recorded += sum(isinstance(each, Translated) for each in outcomes)
        elif outcomes:
            collecting = Collecting(
                collector or COLLECTOR, lambda end: lines[line_at(end)].observed_at, again=True
            )
            taken = take_in(self._ledger, self._rights, outcomes, collecting)
            unreadable = taken.unreadable
            done.recorded += taken.recorded
            done.already_recorded += taken.already_there + taken.conflicts
            done.systems |= taken.systems
        wrong = {line_at(each.end_offset): each.reason for each in unreadable}
        told = {line_at(each.end_offset) for each in outcomes}
        facts = {line_at(each.end_offset) for each in outcomes if isinstance(each, Translated)}
        for number, line in enumerate(lines):
            if number in wrong:
                done.reasons[line.key] = wrong[number]
            elif number in told and number not in facts and line.key in done.in_another:
                # Any language passes over lines of others: no sign that it was the right one.
                done.reasons[line.key] = f"tells nothing in the language {done.format}"
            elif number in told:
                done.settled.add(line.key)

    def _tell(self, done: Replayed, actor: str) -> None:
        self._ledger.record_own(
            LogQuarantineReplayed(
                occurred_at=self._ledger.clock(),
                system=SOURCES,
                actor=actor,
                parser=done.parser,
                source=done.source,
                source_format=done.format or UNKNOWN_FORMAT,
                quarantine_id=quarantine_id(self._ledger, done.name),
                lines=done.lines,
                recorded=done.recorded,
                already_recorded=done.already_recorded,
                lines_left=done.left,
            )
        )

    def _fate(self, line: KeptLine, done: Replayed) -> KeptLine | None:
        """A line that is understood goes; one that is not says why today's reader cannot."""
        if line.key in done.settled:
            return None
        reason = done.reasons.get(line.key)
        if reason is None or self._restated.format is not None:
            return line
        return replace(line, reason=reason, parser=done.parser)


def _fact_of(line: KeptLine, number: int) -> Outcome:
    """The fact that a line keeps as an event; it ends at its number among its like, from 1."""
    try:
        event = event_of(parse_json(line.raw_base64))
    except FormatError as error:
        reason = f"expected {error.expected}, found {error.found}"
        return Unreadable(line.place, reason, line.raw_base64, number + 1)
    except MalformedEvent as error:
        return Unreadable(line.place, reason_of(error), line.raw_base64, number + 1)
    return Translated(line.place, event, number + 1)
