"""Reads typed times against one log: `@41` is when its record 41 occurred, or was recorded."""

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from formats.typed_times import INDEX, TimeReader
from ledger.errors import BadRequest
from ledger.units import Size

if TYPE_CHECKING:
    from ledger.ledger import Ledger

_ABOVE_ALL: Final = 10**18
"""More than any index; a database takes no number that is much larger."""


def time_reader(
    ledger: "Ledger", now: datetime, zone: tzinfo, *, recorded: bool = False
) -> TimeReader:
    """Reads typed times in a zone.

    Args:
        ledger: The log whose records may be named.
        now: The present of the one who typed.
        zone: In which they tell time.
        recorded: Whether a record stands for when it was recorded, not for when it occurred.
    """
    from ledger.opening import instant_of  # noqa: PLC0415 - start time: see cli/app.py

    def time_of_record(index: int) -> datetime:
        record = ledger.log.record_at(index) if index < _ABOVE_ALL else None
        if record is None:
            ledger.log.pruned.require_kept(index)
            raise BadRequest(
                f"time @{index}: expected a record below {ledger.head().size}, found none"
            )
        if recorded or record.occurred_at_us is None:
            return instant_of(record.recorded_at_us)
        return instant_of(record.occurred_at_us)

    return TimeReader(now, zone, time_of_record)


def size_of_record(typed: str) -> Size | None:
    """How many records there were with the one that `@INDEX` names; `None`: it names none."""
    if INDEX.fullmatch(typed):
        return Size(int(typed[1:]) + 1)
    return None
