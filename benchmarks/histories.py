"""Logs of several lengths, which stand beside each other for as long as they are measured."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from benchmarks.databases import Database, Place
from benchmarks.sample import batches


@dataclass(frozen=True, slots=True)
class History:
    """One log of so many records, sealed."""

    size: int
    place: Place

    @property
    def name(self) -> str:
        """What a table calls it."""
        return f"{self.size:,} records"


@contextmanager
def histories(database: Database, sizes: Sequence[int]) -> Iterator[list[History]]:
    """One filled log of each length."""
    with ExitStack() as stack:
        found = [History(size, stack.enter_context(database.fresh())) for size in sorted(sizes)]
        for history in found:
            fill(history.place, history.size)
            history.place.seal()
        yield found


def fill(place: Place, count: int) -> None:
    """Records so many measured events in a new log."""
    with closing(place.create_ledger()) as ledger:
        for batch in batches(count):
            ledger.record_many(batch)
