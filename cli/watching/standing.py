"""How each watched source stands: counted by its own thread, shown by the main one."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cli.taking_in import Taken
from cli.watching.config import WatchedSource
from formats.reading import Outcome, Skipped

Condition = Literal["starting", "reading", "following", "away", "ended", "stopped"]
"""`away`: the source is not there; `ended`: all that was there is read, or it was told to end;
`stopped` by an error, for good until started anew."""


@dataclass(slots=True)
class Standing:
    """Of one source since this program started."""

    source: WatchedSource
    condition: Condition = "starting"
    lines: int = 0
    recorded: int = 0
    already_there: int = 0
    conflicts: int = 0
    unreadable: int = 0
    defects: int = 0
    """How many of the unreadable ones the reader itself failed on."""
    skipped: Counter[str] = field(default_factory=Counter)
    behind_bytes: int = 0
    """Seen, but not recorded yet."""
    last_heard_at: datetime | None = None
    """The last sign of life, as `zegel sources` shows it; also of an earlier program."""
    systems: set[str] = field(default_factory=set)
    """In whose name its facts are recorded."""
    failure: str | None = None
    """Why it stopped."""

    def add(self, batch: list[Outcome], taken: Taken) -> None:
        """Counts a batch that is durable."""
        self.lines += len({outcome.end_offset for outcome in batch})
        self.lines += sum(each.count - 1 for each in batch if isinstance(each, Skipped))
        self.recorded += taken.recorded
        self.already_there += taken.already_there
        self.conflicts += taken.conflicts
        self.unreadable += len(taken.unreadable)
        self.defects += sum(each.is_defect for each in taken.unreadable)
        self.skipped.update(taken.skipped)
        self.systems |= taken.systems

    def ended(self) -> None:
        """Notes that it is read no further; a source that is not there was not read either."""
        if self.condition != "away":
            self.condition = "ended"

    @property
    def nothing_readable(self) -> bool:
        """There was something to read and none of it could be."""
        understood = self.recorded + self.already_there + self.conflicts + self.skipped.total()
        return self.unreadable > 0 and not understood

    @property
    def summary(self) -> str:
        """What became of it, in one line without personal data."""
        parts = [f"{self.recorded:,} recorded"]
        if self.already_there:
            parts.append(f"{self.already_there:,} already there")
        if self.skipped:
            parts.append(f"{self.skipped.total():,} skipped")
        if self.conflicts:
            parts.append(f"{self.conflicts:,} refused: same id, other content")
        if self.unreadable:
            parts.append(f"{self.unreadable:,} unreadable")
        if self.defects:
            parts.append(f"{self.defects:,} of them by a defect of the reader")
        return ", ".join(parts)
