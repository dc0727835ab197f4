"""The measured events as Zegel's own kind."""

from collections.abc import Iterator
from itertools import islice

from benchmarks.fields import BATCH, fields
from ledger.events import Event
from ledger.events.access import AccessUsed


def batches(count: int, after: int = 0) -> Iterator[list[Event]]:
    """So many uses of access in batches of 1,000, those that come after so many others.

    One batch is made when it is asked for: a list of a million events would be the largest thing
    in memory.
    """
    events = (AccessUsed(**values) for values in islice(fields(after + count), after, None))
    while batch := list(islice(events, BATCH)):
        yield list[Event](batch)
