"""Reads one part of a source into the log, batch by batch, each outcome once."""

import time
from dataclasses import replace
from typing import BinaryIO, cast

from cli.taking_in import Collecting, Taken, is_due
from cli.watching.hearing import Hearing
from cli.watching.recorder import COLLECTOR
from cli.watching.source_state import Part
from cli.watching.streams import PartStream, Stopped
from formats.reading import Outcome


class PartReading:
    """The reading of one file, segment or rotated file."""

    def __init__(self, hearing: Hearing, stream: PartStream, part: Part) -> None:
        """Reads nothing yet."""
        self._hearing, self._stream, self._part = hearing, stream, part
        self._batch: list[Outcome] = []
        self._began_at_s = 0.0

    def run(self) -> None:
        """Returns at the end of the part, all of it durable in the log.

        A reader begins at the first byte even where an earlier run had read some of them: what a
        line means may depend on those before. Their outcomes are left out.

        Raises:
            Stopped: it is time to end; what was read is durable.
            StoreUnavailable: likewise, and the log is away; what is not durable is read again.
            FormatError: nothing of the part can be read.
        """
        hearing, part = self._hearing, self._part
        context = replace(hearing.context(part), tell_waiting=self._tell_waiting)
        hearing.notes.context = context
        for outcome in hearing.reader.read(cast("BinaryIO", self._stream), context):
            if outcome.end_offset <= part.offset and part.offset:
                continue
            batch = self._batch
            if batch and outcome.end_offset != batch[-1].end_offset and self._is_due():
                self.flush()
                if hearing.is_stopping:
                    raise Stopped
            if not self._batch:
                self._began_at_s = time.monotonic()
            self._batch.append(outcome)
        self.flush()

    def flush(self) -> None:
        """Returns when everything that was read is durable in the log.

        Raises:
            StoreUnavailable: it is time to end, and the log is away.
        """
        if not self._batch:
            return
        hearing, batch, stream = self._hearing, self._batch, self._stream
        hearing.standing.condition = "reading"
        collecting = Collecting(COLLECTOR, stream.observed_at, again=self._part.is_again)
        taken = hearing.recorder.take(batch, collecting, hearing.tell)
        self._note(batch, taken)
        self._part.settle(taken.end_offset)
        stream.forget(taken.end_offset)
        hearing.state.log_size = hearing.ledger.head().size
        hearing.keep()
        self._tell_defects(taken)
        hearing.standing.add(batch, taken)
        hearing.standing.last_heard_at = hearing.notes.heard_at
        self._batch = []

    def _note(self, batch: list[Outcome], taken: Taken) -> None:
        hearing, observed_at = self._hearing, self._stream.observed_at
        written_by = self._part.modified_at
        hearing.notes.context = hearing.context(self._part)
        hearing.recorder.durably(
            lambda: hearing.notes.note(
                batch, taken.unreadable, observed_at=observed_at, written_by=written_by
            ),
            hearing.tell,
        )

    def _tell_defects(self, taken: Taken) -> None:
        """Says once that the reader itself failed on a line: strangers may send many of them."""
        failed = next((each for each in taken.unreadable if each.is_defect), None)
        if failed is not None and not self._hearing.standing.defects:
            self._hearing.tell(f"{failed.place}: {failed.reason}; it is kept in quarantine")

    def _tell_waiting(self, facts: int) -> None:
        """Says how many facts would need lines that came into another part."""
        if facts:
            name = self._part.name or "the end of a segment"
            self._hearing.tell(f"{name}: facts that wait for lines after its end: {facts}")

    def _is_due(self) -> bool:
        return is_due(self._batch, self._began_at_s)
