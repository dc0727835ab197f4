"""Reads one source into the log: batches, each durable before it is counted.

Nothing is dropped in silence: every line of a source becomes an event, is skipped for a reason
that is counted, or is unreadable and kept.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from cli.import_cursor import ImportCursor, cursor_file, read_cursor, write_cursor
from cli.recording_rights import RecordingRights
from cli.source_heads import begins_as, head_of
from cli.sources_notes import SourceNotes
from cli.taking_in import Collecting, Taken, batches, take_in
from formats.reading import Outcome, ReadContext, Skipped, Translated, Unreadable
from ledger.identifiers import masked

if TYPE_CHECKING:
    from formats import Format
    from ledger.ledger import Ledger

COLLECTOR: Final = "zegel-import/1"
KEPT_PLACES: Final = 20
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """One source and what its owner states about it."""

    name: str
    """The resolved path, or `-`."""
    stream: BinaryIO
    reader: "Format"
    context: ReadContext
    home: Path
    resumable: bool
    """A file that can be read again; a pipe cannot."""
    size: int | None = None
    """How many bytes the stream has; `None`: as many as the file."""
    head: bytes | None = None
    """Its first bytes; `None`: its first line alone tells whether it is another one by now."""


@dataclass(slots=True)
class Summary:
    """What became of a source."""

    source: str
    format: str
    recorded: int = 0
    already_there: int = 0
    conflicts: int = 0
    unreadable: int = 0
    defects: int = 0
    """How many of the unreadable ones the reader itself failed on."""
    waiting: int = 0
    """How many facts wait for lines that would come after the end of the source."""
    resumed_at: int = 0
    """Bytes that an earlier run had read."""
    skipped: Counter[str] = field(default_factory=Counter)
    first_unreadable: list[tuple[str, str]] = field(default_factory=list)
    """Place and reason of the first ones."""
    warnings: Counter[str] = field(default_factory=Counter)
    systems: set[str] = field(default_factory=set)
    quarantine: str | None = None

    @property
    def nothing_readable(self) -> bool:
        """There was something to read and none of it could be."""
        understood = self.recorded + self.already_there + self.conflicts + self.skipped.total()
        return self.unreadable > 0 and not understood and not self.resumed_at

    def note_waiting(self, facts: int) -> None:
        """Remembers how many facts the reader still keeps back at the end."""
        self.waiting = facts

    def add(self, taken: Taken) -> None:
        """Counts a batch that is durable."""
        self.recorded += taken.recorded
        self.already_there += taken.already_there
        self.conflicts += taken.conflicts
        self.skipped.update(taken.skipped)
        self.warnings.update(taken.warnings)
        self.systems.update(taken.systems)
        for line in taken.unreadable:
            self.note_unreadable(line)

    def note_unreadable(self, line: Unreadable) -> None:
        """Counts a line that could not be read, and remembers the first ones."""
        self.unreadable += 1
        self.defects += line.is_defect
        if len(self.first_unreadable) < KEPT_PLACES:
            self.first_unreadable.append((line.place, line.reason))


def import_source(
    ledger: "Ledger", source: Source, advance: Advance, *, again: bool = False
) -> Summary:
    """What became of the source after all of it is durable in the log.

    Args:
        ledger: Where the events go.
        source: What is read.
        advance: Told how many bytes are done.
        again: Read from the beginning, whatever an earlier run remembers.
    """
    path = cursor_file(
        source.home,
        source=source.name,
        format_name=source.reader.name,
        system=source.context.system,
    )
    known = read_cursor(path) if source.resumable else None
    cursor = None if again else _fitting(known, ledger, source)
    collecting = Collecting(COLLECTOR, again=known is not None and cursor is None)
    summary = Summary(
        masked(source.name), source.reader.name, resumed_at=cursor.offset if cursor else 0
    )
    rights = RecordingRights(ledger)
    notes = SourceNotes(
        ledger,
        source.home,
        name=source.name,
        reader=source.reader,
        context=source.context,
        collector=COLLECTOR,
    )
    # The reader begins at the first byte even then: a year or a repeated line may depend on what
    # stood before.
    outcomes = _read(source, summary)
    for batch in batches(outcomes, summary.resumed_at):
        taken = take_in(ledger, rights, batch, collecting)
        summary.add(taken)
        notes.note(batch, taken.unreadable)
        if source.resumable:
            offset = max(taken.end_offset, summary.resumed_at)
            write_cursor(path, _cursor(ledger, source, offset))
        advance(taken.end_offset)
    notes.finish()
    if notes.quarantine_path is not None:
        summary.quarantine = str(notes.quarantine_path)
    return summary


def preview_source(source: Source, advance: Advance) -> Summary:
    """What would become of the source; nothing is recorded or looked up."""
    summary = Summary(masked(source.name), source.reader.name)
    for outcome in _read(source, summary):
        match outcome:
            case Translated():
                summary.recorded += 1
                summary.warnings.update(outcome.warnings)
            case Skipped():
                summary.skipped[outcome.reason] += outcome.count
            case Unreadable():
                summary.note_unreadable(outcome)
        advance(outcome.end_offset)
    return summary


def _read(source: Source, summary: Summary) -> Iterator[Outcome]:
    context = replace(source.context, tell_waiting=summary.note_waiting)
    return source.reader.read(source.stream, context)


def _fitting(cursor: ImportCursor | None, ledger: "Ledger", source: Source) -> ImportCursor | None:
    """The cursor, if it is about this very source and this very log."""
    if cursor is None:
        return None
    same_source = cursor.source_identity == source.context.source_identity.hex()
    same_log = cursor.origin == ledger.origin and cursor.log_size <= ledger.head().size
    same_head = source.head is None or begins_as(source.head, cursor.head)
    is_same = same_source and same_head and same_log
    return cursor if is_same and cursor.offset <= _size(source) else None


def _size(source: Source) -> int:
    return Path(source.name).stat().st_size if source.size is None else source.size


def _cursor(ledger: "Ledger", source: Source, offset: int) -> ImportCursor:
    return ImportCursor(
        source=masked(source.name),
        source_identity=source.context.source_identity.hex(),
        head=None if source.head is None else head_of(source.head, until=offset),
        format=source.reader.name,
        system=source.context.system,
        origin=ledger.origin,
        log_size=ledger.head().size,
        offset=offset,
    )
