"""Which kept lines are in the log already, because their source was read again in another way.

The id of a fact follows from its time, and a time without zone or year from what the owner of the
source stated. So a line that was kept, and whose source was then read with another zone, is told
under ids that a replay does not come to by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cli.quarantine_stretches import Restated, Stretch
from formats.reading import ReadContext, SettingMissing, Translated

if TYPE_CHECKING:
    from cli.sources_state import SourceState, Stated
    from formats import Format
    from ledger.ledger import Ledger


@dataclass(slots=True)
class Readings:
    """Under which statements the sources of a home were read."""

    states: Iterable["SourceState"] = ()
    """Of the sources of one log."""
    _stated: "dict[tuple[str, str | None, str], set[Stated]]" = field(
        init=False, default_factory=lambda: defaultdict(set)
    )

    def __post_init__(self) -> None:
        """Finds them by format, system and source."""
        for state in self.states:
            for identity, stated in state.stated.items():
                self._stated[state.format, state.system, identity].update(stated)

    def told_before(
        self,
        ledger: "Ledger",
        stretch: Stretch,
        reader: "Format",
        context: ReadContext,
        now: Restated,
    ) -> set[int]:
        """Which lines of a stretch tell facts of the log as another reading of them told them.

        Args:
            ledger: The log.
            stretch: The lines.
            reader: In which language they are read.
            context: As for `Stretch.read`.
            now: What is stated for this reading; the ids that follow from it need no other search.

        Returns:
            Their numbers in the stretch, from 0.
        """
        told = set()
        for restated in self._restated(stretch, reader, now):
            try:
                outcomes = stretch.read(reader, context, restated)
            except SettingMissing:
                continue
            for outcome in outcomes:
                event_id = outcome.event.event_id if isinstance(outcome, Translated) else None
                if event_id is not None and ledger.log.index_of_event(event_id) is not None:
                    told.add(stretch.line_at(outcome.end_offset))
        return told

    def _restated(self, stretch: Stretch, reader: "Format", now: Restated) -> Iterator[Restated]:
        first = stretch.lines[0]
        zone_now = now.zone.key if now.zone is not None else first.zone
        year_now = now.year or first.year
        key = (reader.name, first.system, first.source_identity or "")
        for stated in self._stated.get(key, ()):
            if (stated.zone, stated.year) == (zone_now, year_now):
                continue
            zone = ZoneInfo(stated.zone) if stated.zone else None
            # A log goes on into the year after the one that was stated for its first time.
            for later in (0, 1) if stated.year else (0,):
                yield Restated(zone=zone, year=stated.year and stated.year + later)
