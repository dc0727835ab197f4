"""Reads a spool into the log, segment by segment, and removes what is recorded."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cli.watching.hearing import Hearing
from cli.watching.part_reading import PartReading
from cli.watching.source_state import Part
from cli.watching.spool import Spool
from cli.watching.spool_segment import segment_file, segment_numbers
from cli.watching.streams import SpoolLines


class SpoolFollowing:
    """The spool of one source; what fills it runs beside."""

    def __init__(self, hearing: Hearing, spool: Spool, is_connected: Callable[[], bool]) -> None:
        """Reads nothing yet.

        Args:
            hearing: The source.
            spool: What was taken in from it.
            is_connected: Whether what fills the spool takes in all that its source sends.
        """
        self._hearing, self._spool, self._is_connected = hearing, spool, is_connected

    def run(self) -> None:
        """Reads until it is time to end.

        Raises:
            Stopped: it is time to end; what was read is durable.
            StoreUnavailable: likewise, and the log is away; or a segment is damaged.
            FormatError: the source cannot be read in its format.
        """
        number = segment_numbers(self._spool.folder)[0]
        while True:
            self._read(number)
            number += 1
            self._spool.drop_before(number)

    def _read(self, number: int) -> None:
        """Returns when all of a segment is recorded, and nothing more comes into it."""
        hearing, path = self._hearing, segment_file(self._spool.folder, number)
        stream = SpoolLines(path, lambda: self._has_more(number, path, stream, reading))
        try:
            part = self._part(stream, path)
            reading = PartReading(hearing, stream, part)
            reading.run()
            part.finish(stream.position)
            hearing.state.forget([each.name for each in _paths(self._spool.folder)])
            hearing.keep()
        finally:
            stream.close()

    def _part(self, stream: SpoolLines, path: Path) -> Part:
        identity = stream.head.source_identity.hex()
        parts = self._hearing.state.parts
        known = next((part for part in parts if part.identity == identity), None)
        year = (
            self._hearing.source.year or self._hearing.clock().astimezone(self._hearing.zone).year
        )
        return known or self._hearing.state.add(Part(identity=identity, name=path.name, year=year))

    def _has_more(self, number: int, path: Path, stream: SpoolLines, reading: PartReading) -> bool:
        """Whether more came; waits for it unless the segment is closed."""
        hearing, spool = self._hearing, self._spool
        while True:
            looked_at, durable = hearing.clock(), spool.durable
            is_closed = number < durable[0]
            if stream.show(path.stat().st_size if is_closed else durable[1]):
                return True
            hearing.standing.behind_bytes = 0
            if is_closed:
                return False
            reading.flush()
            spool.roll_when_due()
            if spool.durable != durable:
                continue
            until = looked_at if self._is_connected() else None
            hearing.wait(until, partial(spool.wait, durable))


def _paths(folder: Path) -> list[Path]:
    return [segment_file(folder, number) for number in segment_numbers(folder)]
