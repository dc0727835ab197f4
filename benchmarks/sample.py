"""The measured events as Zegel's own kind."""

from benchmarks.fields import BATCH, fields
from ledger.events import Event
from ledger.events.access import AccessUsed


def batches(count: int) -> list[list[Event]]:
    """So many uses of access in batches of 1,000."""
    events: list[Event] = [AccessUsed(**values) for values in fields(count)]
    return [events[at : at + BATCH] for at in range(0, count, BATCH)]
