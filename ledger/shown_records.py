"""Which records a reader was shown, in a text of bounded length: runs of indexes such as `3-9 12`.

Invariants: every index that was added lies in a run; runs ascend and never touch; memory stays flat
however many are added. Where there are too many runs, those with the smallest gap between them are
joined, and the runs then also cover records that were not shown.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

MOST_CHARACTERS: Final = 8_000
"""Of the text; a field of an event holds 8,192."""

MOST_RUNS: Final = 2_000
_PENDING: Final = 4_096

Run = tuple[int, int]
"""The first and the last index of a run."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of indexes, ascending, never touching."""

    runs: tuple[Run, ...]
    is_exact: bool
    """Whether they cover nothing but what was added."""

    def covers(self, index: int) -> bool:
        """Whether an index lies in a run."""
        place = bisect_right(self.runs, (index, index))
        inside_next = place < len(self.runs) and self.runs[place][0] == index
        return inside_next or (place > 0 and self.runs[place - 1][1] >= index)

    def text(self) -> str:
        """The runs as people read them: `3-9 12`."""
        return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in self.runs)

    @classmethod
    def parse(cls, text: str, *, is_exact: bool) -> "Runs":
        """The runs of a text that `text` gave.

        Raises:
            ValueError: the text is none.
        """
        runs = []
        for word in text.split():
            first, dash, last = word.partition("-")
            runs.append((int(first), int(last if dash else first)))
        if any(a > b for a, b in runs) or any(b + 1 >= c for (_, b), (c, _) in pairwise(runs)):
            message = "expected runs that ascend and do not touch"
            raise ValueError(message)
        return cls(tuple(runs), is_exact)


class RunCollector:
    """Collects indexes in any order, repeated or not, in flat memory."""

    def __init__(self, most_runs: int = MOST_RUNS) -> None:
        """Keeps at most so many runs apart."""
        self._most = most_runs
        self._runs: list[Run] = []
        self._pending: list[Run] = []
        self._is_exact = True

    def add(self, index: int) -> None:
        """One more index."""
        if self._pending and self._pending[-1][1] + 1 == index:
            self._pending[-1] = (self._pending[-1][0], index)
            return
        self._pending.append((index, index))
        if len(self._pending) >= _PENDING:
            self._merge(self._most)

    def collected(self, most_characters: int = MOST_CHARACTERS) -> Runs:
        """The runs of what was added so far, few enough for a text of that length."""
        self._merge(self._most)
        found = Runs(tuple(self._runs), self._is_exact)
        most = len(self._runs)
        while len(found.text()) > most_characters and most > 1:
            most = min(most - 1, most * most_characters // len(found.text()))
            found = Runs(tuple(joined(self._runs, max(most, 1))), is_exact=False)
        return found

    def _merge(self, most: int) -> None:
        together: list[Run] = []
        for first, last in sorted((*self._runs, *self._pending)):
            if together and first <= together[-1][1] + 1:
                together[-1] = (together[-1][0], max(together[-1][1], last))
            else:
                together.append((first, last))
        self._pending = []
        self._is_exact = self._is_exact and len(together) <= most
        self._runs = joined(together, most)


def joined(runs: list[Run], most: int) -> list[Run]:
    """At most so many runs that cover the given ones; the widest gaps stay."""
    if len(runs) <= most:
        return runs
    gaps = [(b[0] - a[1], -place) for place, (a, b) in enumerate(pairwise(runs))]
    widest = sorted(-place for _, place in sorted(gaps, reverse=True)[: most - 1])
    starts = [0, *(place + 1 for place in widest)]
    stops = [*starts[1:], len(runs)]
    return [(runs[start][0], runs[stop - 1][1]) for start, stop in zip(starts, stops, strict=True)]


def runs_of(indexes: Iterable[int]) -> Runs:
    """The runs of some indexes."""
    collector = RunCollector()
    for index in indexes:
        collector.add(index)
    return collector.collected()
