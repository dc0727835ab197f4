"""Keeps the lines of one source that cannot be read, and tells how many there are and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from cli.quarantine_files import KeptLine, QuarantineFile
from cli.sources_state import SourceState
from cli.sources_telling import SourceTeller
from formats.reading import ReadContext, Unreadable
from ledger.events.log_sources import LogLinesQuarantined

if TYPE_CHECKING:
    from ledger.ledger import Ledger

MOST_REASONS: Final = 20
_MOST_CHARACTERS: Final = 8192


class QuarantineNotes:
    """The unreadable lines of one source."""

    def __init__(self, teller: SourceTeller, file: QuarantineFile, state: SourceState) -> None:
        """Goes on with what is remembered of the source."""
        self._teller = teller
        self._file = file
        self._state = state
        self._read_before = dict(state.read_up_to)
        self._known: set[bytes] | None = None
        """Of what was kept before this run; read when the source is read again."""
        self._appended: set[bytes] = set()

    def line(
        self,
        line: Unreadable,
        context: ReadContext,
        seen: tuple[datetime | None, datetime | None, datetime],
        *,
        is_event: bool,
    ) -> KeptLine:
        """A line as it is kept.

        Args:
            line: What could not be read; where `is_event`, the fact that may not be recorded.
            context: What the owner of the source states.
            seen: When the fact before it happened, when it was first seen, and the present.
            is_event: Whether it was read.
        """
        near_at, observed_at, now = seen
        return KeptLine(
            place=line.place,
            reason=line.reason,
            raw_base64=line.raw,
            is_event=is_event,
            source=self._state.source,
            source_identity=context.source_identity.hex(),
            format=self._teller.source_format,
            parser=self._teller.parser,
            collector=self._teller.collector,
            system=context.system,
            zone=context.zone.key if context.zone is not None else None,
            year=context.year,
            programs=_format_names(context),
            systems=dict(context.systems),
            near_at=near_at,
            offset=line.offset,
            end_offset=line.end_offset,
            observed_at=observed_at,
            kept_at=now,
        )

    def keep(self, lines: Sequence[KeptLine], identity: str, end: int, now: datetime) -> None:
        """Keeps the lines of a batch and tells of them, unless a run before this one did.

        Args:
            lines: Of one batch.
            identity: Of the source, in hexadecimal.
            end: Where the batch ends in the source.
            now: When they were read.
        """
        fresh = self._fresh(sorted(lines, key=lambda line: line.end_offset), identity)
        kept = self._append(fresh)
        rest = [line for line in fresh if line.end_offset > self._state.told_until.get(identity, 0)]
        while rest:
            # The first line names the fact: it is the same one, wherever a batch ends next time.
            event_id = self._teller.event_id("lines", rest[0].key)
            until = self._told_up_to(event_id)
            if until is None:
                self._tell(event_id, rest, kept, max(end, rest[-1].end_offset), now)
                break
            self._state.told_until[identity] = until
            rest = [line for line in rest[1:] if line.end_offset > until]
        self._state.read_until(identity, end)

    def _fresh(self, lines: Sequence[KeptLine], identity: str) -> list[KeptLine]:
        """Without the lines that are kept already, where the source is read again."""
        again = self._read_before.get(identity, 0)
        if all(line.end_offset > again for line in lines):
            return list(lines)
        if self._known is None:
            self._known = {line.key for line in self._file.read()}
        return [line for line in lines if line.end_offset > again or line.key not in self._known]

    def _append(self, lines: Sequence[KeptLine]) -> int:
        """How many of the lines are kept now; those of the call before are not kept twice.

        A batch comes again for as long as the database is away.
        """
        new = [line for line in lines if line.key not in self._appended]
        kept = self._file.append(new)
        self._appended = {line.key for line in lines[: len(lines) - len(new) + kept]}
        return len(self._appended)

    def _tell(
        self, event_id: UUID, lines: Sequence[KeptLine], kept: int, until: int, now: datetime
    ) -> None:
        self._teller.tell(
            LogLinesQuarantined(
                event_id=event_id,
                source_format=self._teller.source_format,
                quarantine_id=quarantine_id(self._teller.ledger, self._file.name),
                lines=len(lines),
                lines_kept=min(kept, len(lines)),
                line_bytes=sum(len(line.raw_base64) for line in lines),
                from_byte=_begin_of(lines[0]),
                until_byte=until,
                reasons=reasons_text(Counter(line.reason for line in lines)),
                **self._teller.said(now),
            )
        )

    def _told_up_to(self, event_id: UUID) -> int | None:
        """Where the part of the source ends that a fact tells of; `None`: there is no such fact."""
        ledger = self._teller.ledger
        row = ledger.log.find_event(event_id)
        if row is None:
            return None
        (record,) = ledger.open_records([row])
        event = record.event
        return (event.until_byte or 0) if isinstance(event, LogLinesQuarantined) else 0


def _begin_of(line: KeptLine) -> int:
    """Where a line begins in its source, at the latest."""
    return max(0, line.end_offset - len(line.raw_base64)) if line.offset is None else line.offset


def quarantine_id(ledger: "Ledger", name: str) -> UUID:
    """The id under which the log tells of one file of the quarantine.

    Args:
        ledger: The log.
        name: Of the file, without its suffix.
    """
    return ledger.derive_id(None, b"quarantine" + name.encode())


def reasons_text(reasons: Mapping[str, int]) -> str:
    """Each reason with the number of its lines, the most frequent first, one on a line."""
    ordered = sorted(reasons.items(), key=lambda each: -each[1])
    told = [f"{count} x {reason}" for reason, count in ordered[:MOST_REASONS]]
    if len(ordered) > MOST_REASONS:
        told.append(f"and {len(ordered) - MOST_REASONS} other reasons")
    return "\n".join(told)[:_MOST_CHARACTERS]


def _format_names(context: ReadContext) -> dict[str, str]:
    """Which language the messages of each program are read in."""
    if not context.programs:
        return {}
    from formats import FORMATS  # noqa: PLC0415 - formats.detection reads contexts too

    names = {each.read: each.name for each in FORMATS.values()}
    return {program: names[read] for program, read in context.programs.items() if read in names}
