"""Reads one source into the log: batches, each durable before it is counted.

Nothing is dropped in silence: every line of a source becomes an event, is skipped for a reason
that is counted, or is unreadable and kept.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from cli.import_cursor import ImportCursor, cursor_file, read_cursor, write_cursor
from cli.quarantine import Quarantine
from cli.recording_rights import RecordingRights
from formats.reading import Outcome, ReadContext, Skipped, Translated, Unreadable
from ledger.draft import Conflict
from ledger.errors import EventIdReused, MalformedEvent, RecordingRefused
from ledger.events import encode_event
from ledger.identifiers import masked

if TYPE_CHECKING:
    from formats import Format
    from ledger.ledger import Ledger

BATCH_EVENTS: Final = 1000
SECONDS_OF_BATCH: Final = 2.0
"""A slow source, such as a pipe that somebody follows, is made durable at least this often."""

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


@dataclass(slots=True)
class Summary:
    """What became of a source."""

    source: str
    format: str
    recorded: int = 0
    already_there: int = 0
    conflicts: int = 0
    unreadable: int = 0
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

    def note_unreadable(self, line: Unreadable) -> None:
        """Counts a line that could not be read, and remembers the first ones."""
        self.unreadable += 1
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
    cursor = _fitting(read_cursor(path), ledger, source) if source.resumable and not again else None
    summary = Summary(
        masked(source.name), source.reader.name, resumed_at=cursor.offset if cursor else 0
    )
    rights = RecordingRights(ledger)
    quarantine_path = source.home / "quarantine" / f"{path.stem}.ndjson"
    with Quarantine(
        quarantine_path, keep_bytes=cursor.quarantine_bytes if cursor else 0
    ) as quarantine:
        # The reader begins at the first byte even then: a year or a repeated line may depend on
        # what stood before.
        outcomes = source.reader.read(source.stream, source.context)
        for batch in _batches(outcomes, summary.resumed_at):
            offset = _take_in(ledger, rights, batch, summary, quarantine)
            quarantine.settle()
            if source.resumable:
                write_cursor(
                    path, _cursor(ledger, source, max(offset, summary.resumed_at), quarantine.size)
                )
            advance(offset)
    if quarantine.size:
        summary.quarantine = str(quarantine_path)
    return summary


def preview_source(source: Source, advance: Advance) -> Summary:
    """What would become of the source; nothing is recorded or looked up."""
    summary = Summary(masked(source.name), source.reader.name)
    for outcome in source.reader.read(source.stream, source.context):
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


def _batches(outcomes: Iterator[Outcome], done: int) -> Iterator[list[Outcome]]:
    batch: list[Outcome] = []
    began_at = time.monotonic()
    for outcome in outcomes:
        if outcome.end_offset <= done and done:
            continue
        batch.append(outcome)
        if len(batch) >= BATCH_EVENTS or time.monotonic() - began_at > SECONDS_OF_BATCH:
            yield batch
            batch, began_at = [], time.monotonic()
    if batch:
        yield batch


def _take_in(
    ledger: "Ledger",
    rights: RecordingRights,
    batch: list[Outcome],
    summary: Summary,
    quarantine: Quarantine,
) -> int:
    """The offset up to which the batch is durable."""
    translated = [outcome for outcome in batch if isinstance(outcome, Translated)]
    allowed, forbidden = _by_rights(rights, translated)
    for refused in (*forbidden, *_record(ledger, allowed, summary)):
        summary.note_unreadable(refused)
        quarantine.add(refused)
    for outcome in batch:
        match outcome:
            case Translated():
                summary.warnings.update(outcome.warnings)
                if outcome.event.system is not None:
                    summary.systems.add(outcome.event.system)
            case Skipped():
                summary.skipped[outcome.reason] += outcome.count
            case Unreadable():
                summary.note_unreadable(outcome)
                quarantine.add(outcome)
    return max(outcome.end_offset for outcome in batch)


def _by_rights(
    rights: RecordingRights, translated: list[Translated]
) -> tuple[list[Translated], list[Unreadable]]:
    """What the account that imports may record, and what not, such as the end of a legal hold."""
    allowed: list[Translated] = []
    forbidden: list[Unreadable] = []
    for outcome in translated:
        refusal = rights.refusal(outcome.event)
        if refusal is None:
            allowed.append(outcome)
        else:
            forbidden.append(
                Unreadable(outcome.place, str(refusal), _raw(outcome), outcome.end_offset)
            )
    return allowed, forbidden


def _record(ledger: "Ledger", translated: list[Translated], summary: Summary) -> list[Unreadable]:
    """Records a batch in one transaction; where one event is refused, each by itself."""
    try:
        answers = (
            ledger.record_many([outcome.event for outcome in translated]) if translated else []
        )
    except RecordingRefused:
        return [
            refused for outcome in translated if (refused := _record_one(ledger, outcome, summary))
        ]
    for answer in answers:
        if isinstance(answer, Conflict):
            summary.conflicts += 1
        elif answer.duplicate:
            summary.already_there += 1
        else:
            summary.recorded += 1
    return []


def _record_one(ledger: "Ledger", outcome: Translated, summary: Summary) -> Unreadable | None:
    try:
        receipt = ledger.record(outcome.event)
    except EventIdReused:
        summary.conflicts += 1
        return None
    except RecordingRefused as error:
        return Unreadable(outcome.place, str(error), _raw(outcome), outcome.end_offset)
    if receipt.duplicate:
        summary.already_there += 1
    else:
        summary.recorded += 1
    return None


def _raw(outcome: Translated) -> bytes:
    """What the operator needs to mend a refused event; the quarantine is as closed as the vault."""
    try:
        return encode_event(outcome.event)
    except MalformedEvent:
        return b""


def _fitting(cursor: ImportCursor | None, ledger: "Ledger", source: Source) -> ImportCursor | None:
    """The cursor, if it is about this very source and this very log."""
    if cursor is None:
        return None
    same_source = cursor.source_identity == source.context.source_identity.hex()
    same_log = cursor.origin == ledger.origin and cursor.log_size <= ledger.head().size
    return cursor if same_source and same_log and cursor.offset <= _size(source) else None


def _size(source: Source) -> int:
    return Path(source.name).stat().st_size


def _cursor(ledger: "Ledger", source: Source, offset: int, quarantine_bytes: int) -> ImportCursor:
    return ImportCursor(
        source=masked(source.name),
        source_identity=source.context.source_identity.hex(),
        format=source.reader.name,
        system=source.context.system,
        origin=ledger.origin,
        log_size=ledger.head().size,
        offset=offset,
        quarantine_bytes=quarantine_bytes,
    )
